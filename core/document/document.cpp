#include "core/document/document.hpp"

#include <algorithm>
#include <functional>

#include "core/base/same_bytes.hpp"
#include "core/base/unicode.hpp"
#include "core/document/name_tag.hpp"
#include "core/document/reader.hpp"
#include "core/document/typed_values.hpp"

namespace aorta::document {
namespace {

constexpr std::size_t kMaxText = std::size_t{1} << 31;
constexpr std::size_t kKeptNodes = std::size_t{1} << 17;

Node object_called(std::string_view name) {
  Node out;
  out.kind = Kind::Object;
  out.depth = 1;
  out.name = name.data();
  out.name_size = static_cast<std::uint32_t>(name.size());
  out.name_tag = name_tag(name);
  return out;
}

// What stands in an envelope where nothing was given.
const Node kNoProperties = object_called("Properties");
const Node kNoSystemProperties = object_called("SystemProperties");

}  // namespace

void Document::forget() {
  arena_.reset();
  places_.clear();
  view_ = {};
  trailing_text_ = false;
  used_ = 0;
  if (tape_.size() > kKeptNodes) {
    tape_.resize(kKeptNodes);
    tape_.shrink_to_fit();
  }
}

Result<void> Document::read_into(std::string_view name, std::string_view text, const Options& options) {
  if (text.size() > kMaxText) return Error("too-large", "a JSON text of more than 2 GiB");
  if (!text.data()) text = "";  // the reader's null means failure
  Reader reader(*this, text, options);
  AORTA_CHECK(reader.read(name));
  bool trailing = reader.has_trailing_text();
  if (trailing && options.whole) return reader.trailing_error();
  trailing_text_ = trailing_text_ || trailing;
  return {};
}

// A document that could not be read holds null.
Result<void> Document::settle(Result<void> read) {
  if (read.has_error()) {
    tape_[0] = Node{};
    used_ = 1;
  }
  return read;
}

Result<void> Document::read_value(std::string_view text, Options options) {
  forget();
  return settle(read_into({}, valid_utf8(text, Surrogates::Allow, arena_), options));
}

Result<void> Document::read_envelope(const Envelope& envelope, bool positions) {
  forget();
  return settle(read_parts(envelope, positions));
}

Result<void> Document::read_parts(const Envelope& envelope, bool positions) {
  tape_[0] = Node{};
  tape_[0].kind = Kind::Object;
  tape_[0].count = 3;
  used_ = 1;
  if (!known_names_) known_names_ = std::make_unique<KnownNames>();
  std::string_view body = envelope.body.empty() ? "null" : decode_bytes(envelope.body, arena_);
  if (positions) places_.emplace_back();  // of the envelope itself
  AORTA_CHECK(read_into("Body", body, {.dates = true, .whole = false, .positions = positions}));
  AORTA_CHECK(read_properties(kNoProperties, envelope.properties));
  AORTA_CHECK(read_properties(kNoSystemProperties, envelope.system_properties));
  tape_[0].span = static_cast<std::uint32_t>(used_);
  return {};
}

const Node* Document::with_member(const Node& object, std::string_view name, const Node& value) {
  auto is_added = [&](const Link& link) { return same_text({link.name, link.name_size}, name); };
  if (view_.of == &object && is_added(*view_.added)) {
    const Link* last = view_.made->links;
    const std::size_t count = view_.made->count;
    static_assert(sizeof(Node) % alignof(Link) == 0);
    Node* next = new (arena_.allocate(sizeof(Node) + count * sizeof(Link), alignof(Node))) Node(*view_.made);
    Link* links = reinterpret_cast<Link*>(next + 1);
    for (std::size_t i = 0; i < count; ++i) new (links + i) Link(last[i]);
    links[view_.added - last].value = &value;
    next->links = links;
    return next;
  }
  const Node* made = document::with_member(arena_, object, arena_.copy(name), value);
  if (!made) return nullptr;
  view_ = {made, &object, std::find_if(made->links, made->links + made->count, is_added)};
  return made;
}

void Document::add(const Node& node) {
  if (used_ == tape_.size()) tape_.resize(2 * used_);
  tape_[used_++] = node;
}

Result<void> Document::read_properties(const Node& if_absent, std::string_view text) {
  if (!text.data()) {
    add(if_absent);
    return {};
  }
  std::string_view name(if_absent.name, if_absent.name_size);
  std::size_t start = used_;
  auto read = read_into(name, valid_utf8(text, Surrogates::Allow, arena_), kPlainJson);
  if (read.has_error()) return read.error().in(name);
  if (tape_[start].kind == Kind::Object) resolve_typed_values(tape_[start]);
  return {};
}

Position Document::position(const Node& node, At at) const {
  std::less<const Node*> before;
  bool here = at != At::Nowhere && !before(&node, tape_.data()) && before(&node, tape_.data() + used_);
  auto index = here ? static_cast<std::size_t>(&node - tape_.data()) : places_.size();
  if (index >= places_.size()) return {};
  return at == At::Name ? places_[index].name : places_[index].node;
}

}  // namespace aorta::document
