#include "core/config/yaml.hpp"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <sstream>
#include <vector>

#include "core/config/line_index.hpp"
#include "core/config/scalar.hpp"
#include "core/config/text_file.hpp"

namespace aorta::config {
namespace {

// Thrown through the parser where going on makes no sense; caught in parse_yaml.
struct Stop {
  std::string message;
  Position position;
};

constexpr std::string_view kQuotedTag = "!";
constexpr std::string_view kPlainTag = "?";
constexpr std::string_view kStandardTags = "tag:yaml.org,2002:";

struct Weight {
  std::size_t nodes = 0;
  std::size_t bytes = 0;
};

void weigh(const Value& value, Weight& sum) {
  sum.nodes += 1;
  sum.bytes += value.text.size();
  for (const Value& item : value.items) weigh(item, sum);
  for (const Value::Member& member : value.members) {
    sum.bytes += member.key.size();
    weigh(member.value, sum);
  }
}

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const std::string& path, const LineIndex& lines, Diagnostics& problems)
      : path_(path), lines_(lines), problems_(problems) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Value value;
    value.position = place(mark);
    add(std::move(value), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      throw Stop{"this alias stands inside its own anchor; write the value out", place(mark)};
    weigh(found->second, weight_);
    check_weight(mark);
    add(found->second, 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& text)
      override {
    Value value;
    value.position = place(mark);
    value.text = text;
    value.kind = Value::Kind::String;
    bool quoted = tag == kQuotedTag;
    if (quoted) check_closed(mark);
    value.width = LineIndex::utf16_length(text) + (quoted && lines_.quote_at(value.position) ? 2 : 0);
    charge(mark, text.size());
    bool key = !open_.empty() && open_.back().value.is(Value::Kind::Map) && !open_.back().has_key;
    if (key && tag == kPlainTag) refuse_merge_key(value);
    if (!key && !quoted) give_meaning(value, tag);
    add(std::move(value), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value)
      override {
    open(Value::Kind::List, mark, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value)
      override {
    open(Value::Kind::Map, mark, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

  std::optional<Value> take() { return std::move(root_); }

 private:
  struct Open {
    Value value;
    YAML::anchor_t anchor = 0;
    bool has_key = false;
    Value::Member pending;
    std::map<std::string, int, std::less<>> lines_of_keys;
  };

  Position place(const YAML::Mark& mark) const { return lines_.place(mark.line, mark.column); }

  void report(const Value& at, std::string message) {
    if (problems_.size() >= kMaxYamlFaults)
      throw Stop{"there are more faults than these; correct them first", at.position};
    problems_.push_back({Severity::Error, std::move(message), path_, at.position, at.width, {}});
  }

  void check_weight(const YAML::Mark& mark) const {
    if (weight_.nodes <= kMaxYamlNodes && weight_.bytes <= kMaxYamlText) return;
    throw Stop{"the file has too many values once its aliases are written out; use fewer aliases", place(mark)};
  }
  void charge(const YAML::Mark& mark, std::size_t bytes) {
    weight_.nodes += 1;
    weight_.bytes += bytes;
    check_weight(mark);
  }

  // The parser takes the end of the file for a closing quotation mark.
  void check_closed(const YAML::Mark& mark) const {
    if (lines_.is_unclosed_quote(static_cast<std::size_t>(mark.pos))) {
      throw Stop{"the quotation mark that opens here is never closed", place(mark)};
    }
  }

  void refuse_merge_key(const Value& key) {
    if (key.text == "<<")
      report(key, "merge keys (<<) are not supported; write the keys out, or alias a whole value with *name");
  }

  void give_meaning(Value& value, std::string_view tag) {
    if (tag != kPlainTag) return apply_tag(value, tag);
    Scalar scalar = read_plain(value.text);
    if (!scalar.problem.empty()) report(value, scalar.problem);
    value.kind = scalar.kind;
    value.text = std::move(scalar.text);
  }

  void apply_tag(Value& value, std::string_view tag) {
    std::string_view name = tag.starts_with(kStandardTags) ? tag.substr(kStandardTags.size()) : std::string_view();
    if (name == "str") return;
    report(value, "the tag " + std::string(tag) + " is not supported; leave it out, or quote the value");
  }

  void open(Value::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (open_.size() >= kMaxYamlDepth)
      throw Stop{"nested more than " + std::to_string(kMaxYamlDepth) + " deep", place(mark)};
    charge(mark, 0);
    Open opened;
    opened.value.kind = kind;
    opened.value.position = place(mark);
    opened.anchor = anchor;
    open_.push_back(std::move(opened));
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    add(std::move(done.value), done.anchor);
  }

  void add(Value value, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = value;
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    Open& parent = open_.back();
    if (parent.value.is(Value::Kind::List)) {
      parent.value.items.push_back(std::move(value));
    } else if (parent.has_key) {
      add_member(parent, std::move(value));
    } else {
      set_key(parent, value);
    }
  }

  void set_key(Open& map, const Value& key) {
    bool scalar = !key.is(Value::Kind::List) && !key.is(Value::Kind::Map);
    if (!scalar) throw Stop{"a key must be a word, not " + std::string(kind_name(key.kind)), key.position};
    if (key.is(Value::Kind::Null)) report(key, "this key is empty; give it a name");
    map.pending = {key.text, key.position, key.width, {}};
    map.has_key = true;
  }

  void add_member(Open& map, Value value) {
    map.has_key = false;
    auto [first, fresh] = map.lines_of_keys.try_emplace(map.pending.key, map.pending.position.line);
    if (!fresh) {
      std::string message = "the key \"" + map.pending.key + "\" stands here and in line " +
                            std::to_string(first->second) + "; keep one of them";
      Value at;
      at.position = map.pending.position;
      at.width = map.pending.width;
      return report(at, message);
    }
    map.pending.value = std::move(value);
    map.value.members.push_back(std::move(map.pending));
  }

  const std::string& path_;
  const LineIndex& lines_;
  Diagnostics& problems_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Value> anchors_;
  std::optional<Value> root_;
  Weight weight_;
};

std::string told(std::string message) {
  if (message == YAML::ErrorMsg::TAB_IN_INDENTATION) return "a tab cannot indent; use spaces";
  if (message == YAML::ErrorMsg::UNKNOWN_ANCHOR) return "this alias names an anchor that is not defined above it";
  return "this is no YAML: " + message;
}

// The parser's time grows with the square of the nesting: texts that open far more than can be meant never reach it.
// Brackets in strings count too, which does no harm at this height.
bool opens_too_much(std::string_view text) {
  constexpr int kTooMuch = 1000;
  int open = 0, indicators = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (c == '[' || c == '{') ++open;
    if ((c == ']' || c == '}') && open > 0) --open;
    bool indicator = (c == '-' || c == '?') && at + 1 < text.size() && text[at + 1] == ' ';
    if (indicator) ++indicators;
    if (c == '\n') indicators = 0;
    if (open > kTooMuch || indicators > kTooMuch) return true;
  }
  return false;
}

// A second document is read into a tree of its own, only to be refused.
bool has_another(YAML::Parser& parser, const std::string& path, const LineIndex& lines) {
  Diagnostics ignored;
  TreeBuilder another(path, lines, ignored);
  return parser.HandleNextDocument(another);
}

std::optional<Value> parse_document(
    std::string_view text, const std::string& path, const LineIndex& lines, Diagnostics& problems
) {
  auto refuse = [&](std::string message, Position position) {
    problems.push_back({Severity::Error, std::move(message), path, position, 1, {}});
    return std::nullopt;
  };
  std::istringstream in{std::string(text)};
  TreeBuilder tree(path, lines, problems);
  try {
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(tree)) return refuse("the file is empty", {});
    if (has_another(parser, path, lines)) return refuse("the file holds more than one document; keep one per file", {});
    return tree.take();
  } catch (const Stop& stop) {
    return refuse(stop.message, stop.position);
  } catch (const YAML::DeepRecursion& e) {
    return refuse(
        "nested more than " + std::to_string(kMaxYamlDepth) + " deep", lines.place(e.mark.line, e.mark.column)
    );
  } catch (const YAML::Exception& e) {
    return refuse(told(e.msg), lines.place(e.mark.line, e.mark.column));
  }
}

}  // namespace

std::optional<Value> parse_yaml(const std::string& path, std::string_view text, Diagnostics& problems) {
  LineIndex lines(text);
  if (std::optional<std::size_t> bad = first_unreadable_byte(text)) {
    std::string message = "this is no text: a control character, or no UTF-8; save the file as UTF-8";
    problems.push_back({Severity::Error, message, path, lines.place_of_byte(*bad), 1, {}});
    return std::nullopt;
  }
  if (opens_too_much(text)) {
    problems.push_back({Severity::Error, "nested more than " + std::to_string(kMaxYamlDepth) + " deep", path, {}, 1, {}}
    );
    return std::nullopt;
  }
  return parse_document(text, path, lines, problems);
}

YamlFile read_yaml(const std::string& path, Diagnostics& problems) {
  YamlFile file{path, {}, {}};
  Result<std::string> text = read_text_file(path, kMaxYamlBytes);
  if (text.has_error()) {
    problems.push_back(to_diagnostic(text.error()));
    return file;
  }
  file.text = std::move(*text);
  if (file.text.starts_with("\xEF\xBB\xBF")) file.text.erase(0, 3);
  if (std::optional<Value> root = parse_yaml(path, file.text, problems)) file.root = std::move(*root);
  return file;
}

}  // namespace aorta::config
