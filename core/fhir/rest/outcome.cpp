#include "core/fhir/rest/outcome.hpp"

#include "core/base/text.hpp"
#include "core/base/unicode.hpp"
#include "core/document/document.hpp"

namespace aorta::fhir {

using document::Child;
using document::Children;
using document::Node;
using document::string_of;

namespace {

constexpr std::size_t kMostBytes = 200;

// The first issue that is more than a remark.
const Node* first_error(const Node& outcome) {
  if (string_of(document::member(outcome, "resourceType")) != "OperationOutcome") return nullptr;
  const Node* issues = document::member(outcome, "issue");
  if (!issues) return nullptr;
  for (Child issue : Children(*issues)) {
    std::string_view severity = string_of(document::member(*issue.node, "severity"));
    if (severity == "error" || severity == "fatal") return issue.node;
  }
  return nullptr;
}

std::string_view text_of(const Node& issue) {
  const Node* details = document::member(issue, "details");
  std::string_view text = details ? string_of(document::member(*details, "text")) : std::string_view();
  if (text.empty()) text = string_of(document::member(issue, "diagnostics"));
  return text.empty() ? string_of(document::member(issue, "code")) : text;
}

std::string_view between(std::string_view text, std::string_view open, std::string_view close) {
  std::size_t begin = text.find(open);
  if (begin == std::string_view::npos) return {};
  begin += open.size();
  return text.substr(begin, text.find(close, begin) - begin);
}

std::string_view title_of(std::string_view page) {
  std::string_view title = between(page, "<title>", "</title>");
  return title.empty() ? std::string_view("a page of HTML") : title;
}

// On one line, cut where a character ends.
std::string one_line(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (out.size() > kMostBytes) break;
    bool space = static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
    if (!space) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.size() <= kMostBytes) {
    if (out.ends_with(' ')) out.pop_back();
    return out;
  }
  return std::string(whole_characters(out, kMostBytes)) + "…";
}

}  // namespace

std::string outcome_text(std::string_view body) {
  document::Document json;
  if (json.read_value(body, document::kPlainJson).has_value()) {
    const Node* error = first_error(json.root());
    if (error) return one_line(text_of(*error));
    if (json.root().is_container()) return {};
  }
  bool page = without_blanks(body).starts_with('<');
  return one_line(page ? title_of(body) : body);
}

bool may_be_success(std::string_view body) {
  if (body.empty()) return true;
  document::Document json;
  return json.read_value(body, document::kPlainJson).has_value() && !first_error(json.root()) &&
         !string_of(document::member(json.root(), "resourceType")).empty();
}

}  // namespace aorta::fhir
