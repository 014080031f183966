// http-client/1
#include <algorithm>
#include <optional>
#include <vector>

#include "core/base/text.hpp"
#include "core/plugin/failure.hpp"
#include "core/plugin/host_interfaces.hpp"
#include "core/plugin/instance.hpp"
#include "core/plugin/outside.hpp"

namespace aorta::plugin {
namespace {

constexpr std::uint32_t kTimeoutMs = 30'000;
constexpr std::uint64_t kAnswerBytes = 16ull << 20;

std::optional<http::Method> method_called(std::string_view name) {
  using http::Method;
  constexpr std::pair<std::string_view, Method> kMethods[] = {{"GET", Method::Get},       {"POST", Method::Post},
                                                              {"PUT", Method::Put},       {"PATCH", Method::Patch},
                                                              {"DELETE", Method::Delete}, {"HEAD", Method::Head}};
  for (const auto& [known, method] : kMethods) {
    if (known == name) return method;
  }
  return std::nullopt;
}

http::Caller::Limits limits_of(const aorta_http_call& call) {
  std::uint32_t timeout = call.timeout_ms == 0 ? kTimeoutMs : call.timeout_ms;
  std::uint64_t bytes = call.max_answer_bytes == 0 ? kAnswerBytes : call.max_answer_bytes;
  return {
      std::chrono::milliseconds(std::min<std::uint32_t>(timeout, AORTA_HTTP_MAX_TIMEOUT_MS)),
      static_cast<std::size_t>(std::min<std::uint64_t>(bytes, AORTA_HTTP_MAX_ANSWER_BYTES))};
}

http::Request request_of(const aorta_http_call& call, http::Method method) {
  http::Request out{.method = method, .url = std::string(view(call.url)), .body = view(call.body), .bytes = true};
  out.safe = method == http::Method::Get || method == http::Method::Head;
  for (std::uint64_t i = 0; i < call.field_count; ++i)
    out.headers.push_back({std::string(view(call.fields[i].name)), std::string(view(call.fields[i].value))});
  return out;
}

void tell(http::Response& from, void* context, void (*give)(void* context, const aorta_http_reply* reply)) {
  std::vector<aorta_pair> fields;
  for (http::Header& header : from.headers) {
    std::transform(header.name.begin(), header.name.end(), header.name.begin(), ascii_lower);
    fields.push_back({to_abi(header.name), to_abi(header.value)});
  }
  aorta_http_reply reply{
      sizeof(aorta_http_reply), static_cast<std::uint32_t>(from.status), fields.data(), fields.size(),
      to_abi(from.body)};
  give(context, &reply);
}

// Reasons stand below "http/", as others of this interface do.
std::int32_t fail(const Error& error) {
  if (error.reason() == "cancelled") return AORTA_CANCELLED;
  return fail_with(Error("http/" + std::string(error.reason()), std::string(error.message()), error.retryable()));
}

std::int32_t send(
    const aorta_host* host, const aorta_http_call* call, void* context,
    void (*give)(void* context, const aorta_http_reply* reply)
) {
  std::optional<http::Method> method = method_called(view(call->method));
  if (!method) return fail(Error("bad-request", "the request cannot be sent: its method is none of the six"));
  Instance& instance = Instance::of(host);
  Result<http::Response> answer = instance.outside()->http.send(
      request_of(*call, *method), limits_of(*call), [&instance] { return instance.cancelled(); }
  );
  if (answer.has_error()) return fail(answer.error());
  tell(*answer, context, give);
  return AORTA_OK;
}

}  // namespace

const aorta_http_client kHttpClientApi{sizeof(aorta_http_client), 0, &send};

}  // namespace aorta::plugin
