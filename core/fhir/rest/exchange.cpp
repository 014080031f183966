#include "core/fhir/rest/exchange.hpp"

#include <algorithm>
#include <charconv>

#include "core/document/convert.hpp"
#include "core/document/document.hpp"
#include "core/fhir/json_writer.hpp"
#include "core/fhir/resource_index.hpp"
#include "core/fhir/rest/failure.hpp"

namespace aorta::fhir {

using document::Child;
using document::Children;
using document::Node;
using document::string_of;

namespace {

constexpr std::size_t kMostBundleBytes = 8 * 1024 * 1024;
constexpr std::string_view kJson = "application/fhir+json";
constexpr std::string_view kForm = "application/x-www-form-urlencoded";

std::string_view name_of(http::Method method) {
  return method == http::Method::Get ? "GET" : method == http::Method::Put ? "PUT" : "POST";
}

bool asks_only(std::span<const RestEntry> entries) {
  for (const RestEntry& entry : entries) {
    if (entry.method != http::Method::Get && entry.form.empty()) return false;
  }
  return true;
}

std::string etag_of(const std::string& version) { return "W/\"" + version + "\""; }

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out += ",\"";
  out += name;
  out += "\":";
  document::append_json_string(out, text);
}

void append_entry(std::string& out, const RestEntry& entry) {
  out += R"({"request":{"method":")";
  out += name_of(entry.method);
  out += '"';
  append_member(out, "url", entry.path);
  if (!entry.if_match.empty()) append_member(out, "ifMatch", etag_of(entry.if_match));
  if (entry.if_none_match) append_member(out, "ifNoneMatch", "*");
  if (!entry.if_none_exist.empty()) append_member(out, "ifNoneExist", entry.if_none_exist);
  out += '}';
  if (!entry.resource.empty()) {
    out += ",\"resource\":";
    out += entry.resource;
  }
  out += '}';
}

std::size_t size_of(const RestEntry& entry) { return entry.resource.size() + entry.path.size() + 200; }

// "201 Created"
int status_of(std::string_view text) {
  int status = 0;
  std::from_chars(text.data(), text.data() + text.size(), status);
  return status >= 100 && status <= 599 ? status : 0;
}

std::string json_of(const Node* node) {
  std::string json;
  if (node) JsonWriter(json).copy({}, *node);
  return json;
}

// "…/_history/3"
std::string version_of_location(std::string_view location) {
  constexpr std::string_view kHistory = "/_history/";
  std::size_t at = location.rfind(kHistory);
  return at == std::string_view::npos ? std::string() : std::string(location.substr(at + kHistory.size()));
}

std::string first_known(std::string etag, std::string_view location) {
  return etag.empty() ? version_of_location(location) : std::move(etag);
}

bool found_nothing(const Node& resource) {
  if (string_of(document::member(resource, "resourceType")) != "Bundle") return false;
  const Node* entries = document::member(resource, "entry");
  return (!entries || entries->count == 0) && !document::member(resource, "link");
}

bool is_search(const RestEntry& entry) {
  return entry.method == http::Method::Get && entry.path.find('?') != std::string::npos;
}

// A search is answered by a Bundle; a read by what was asked for: "Device/17", or what lies below it.
bool is_answered_by(const RestEntry& asked, const Node& resource) {
  std::string_view type = string_of(document::member(resource, "resourceType"));
  if (type == "OperationOutcome") return true;
  if (is_search(asked)) return type == "Bundle";
  std::string_view path = asked.path;
  if (!path.starts_with(type) || !path.substr(type.size()).starts_with('/')) return false;
  std::string_view id = path.substr(type.size() + 1);
  id = id.substr(0, id.find('/'));
  return id.find('%') != std::string_view::npos || id == string_of(document::member(resource, "id"));
}

// Whether an answer can only be meant for another entry.
bool is_misplaced(std::span<const RestEntry> entries, std::size_t i, const Node& answer) {
  const RestEntry& entry = entries[i];
  const Node* resource = document::member(answer, "resource");
  if (entry.method == http::Method::Get) return resource && !is_answered_by(entry, *resource);
  const Node* response = document::member(answer, "response");
  std::string_view location = response ? string_of(document::member(*response, "location")) : std::string_view();
  bool elsewhere = entry.method == http::Method::Put && !location.empty() && location.find(entry.path) == location.npos;
  return elsewhere && std::any_of(entries.begin(), entries.end(), [&](const RestEntry& other) {
           return other.method == http::Method::Put &&
                  (std::string(location) + "/").find("/" + other.path + "/") != std::string::npos;
         });
}

