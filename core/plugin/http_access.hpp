// What http-routes/1 keeps for one instance: its paths, and the exchanges that it has not answered.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "aorta/abi/http.h"
#include "core/http/listener.hpp"

struct aorta_http_exchange {
  std::unique_ptr<aorta::http::Exchange> exchange;
};

namespace aorta::plugin {

// Thread-safe. What is unanswered when it goes is answered with 503.
class HttpAccess {
 public:
  using Find = std::function<Result<http::Listener*>()>;
  explicit HttpAccess(Find find) : find_(std::move(find)) {}
  ~HttpAccess();
  HttpAccess(const HttpAccess&) = delete;
  HttpAccess& operator=(const HttpAccess&) = delete;

  Result<void> open(const aorta_http_route& route);
  void close(const std::string& path);
  void close_all();
  void answer(aorta_http_exchange* exchange, http::Answer answer);

 private:
  using Ask = decltype(aorta_http_route::ask);
  void ask(void* self, Ask into_plugin, std::unique_ptr<http::Exchange> exchange, const http::Asked& asked);

  const Find find_;
  http::Listener* listener_ = nullptr;  // once a path was opened
  std::mutex mutex_;
  std::set<std::string> paths_;
  std::set<aorta_http_exchange*> open_;
};

}  // namespace aorta::plugin
