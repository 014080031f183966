// A message's envelope or a mapping file, parsed once into a flat, immutable tree and shared by all who read it.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/arena.hpp"
#include "core/base/result.hpp"
#include "core/base/time.hpp"
#include "core/document/known_names.hpp"
#include "core/document/node.hpp"

namespace aorta::document {

// What a source delivered. Absent properties (data() == nullptr) count as {}. Typed ones: typed_values.hpp.
struct Envelope {
  std::string_view body;
  std::string_view properties;
  std::string_view system_properties;
};

// Nodes in preorder on one tape, texts pointing into the source (which must outlive the document) or into the arena.
// Reusable: each read_* forgets what was there and keeps the memory. Not thread-safe; expressions allocate in arena().
class Document {
 public:
  Document() = default;
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  // { "Body": …, "Properties": …, "SystemProperties": … } after device-mapping spec section 2: the reference's lenient
  // dialect, ISO texts of the body as dates, depth 64. The body is bytes: a byte-order mark is heeded, faulty UTF-8
  // replaced. A document that could not be read holds null. Error reasons: "not-json", "too-deep", "date-out-of-range"
  // (with line and column), "too-large" (2 GiB). With `positions`, position() knows where the body's nodes stand in it.
  Result<void> read_envelope(const Envelope& envelope, bool positions = false);

  // Any single JSON value as root, in the same dialect, dates detected if `dates`. The text is UTF-8 without a mark
  // (decode_bytes() of core/base/unicode.hpp makes one of a file's bytes); a lone surrogate that an escape brought in
  // stays one. Text behind the value is an error if `whole`. With `positions`, position() knows where each node stands.
  struct Options {
    bool dates = true;
    bool whole = true;
    bool positions = false;
  };
  Result<void> read_value(std::string_view text, Options options);
  Result<void> read_value(std::string_view text) { return read_value(text, Options{}); }
  // The nodes would point into a text that is gone.
  template <std::same_as<std::string> Temporary>
  Result<void> read_value(Temporary&& text, auto... options) = delete;

  const Node& root() const { return *tape_.data(); }
  // As document::with_member() in this document's arena; `name` is copied. Fastest where object and name are those of
  // the call before.
  const Node* with_member(const Node& object, std::string_view name, const Node& value);
  Arena& arena() { return arena_; }
  // Text behind the first value of the body was ignored, as the reference does.
  bool trailing_text() const { return trailing_text_; }

  // Where a tape node of this document stands (only if they were asked for). Node: an opening bracket or a scalar's
  // last character; Name: the colon behind the member's name. {0,0} where not known.
  enum class At : std::uint8_t { Node = 0, Name = 1, Nowhere = 2 };
  Position position(const Node& node, At at) const;

  struct Place {
    Position node;
    Position name;
  };

 private:
  friend class Reader;
  void forget();
  Result<void> settle(Result<void> read);
  Result<void> read_parts(const Envelope& envelope, bool positions);
  Result<void> read_into(std::string_view name, std::string_view text, const Options& options);
  void add(const Node& node);
  Result<void> read_properties(const Node& if_absent, std::string_view text);

  std::vector<Node> tape_ = std::vector<Node>(1);  // its size is what it can hold; `used_` nodes count
  std::size_t used_ = 0;
  std::vector<Place> places_;
  std::unique_ptr<KnownNames> known_names_;  // of messages
  KnownDay known_day_;                       // of their dates
  struct View {
    const Node* made = nullptr;
    const Node* of = nullptr;
    const Link* added = nullptr;
  };
  View view_;  // the last with_member()
  Arena arena_;
  bool trailing_text_ = false;
};

// For JSON that no device sent (resources, manifests, requests): one whole value, strings stay strings.
inline constexpr Document::Options kPlainJson{.dates = false, .whole = true, .positions = false};

// Views and values made during evaluation, in an arena. Nothing of the inputs is copied but pointers.
const Node* make_linked(Arena& arena, Kind kind, std::span<const Link> children);
const Node* make_string(Arena& arena, std::string_view text);  // `text` is not copied
const Node* make_integer(Arena& arena, std::int64_t value);
const Node* make_float(Arena& arena, double value);
const Node* make_boolean(bool value);  // static
const Node* make_null();               // static
const Node* make_date(Arena& arena, DateTime time);
const Node* make_property(Arena& arena, std::string_view name, const Node& value);
// `object` with member `name` set to `value`: last, or in place of one of that name. nullptr if it is no object.
const Node* with_member(Arena& arena, const Node& object, std::string_view name, const Node& value);

}  // namespace aorta::document