Result<RestAnswer> answer_of(const Node& entry) {
  const Node* response = document::member(entry, "response");
  int status = response ? status_of(string_of(document::member(*response, "status"))) : 0;
  if (status == 0)
    return Error(std::string(http::kNoAnswer), "the Bundle that the server answered leaves an entry out", true);
  const Node* resource = document::member(entry, "resource");
  const Node* outcome = document::member(*response, "outcome");
  RestAnswer out{status, {}, std::string(string_of(document::member(*response, "location"))), {}};
  out.found_nothing = resource && found_nothing(*resource);
  if (out.found_nothing) return out;
  out.version = first_known(version_of_etag(string_of(document::member(*response, "etag"))), out.location);
  if (out.version.empty() && resource) out.version = version_of(*resource);
  out.body = json_of(resource ? resource : outcome);
  return out;
}

RestAnswer answer_of(http::Response response) {
  RestAnswer out{response.status, {}, std::string(response.header("location")), std::move(response.body)};
  out.version = first_known(version_of_etag(response.header("etag")), out.location);
  document::Document json;
  if (out.version.empty() && json.read_value(out.body, document::kPlainJson).has_value())
    out.version = version_of(json.root());
  return out;
}

}  // namespace

std::string version_of_etag(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  return std::string(etag);
}

std::vector<Result<RestAnswer>> RestExchange::run(std::span<const RestEntry> entries, bool singly) {
  std::vector<Result<RestAnswer>> answers(entries.size(), Result<RestAnswer>(RestAnswer{}));
  std::vector<Chunk> chunks = divide(entries, singly);
  rights_ = {};
  while (!chunks.empty()) {
    std::deque<std::string> bodies;
    std::vector<http::Request> requests;
    for (Chunk chunk : chunks) {
      requests.push_back(
          chunk.single() ? single(entries[chunk.begin])
                         : bundle(entries.subspan(chunk.begin, chunk.end - chunk.begin), bodies.emplace_back())
      );
    }
    std::vector<Result<http::Response>> responses = client_.send_all(requests);
    std::vector<Chunk> next;
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      auto [begin, end] = chunks[i];
      auto part = std::span(answers).subspan(begin, end - begin);
      Verdict verdict = take(entries.subspan(begin, end - begin), std::move(responses[i]), part);
      if (verdict != Verdict::Done) split({begin, end}, verdict, next);
    }
    chunks = std::move(next);
  }
  return answers;
}

void RestExchange::split(Chunk chunk, Verdict verdict, std::vector<Chunk>& out) const {
  if (bundles_ == Bundles::Off) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) out.push_back({i, i + 1});
    return;
  }
  std::size_t middle = chunk.begin + (verdict == Verdict::TryFirst ? 1 : (chunk.end - chunk.begin) / 2);
  out.push_back({chunk.begin, middle});
  out.push_back({middle, chunk.end});
}

std::vector<RestExchange::Chunk> RestExchange::divide(std::span<const RestEntry> entries, bool singly) const {
  std::vector<Chunk> chunks;
  // A failed read would fail a whole transaction.
  bool alone = singly || bundles_ == Bundles::Off || (bundles_ == Bundles::Transaction && asks_only(entries));
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    bytes += size_of(entries[i]);
    bool apart = alone || !entries[i].form.empty() || (i > 0 && !entries[i - 1].form.empty());
    bool full = chunks.empty() || chunks.back().end - chunks.back().begin >= bundle_size_ || bytes > kMostBundleBytes;
    if (apart || full) {
      chunks.push_back({i, i + 1});
      bytes = size_of(entries[i]);
    } else {
      chunks.back().end = i + 1;
    }
  }
  return chunks;
}

