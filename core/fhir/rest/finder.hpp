// Reading from a FHIR server: by identifier and by id.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/fhir/rest/exchange.hpp"
#include "core/fhir/rest/pauses.hpp"
#include "core/fhir/store.hpp"

namespace aorta::fhir {

// Not thread-safe. Errors: "store-unavailable" (retryable), "store-rejected" (this one cannot be asked for).
class RestFinder {
 public:
  using Found = std::vector<Resource>;

  // `options`: without Auto but for `ids`. All outlive the finder.
  RestFinder(http::Client& client, RestExchange& exchange, const RestOptions& options)
      : client_(client), exchange_(exchange), options_(options) {}

  // All pages of each search, and what stands under the id of the query if it carries the identifier.
  std::vector<Result<Found>> search_all(std::span<const Query> queries);
  // By id; nothing: it is not there. The identifiers are not looked at.
  std::vector<Result<std::optional<Resource>>> read_all(std::span<const Query> queries);

 private:
  enum class By : std::uint8_t { Identifier, Id };
  struct Ask {
    std::size_t query;
    By by;
  };

  void add_asks(std::size_t number, const Query& query);
  void add_search(const Query& query);
  template <class T, class Read>
  std::vector<Result<T>> ask(const std::vector<RestEntry>& entries, const Read& read);
  static void join(Result<Found>& whole, Result<Found> part);
  Result<Found> found_by(const Ask& ask, const Query& query, const Result<RestAnswer>& answer);
  Result<Found> matches_of(const Query& query, const Result<RestAnswer>& answer);
  Result<Found> all_pages(const Query& query, std::string body);
  Result<std::optional<Resource>> resource_of(const Query& query, const Result<RestAnswer>& answer) const;

  http::Client& client_;
  RestExchange& exchange_;
  const RestOptions& options_;
  std::vector<Ask> asks_;           // of the call, each with
  std::vector<RestEntry> entries_;  // what is sent for it
  std::vector<std::string> forms_;  // of searches too long for an address
  Pauses pauses_;
};

}  // namespace aorta::fhir
