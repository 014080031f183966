#include "core/fhir/rest/finder.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/base/blank.hpp"
#include "core/base/letter_case.hpp"
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
constexpr int kRounds = 10;
constexpr int kRoundsWithoutAnswer = 6;  // each may take as long as a request may
constexpr int kRoundsInVain = 5;         // of which none got a single answer: the server as a whole is to be waited for
constexpr std::size_t kLongestPath = 1500;  // of what any server takes for an address

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

// Some servers compare no more than the beginning of an identifier, some no letter's case, and those that do not know
// the parameter answer with all they have: of another's Device or Patient nothing may ever be believed.
bool answers_to(const Resource& resource, const Identifier& identifier) {
  document::Document json;
  Result<ResourceIndex> index = index_resource(json, resource);
  if (index.has_error()) return false;
  std::string_view value = trim(identifier.value);
  return std::any_of(index->identifiers.begin(), index->identifiers.end(), [&](const Identifier& own) {
    return equals_ignoring_case(own.value, value) &&
           (identifier.system.empty() || equals_ignoring_case(own.system, identifier.system));
  });
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

// A proxy that its own server knows nothing of is what other origins mostly come from.
Error page_failure(const http::BaseUrl& server, const Error& cause) {
  if (cause.reason() != http::kOtherOrigin) return server_unavailable(cause);
  return Error(
      "store-rejected", "the server " + server.text +
                            " names another server for the next page of a search, which is not asked: " +
                            "correct the address that it takes for its own, or the store's url"
  );
}

// Whether it was chance that failed, and not the server as a whole: then this one is asked again.
bool may_fare_better(const Result<RestAnswer>& answer, const Error& error, int round) {
  if (!error.retryable()) return false;
  if (answer.has_error()) return answer.error().reason() == http::kNoAnswer && round < kRoundsWithoutAnswer;
  return !is_refusal_of_us(answer->status) && !is_gone(answer->status) && answer->status != 405;
}

// Whether the server said so of this very question, which it may be the only one to fail on.
bool is_about_this_one(const Result<RestAnswer>& answer, const Error& error) {
  if (!error.retryable() || answer.has_error()) return false;
  return answer->status != 401 && answer->status != 429 && answer->status != 503;
}

template <class T>
bool any_answered(const std::vector<Result<T>>& results) {
  return std::any_of(results.begin(), results.end(), [](const Result<T>& one) { return one.has_value(); });
}

// "Device?" of a search, "Device/" of a read.
std::string_view kind_of(const RestEntry& entry) {
  std::string_view path = entry.path;
  return entry.form.empty() ? path.substr(0, path.find_first_of("?/") + 1) : path;
}

// Those of `failing` that the server fails on while it answers others of their kind are at fault themselves: rights and
// addresses are those of a kind.
template <class T>
void reject_failing(
    const std::vector<RestEntry>& entries, const std::vector<std::size_t>& failing, std::vector<Result<T>>& out
) {
  std::vector<std::string_view> answered;
  for (std::size_t i = 0; !failing.empty() && i < out.size(); ++i) {
    if (out[i].has_value()) answered.push_back(kind_of(entries[i]));
  }
  for (std::size_t i : failing) {
    if (std::find(answered.begin(), answered.end(), kind_of(entries[i])) == answered.end()) continue;
    out[i] = Error("store-rejected", "for this one alone, again and again: " + std::string(out[i].error().message()));
  }
}

}  // namespace

// Asks, and asks again for those that `read` could not make out, singly then.
template <class T, class Read>
std::vector<Result<T>> RestFinder::ask(const std::vector<RestEntry>& entries, const Read& read) {
  constexpr std::size_t kOpen = std::numeric_limits<std::size_t>::max();
  std::vector<Result<T>> out(entries.size(), Result<T>(Error(std::string(http::kNoAnswer), "", true)));
  std::vector<std::size_t> open(entries.size());
  std::iota(open.begin(), open.end(), std::size_t{0});
  std::vector<std::size_t> failing;
  std::span<const RestEntry> asked = entries;
  std::vector<RestEntry> some;
  for (int round = 0; round < kRounds && !open.empty(); ++round) {
    if (round == kRoundsInVain && !any_answered(out)) break;
    if (round > 0) pauses_.wait(round);
    std::vector<Result<RestAnswer>> answers = exchange_.run(asked, round > 0);
    bool last = round + 1 == kRounds;
    for (std::size_t k = 0; k < open.size(); ++k) {
      Result<T>& one = out[open[k]];
      one = read(open[k], answers[k]);
      bool again = one.has_error() && may_fare_better(answers[k], one.error(), round);
      if (one.has_error() && (last || !again) && is_about_this_one(answers[k], one.error())) failing.push_back(open[k]);
      if (!again) open[k] = kOpen;
    }
    std::erase(open, kOpen);
    some.clear();
    for (std::size_t i : open) some.push_back(entries[i]);
    asked = some;
  }
  reject_failing(entries, failing, out);
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
  std::erase_if(out, [&](const Resource& r) { return !answers_to(r, query.identifier); });
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
    if (came.has_error()) return page_failure(client_.base(), came.error());
    if (!is_success(came->status)) return server_unavailable(client_.base(), trouble_text(came->status));
    body = std::move(came->body);
  }
  return Error(
      "store-rejected",
      "the server's search for one identifier has no end of pages: set find_by: id where it knows no such search"
  );
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