http::Request RestExchange::single(const RestEntry& entry) const {
  http::Request request{.method = entry.method, .url = client_.base().text + "/" + entry.path};
  request.headers.push_back({"Accept", std::string(kJson)});
  request.safe = entry.method == http::Method::Get || !entry.form.empty();
  request.body = entry.form.empty() ? entry.resource : entry.form;
  if (entry.method != http::Method::Get) {
    request.headers.push_back({"Content-Type", std::string(entry.form.empty() ? kJson : kForm)});
    if (entry.form.empty()) request.headers.push_back({"Prefer", "return=minimal"});
  }
  if (!entry.if_match.empty()) request.headers.push_back({"If-Match", etag_of(entry.if_match)});
  if (entry.if_none_match) request.headers.push_back({"If-None-Match", "*"});
  if (!entry.if_none_exist.empty()) request.headers.push_back({"If-None-Exist", entry.if_none_exist});
  return request;
}

http::Request RestExchange::bundle(std::span<const RestEntry> entries, std::string& body) const {
  std::size_t bytes = 100;
  for (const RestEntry& entry : entries) bytes += size_of(entry);
  body.reserve(bytes);
  body = R"({"resourceType":"Bundle","type":")";
  body += bundles_ == Bundles::Transaction ? "transaction" : "batch";
  body += R"(","entry":[)";
  for (const RestEntry& entry : entries) {
    if (&entry != entries.data()) body += ',';
    append_entry(body, entry);
  }
  body += "]}";
  http::Request request{.method = http::Method::Post, .url = client_.base().text};
  request.headers = {
      {"Accept", std::string(kJson)}, {"Content-Type", std::string(kJson)}, {"Prefer", "return=minimal"}};
  request.body = body;
  request.safe = asks_only(entries);
  return request;
}

RestExchange::Verdict RestExchange::take(
    std::span<const RestEntry> entries, Result<http::Response> response, std::span<Result<RestAnswer>> answers
) {
  bool single = entries.size() == 1;
  bool asks = asks_only(entries);
  if (response.has_error()) {
    if (!single && asks && response.error().reason() == http::kAnswerTooLarge) return Verdict::Halve;
    for (Result<RestAnswer>& answer : answers) answer = response.error();
    return Verdict::Done;
  }
  int status = response->status;
  rights_.taken = rights_.taken || is_success(status);
  if (single) {
    rights_.forbidden += status == 403 ? 1 : 0;
    answers.front() = answer_of(std::move(*response));
    return Verdict::Done;
  }
  if (is_success(status)) {
    Verdict verdict = take_bundle(entries, response->body, answers);
    return asks ? verdict : Verdict::Done;
  }
  if (takes_no_bundles(status)) {
    bundles_ = Bundles::Off;
    return Verdict::Halve;
  }
  bool forbidden = status == 403 && rights_.are_none();
  if (status == 401 || forbidden || (status >= 500 && !asks)) {
    for (Result<RestAnswer>& answer : answers) answer = RestAnswer{status, {}, {}, response->body};
    return Verdict::Done;
  }
  return status == 403 && !rights_.taken ? Verdict::TryFirst : Verdict::Halve;
}

// A transaction may answer 404 for one of its entries; a batch never does.
bool RestExchange::takes_no_bundles(int status) const {
  return status == 405 || status == 501 || (status == 404 && bundles_ == Bundles::Batch);
}

// Entries answer entries by their order, so that an answer of another length says nothing of any.
RestExchange::Verdict RestExchange::take_bundle(
    std::span<const RestEntry> entries, std::string_view body, std::span<Result<RestAnswer>> answers
) {
  const Node* list =
      json_.read_value(body, document::kPlainJson).has_error() ? nullptr : document::member(json_.root(), "entry");
  if (!list || Children(*list).size() != entries.size()) {
    for (Result<RestAnswer>& answer : answers)
      answer = Error(std::string(http::kNoAnswer), "the server answered a Bundle with something else", true);
    return Verdict::Halve;
  }
  std::size_t i = 0;
  bool in_order = true;
  for (Child entry : Children(*list)) {
    in_order = in_order && !is_misplaced(entries, i, *entry.node);
    answers[i++] = answer_of(*entry.node);
  }
  if (in_order) return Verdict::Done;
  // Of such a server no Bundle is understood.
  bundles_ = Bundles::Off;
  for (Result<RestAnswer>& answer : answers)
    answer = Error(std::string(http::kNoAnswer), "the server answered a Bundle's entries in another order", true);
  return Verdict::Halve;
}

}  // namespace aorta::fhir
