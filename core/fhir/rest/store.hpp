// Any FHIR R4 server over HTTP as a store (docs/guide/fhir-server.md).
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/fhir/rest/capabilities.hpp"
#include "core/fhir/rest/exchange.hpp"
#include "core/fhir/rest/finder.hpp"
#include "core/fhir/rest/pauses.hpp"
#include "core/fhir/store.hpp"

namespace aorta::fhir {

// Nothing is asked of the server before begin(), or the first call without one. What is saved is durable once
// save_all() returned; commit() and rollback() do nothing. Errors of the server as a whole are "store-unavailable" and
// retryable, whatever their cause; their messages hold nothing that a device sent. A write that nobody answered is
// looked up, never guessed (docs/decisions/0010-writes-without-an-answer.md).
class RestStore : public Store {
 public:
  using Warn = std::function<void(std::string_view text)>;

  RestStore(std::unique_ptr<http::Client> client, RestOptions options, Warn warn = {});
  ~RestStore() override;

  Result<std::optional<Resource>> read(std::string_view type, std::string_view id) override;
  Result<std::vector<Resource>> search(std::string_view type, const Identifier& identifier) override;
  Result<Resource> save(const Resource& resource, const Expect& expect) override;
  std::vector<Result<std::vector<Resource>>> search_all(std::span<const Query> queries) override;
  std::vector<Result<Resource>> save_all(std::span<const Save> saves) override;
  Result<void> begin() override { return connect(); }
  Result<void> commit() override { return {}; }
  void rollback() override {}

  const http::Client::Counts& counts() const { return client_->counts(); }

 private:
  struct Draft;

  Result<void> connect();
  Result<Capabilities> ask_capabilities();

  void send(std::span<Draft> drafts, bool singly);
  void look_up(std::span<Draft> drafts);
  RestEntry entry_for(const Draft& draft) const;
  void settle(Draft& draft, const Result<RestAnswer>& answer);
  void settle_written(Draft& draft, const RestAnswer& answer);
  bool has_overwritten(const Draft& draft, const RestAnswer& answer) const;
  void undo(std::span<Draft> drafts);
  void put_back(Draft& draft, const RestAnswer& before);
  void settle_missing(Draft& draft, const RestAnswer& answer);
  void learn_who_gives_ids(std::span<Draft> drafts);
  void compare(Draft& draft, const std::optional<Resource>& there) const;
  static bool is_alike(const Draft& a, const Draft& b);
  static bool is_at_fault(const Draft& draft, std::span<const Draft> drafts);
  static void confirm_held(std::span<Draft> drafts);
  void give_up(std::span<Draft> drafts) const;
  void warn(const std::string& text) const;
  bool gives_ids() const { return options_.ids == Ids::Server; }

  std::unique_ptr<http::Client> client_;
  RestOptions options_;
  Warn warn_;
  std::unique_ptr<RestExchange> exchange_;  // once connected, as is the next one
  std::unique_ptr<RestFinder> finder_;
  Pauses pauses_;
};

}  // namespace aorta::fhir
