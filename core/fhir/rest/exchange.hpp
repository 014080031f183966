// Many small requests to a FHIR server as few large ones: Bundles where it takes them, single requests where not.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/document/document.hpp"
#include "core/fhir/rest/options.hpp"
#include "core/http/client.hpp"

namespace aorta::fhir {

// One interaction, as an entry of a Bundle has it.
struct RestEntry {
  http::Method method = http::Method::Get;
  std::string path;                // below the server's address, percent-encoded: "Observation/17"
  std::string if_match = {};       // a version id; empty: not asked
  bool if_none_match = false;      // only where nothing is yet
  std::string if_none_exist = {};  // a query, percent-encoded
  std::string_view resource = {};  // JSON, for PUT and POST; outlives the call
  std::string_view form = {};      // in place of it: a search by POST, which no Bundle can hold
};

struct RestAnswer {
  int status = 0;
  std::string version;         // of what was written, empty where the server does not say
  std::string location;        // as the server spells it
  std::string body;            // a resource, or what the server said instead
  bool found_nothing = false;  // a search's Bundle without an entry, which is left out of `body`
};

// Not thread-safe. Errors of an entry: those of http::Client; "no-answer" also where the answer to a Bundle is none, or
// leaves the entry out.
class RestExchange {
 public:
  RestExchange(http::Client& client, Bundles bundles, std::size_t bundle_size)
      : client_(client), bundles_(bundles), bundle_size_(bundle_size) {}

  // An answer for each, in order. A Bundle that is refused as a whole is halved, down to single requests, so that one
  // bad entry fails none of its neighbours; one that is forbidden (403), only if anything else is not. `singly`:
  // without Bundles.
  std::vector<Result<RestAnswer>> run(std::span<const RestEntry> entries, bool singly = false);

 private:
  struct Chunk {
    std::size_t begin, end;
    bool single() const { return end - begin == 1; }
  };
  enum class Verdict : std::uint8_t { Done, Halve, TryFirst };  // TryFirst: alone, beside the rest
  // Whether it is one entry that a server forbids, or all that we send.
  struct Rights {
    bool taken = false;         // something was
    std::size_t forbidden = 0;  // entries, alone
    bool are_none() const { return !taken && forbidden > 1; }
  };

  std::vector<Chunk> divide(std::span<const RestEntry> entries, bool singly) const;
  http::Request single(const RestEntry& entry) const;
  http::Request bundle(std::span<const RestEntry> entries, std::string& body) const;
  void split(Chunk chunk, Verdict verdict, std::vector<Chunk>& out) const;
  bool takes_no_bundles(int status) const;
  Verdict take(
      std::span<const RestEntry> entries, Result<http::Response> response, std::span<Result<RestAnswer>> answers
  );
  Verdict take_bundle(std::span<const RestEntry> entries, std::string_view body, std::span<Result<RestAnswer>> answers);

  http::Client& client_;
  Bundles bundles_;
  std::size_t bundle_size_;
  Rights rights_;            // as far as the run has shown
  document::Document json_;  // of the answer that is looked at
};

// The version id in an ETag: W/"3" gives 3.
std::string version_of_etag(std::string_view etag);

}  // namespace aorta::fhir
