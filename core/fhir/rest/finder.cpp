#include "core/fhir/rest/finder.hpp"

#include <algorithm>
#include <numeric>

#include "core/document/document.hpp"
#include "core/fhir/json_writer.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/fhir/resource_index.hpp"
#include "core/fhir/rest/failure.hpp"
#include "core/fhir/rest/query_path.hpp"

namespace aorta::fhir {

using document::Child;
using document::Children;
using document::Node;
using document::string_of;

namespace {

constexpr std::size_t kMostPages = 100;
constexpr std::size_t kLongestPath = 1500;  // of what any server takes for an address
// Some servers compare no more of an identifier than this, and find what only begins like it.
constexpr std::size_t kComparedCharacters = 128;

Resource resource_in(const Node& node) {
  Resource out{
      std::string(string_of(document::member(node, "resourceType"))),
      std::string(string_of(document::member(node, "id"))),
      version_of(node),
      {}};
  JsonWriter(out.json).copy({}, node);
  return out;
}

bool carries_identifier(const Resource& resource, const Identifier& identifier) {
  document::Document json;
  Result<ResourceIndex> index = index_resource(json, resource);
  return index.has_value() && carries(*index, identifier);
}

// Adds what one page of a search holds; gives the address of the next page, empty: that was the last one.
Result<std::string> add_page(const Query& query, std::string_view body, std::vector<Resource>& out) {
  document::Document json;
  if (json.read_value(body, document::kPlainJson).has_error() ||
      string_of(document::member(json.root(), "resourceType")) != "Bundle")
    return Error(std::string(http::kNoAnswer), "answered a search with something that is no Bundle", true);
  if (const Node* entries = document::member(json.root(), "entry")) {
    for (Child entry : Children(*entries)) {
      const Node* resource = document::member(*entry.node, "resource");
      if (resource && string_of(document::member(*resource, "resourceType")) == query.type)
        out.push_back(resource_in(*resource));
    }
  }
  if (const Node* links = document::member(json.root(), "link")) {
    for (Child link : Children(*links)) {
      if (string_of(document::member(*link.node, "relation")) == "next")
        return std::string(string_of(document::member(*link.node, "url")));
    }
  }
  return std::string();
}

// Whether it was chance that failed, and not the server as a whole: then this one is asked again.
bool may_fare_better(const Result<RestAnswer>& answer, const Error& error) {
  if (!error.retryable()) return false;
  if (answer.has_error()) return answer.error().reason() == http::kNoAnswer;
  return !is_refusal_of_us(answer->status) && !is_gone(answer->status) && answer->status != 405;
}

constexpr int kRounds = 6;

}  // namespace

// Asks, and asks again for those that `read` could not make out, singly then.
template <class T, class Read>
std::vector<Result<T>> RestFinder::ask(const std::vector<RestEntry>& entries, const Read& read) {
  std::vector<Result<T>> out(entries.size(), Result<T>(T{}));
  std::vector<std::size_t> open(entries.size());
  std::iota(open.begin(), open.end(), std::size_t{0});
  std::span<const RestEntry> asked = entries;
  std::vector<RestEntry> some;
  for (int round = 0; round < kRounds && !open.empty(); ++round) {
    std::vector<Result<RestAnswer>> answers = exchange_.run(asked, round > 0);
    std::vector<std::size_t> again;
    for (std::size_t k = 0; k < open.size(); ++k) {
      Result<T>& one = out[open[k]];
      one = read(open[k], answers[k]);
      if (one.has_error() && may_fare_better(answers[k], one.error())) again.push_back(open[k]);
    }
    open = std::move(again);
    some.clear();
    for (std::size_t i : open) some.push_back(entries[i]);
    asked = some;
  }
  return out;
}

std::vector<Result<RestFinder::Found>> RestFinder::search_all(std::span<const Query> queries) {
  asks_.clear();
  entries_.clear();
  forms_.clear();
  asks_.reserve(2 * queries.size());
  entries_.reserve(2 * queries.size());
  forms_.reserve(queries.size());  // entries point into it
  for (std::size_t i = 0; i < queries.size(); ++i) add_asks(i, queries[i]);
  std::vector<Result<Found>> parts = ask<Found>(entries_, [&](std::size_t k, const Result<RestAnswer>& answer) {
    return found_by(asks_[k], queries[asks_[k].query], answer);
  });
  std::vector<Result<Found>> out(queries.size(), Result<Found>(Found{}));
  for (std::size_t k = 0; k < parts.size(); ++k) join(out[asks_[k].query], std::move(parts[k]));
  return out;
}

void RestFinder::join(Result<Found>& whole, Result<Found> part) {
  if (whole.has_error()) return;
  if (part.has_error()) {
    whole = part.error();
    return;
  }
  for (Resource& one : *part) {
    // A search may answer from an index that lags behind: what was read counts.
    std::erase_if(*whole, [&](const Resource& other) { return other.id == one.id; });
    whole->push_back(std::move(one));
  }
}

void RestFinder::add_asks(std::size_t number, const Query& query) {
  bool searches = options_.find_by != FindBy::Id;
  if (searches) {
    asks_.push_back({number, By::Identifier});
    add_search(query);
  }
  std::string id = searches || !query.id.empty() ? query.id : resource_id(query.identifier);
  if (id.empty() || options_.ids == Ids::Server) return;
  asks_.push_back({number, By::Id});
  entries_.push_back({.path = resource_path(query.type, id)});
}

void RestFinder::add_search(const Query& query) {
  std::string path = query.type + "?";
  append_identifier_query(path, query.identifier);
  if (path.size() <= kLongestPath) {
    entries_.push_back({.path = std::move(path)});
    return;
  }
  forms_.push_back(path.substr(query.type.size() + 1));
  entries_.push_back({.method = http::Method::Post, .path = query.type + "/_search", .form = forms_.back()});
}

Result<RestFinder::Found> RestFinder::found_by(const Ask& ask, const Query& query, const Result<RestAnswer>& answer) {
  if (ask.by == By::Identifier) return matches_of(query, answer);
  AORTA_TRY(there, resource_of(query, answer));
  if (!there || !carries_identifier(*there, query.identifier)) return Found{};
  return Found{std::move(*there)};
}

Result<RestFinder::Found> RestFinder::matches_of(const Query& query, const Result<RestAnswer>& answer) {
  if (answer.has_error()) return server_unavailable(answer.error());
  if (answer->status == 404 || answer->status == 405) {
    return server_unavailable(
        client_.base(), "has no search for " + query.type + " by identifier (status " + std::to_string(answer->status) +
                            "): correct the store's url, or set find_by: id"
    );
  }
  if (is_final(answer->status)) return rejected_by_server("the search for this " + query.type, *answer);
  if (!is_success(answer->status)) return server_unavailable(client_.base(), trouble_text(answer->status));
  if (answer->found_nothing) return Found{};
  AORTA_TRY(out, all_pages(query, answer->body));
  if (query.identifier.value.size() >= kComparedCharacters)
    std::erase_if(out, [&](const Resource& r) { return !carries_identifier(r, query.identifier); });
  return out;
}

Result<RestFinder::Found> RestFinder::all_pages(const Query& query, std::string body) {
  Found out;
  for (std::size_t page = 0; page < kMostPages; ++page) {
    Result<std::string> next = add_page(query, body, out);
    if (next.has_error()) return server_unavailable(client_.base(), next.error().message());
    if (next->empty()) return out;
    http::Request request{.url = http::resolve(client_.base().text + "/", *next), .safe = true};
    request.headers = {{"Accept", "application/fhir+json"}};
    Result<http::Response> came = client_.send(request);
    if (came.has_error()) return server_unavailable(came.error());
    if (!is_success(came->status)) return server_unavailable(client_.base(), trouble_text(came->status));
    body = std::move(came->body);
  }
  return Error("store-rejected", "the server's search for one identifier has no end of pages");
}

std::vector<Result<std::optional<Resource>>> RestFinder::read_all(std::span<const Query> queries) {
  entries_.clear();
  for (const Query& query : queries) entries_.push_back({.path = resource_path(query.type, query.id)});
  return ask<std::optional<Resource>>(entries_, [&](std::size_t i, const Result<RestAnswer>& answer) {
    return resource_of(queries[i], answer);
  });
}

Result<std::optional<Resource>> RestFinder::resource_of(const Query& query, const Result<RestAnswer>& answer) const {
  if (answer.has_error()) return server_unavailable(answer.error());
  if (is_gone(answer->status)) return std::optional<Resource>();
  if (is_final(answer->status)) return rejected_by_server("to give this " + query.type, *answer);
  if (!is_success(answer->status)) return server_unavailable(client_.base(), trouble_text(answer->status));
  document::Document json;
  std::optional<Resource> out;
  if (json.read_value(answer->body, document::kPlainJson).has_value()) out = resource_in(json.root());
  if (!out || out->type != query.type || out->id.empty())
    return server_unavailable(client_.base(), "answered a read with something else");
  if (out->version.empty()) out->version = answer->version;
  return out;
}

}  // namespace aorta::fhir
