// http-routes/1
#include <vector>

#include "core/plugin/failure.hpp"
#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/http_access.hpp"
#include "core/plugin/instance.hpp"

namespace aorta::plugin {
namespace {

Error no_listener() {
  return Error(
      "no-listener", "this source is sent to over HTTP; write http: { listen: 127.0.0.1:8080 } in the pipeline file"
  );
}

std::int32_t open(const aorta_host* host, const aorta_http_route* route) {
  HttpAccess* access = Instance::of(host).http();
  if (!access) return fail_with(no_listener());
  Result<void> opened = access->open(*route);
  return opened.has_error() ? fail_with(opened.error()) : AORTA_OK;
}

void close(const aorta_host* host, aorta_str path) {
  if (HttpAccess* access = Instance::of(host).http()) access->close(std::string(view(path)));
}

void answer(const aorta_host* host, aorta_http_exchange* exchange, const aorta_http_answer* from) {
  http::Answer out{
      static_cast<int>(from->status), std::string(view(from->body)), std::string(view(from->content_type))};
  if (from->retry_after_s > 0) out.fields.emplace_back("Retry-After", std::to_string(from->retry_after_s));
  if (HttpAccess* access = Instance::of(host).http()) access->answer(exchange, std::move(out));
}

}  // namespace

HttpAccess::~HttpAccess() {
  close_all();
  for (aorta_http_exchange* exchange : open_) delete exchange;
}

Result<void> HttpAccess::open(const aorta_http_route& route) {
  http::Route served;
  served.path = view(route.path);
  served.bearer_token = view(route.bearer_token);
  served.max_body_bytes = route.max_body_bytes;
  served.max_unpacked_bytes = route.max_unpacked_bytes;
  served.ask = [this, self = route.self, into_plugin = route.ask](
                   std::unique_ptr<http::Exchange> exchange, const http::Asked& asked
               ) { ask(self, into_plugin, std::move(exchange), asked); };
  AORTA_TRY(listener, find_());
  listener_ = listener;
  AORTA_CHECK(listener_->add(std::move(served)));
  std::lock_guard lock(mutex_);
  paths_.emplace(view(route.path));
  return {};
}

void HttpAccess::close(const std::string& path) {
  {
    std::lock_guard lock(mutex_);
    if (paths_.erase(path) == 0) return;
  }
  listener_->remove(path);
}

void HttpAccess::close_all() {
  std::set<std::string> paths;
  {
    std::lock_guard lock(mutex_);
    paths = paths_;
  }
  for (const std::string& path : paths) close(path);
}

void HttpAccess::ask(void* self, Ask into_plugin, std::unique_ptr<http::Exchange> exchange, const http::Asked& asked) {
  std::vector<aorta_pair> fields;
  for (const auto& [name, value] : asked.fields) fields.push_back({to_abi(name), to_abi(value)});
  aorta_http_request request{
      sizeof(aorta_http_request),
      0,
      to_abi(asked.method),
      to_abi(asked.path),
      to_abi(asked.query),
      to_abi(asked.body),
      fields.data(),
      fields.size()};
  auto held = std::make_unique<aorta_http_exchange>(aorta_http_exchange{std::move(exchange)});
  {
    std::lock_guard lock(mutex_);
    open_.insert(held.get());
  }
  into_plugin(self, held.release(), &request);
}

void HttpAccess::answer(aorta_http_exchange* exchange, http::Answer answer) {
  {
    std::lock_guard lock(mutex_);
    if (open_.erase(exchange) == 0) return;
  }
  exchange->exchange->answer(std::move(answer));
  delete exchange;
}

const aorta_http_routes kHttpRoutesApi{sizeof(aorta_http_routes), 0, &open, &close, &answer};

}  // namespace aorta::plugin
