#include "core/http/transfer.hpp"

#include "core/base/arena.hpp"
#include "core/base/text.hpp"
#include "core/base/unicode.hpp"

namespace aorta::http {
namespace {

constexpr std::size_t kMostHeaders = 200;

// Before the request went out: no handshake, no connection.
bool is_before_sending(CURLcode code, CURL* handle) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_PEER_FAILED_VERIFICATION:
      return true;
    case CURLE_OPERATION_TIMEDOUT: {
      double sent = 0;
      curl_easy_getinfo(handle, CURLINFO_PRETRANSFER_TIME, &sent);
      return sent <= 0;
    }
    default:
      return false;
  }
}

// How OpenSSL tells what the other side said of our certificate, of one that is missing, too: "tlsv13 alert certificate
// required". No request was looked at then, wherever the alert is met.
bool is_alert_on_our_certificate(std::string_view fault) {
  std::size_t alert = fault.find(" alert ");
  if (alert == std::string_view::npos) return false;
  std::string_view what = fault.substr(alert);
  return what.find("certificate") != std::string_view::npos || what.find("unknown ca") != std::string_view::npos;
}

void set(CURL* handle, CURLoption option, const std::string& text) {
  if (!text.empty()) curl_easy_setopt(handle, option, text.c_str());
}

// What the rest of the host may read.
void make_valid(std::string& body) {
  Arena arena;
  std::string_view text = decode_bytes(body, arena);
  if (text.size() != body.size() || text.data() != body.data()) body = std::string(text);
}

const char* method_name(Method method) {
  static constexpr const char* kNames[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"};
  return kNames[static_cast<std::size_t>(method)];
}

bool takes_body(Method method) { return method == Method::Post || method == Method::Put || method == Method::Patch; }

long count(std::chrono::milliseconds time) { return static_cast<long>(time.count()); }

}  // namespace

CURLM* open_multi() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  return ready == CURLE_OK ? curl_multi_init() : nullptr;
}

Transfer::Transfer() : handle_(curl_easy_init()) {}

Transfer::~Transfer() {
  curl_slist_free_all(headers_);
  curl_easy_cleanup(handle_);
}

void Transfer::prepare(
    const Request& request, const std::string& url, const std::string& authorization, const ClientOptions& options
) {
  curl_easy_reset(handle_);
  curl_slist_free_all(headers_);
  headers_ = nullptr;
  response_ = {};
  too_large_ = false;
  sent_ = 0;
  fault_[0] = '\0';
  max_bytes_ = options.max_response_bytes;

  curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(handle_, CURLOPT_PIPEWAIT, 1L);
  curl_easy_setopt(handle_, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
  curl_easy_setopt(handle_, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, count(options.timeout));
  curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS, count(options.connect_timeout));
  curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, fault_);
  curl_easy_setopt(handle_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &take_body);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &take_header);
  curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
  if (!options.use_proxy) curl_easy_setopt(handle_, CURLOPT_NOPROXY, "*");
  set_tls(options.tls);

  for (const Header& header : request.headers) add_header(header.name + ": " + header.value);
  if (!authorization.empty()) add_header("Authorization: " + authorization);
  curl_easy_setopt(handle_, CURLOPT_USERAGENT, "aorta");  // a header of the request's own takes its place
  set_method(request);
  if (!request.safe) {
    curl_easy_setopt(handle_, CURLOPT_PREREQFUNCTION, &before_sending);
    curl_easy_setopt(handle_, CURLOPT_PREREQDATA, this);
  }
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
}

void Transfer::set_method(const Request& request) {
  as_bytes_ = request.bytes;
  if (request.method == Method::Head) curl_easy_setopt(handle_, CURLOPT_NOBODY, 1L);
  if (takes_body(request.method) || request.body.data()) {
    add_header("Expect:");  // a body is sent at once, whatever its size
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, request.body.data() ? request.body.data() : "");
  }
  curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, method_name(request.method));
}

void Transfer::set_tls(const TlsOptions& tls) {
  set(handle_, CURLOPT_CAINFO, tls.ca_file);
  set(handle_, CURLOPT_SSLCERT, tls.certificate);
  set(handle_, CURLOPT_SSLKEY, tls.key);
  set(handle_, CURLOPT_KEYPASSWD, tls.key_password);
  curl_easy_setopt(handle_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
}

void Transfer::add_header(const std::string& line) { headers_ = curl_slist_append(headers_, line.c_str()); }

std::size_t Transfer::take_body(char* data, std::size_t, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.too_large_ = transfer.response_.body.size() + count > transfer.max_bytes_;
  if (transfer.too_large_) return CURL_WRITEFUNC_ERROR;
  transfer.response_.body.append(data, count);
  return count;
}

std::size_t Transfer::take_header(char* data, std::size_t, std::size_t count, void* self) {
  auto& headers = static_cast<Transfer*>(self)->response_.headers;
  std::string_view line(data, count);
  if (line.starts_with("HTTP/")) headers.clear();  // an answer before the answer (100) had headers of its own
  std::size_t colon = line.find(':');
  if (colon != std::string_view::npos && headers.size() < kMostHeaders && is_utf8(line))
    headers.push_back({std::string(line.substr(0, colon)), std::string(without_blanks(line.substr(colon + 1)))});
  return count;
}

// Nobody knows whether the first copy was taken: that is for those who know what was in it to find out.
int Transfer::before_sending(void* self, char*, char*, int, int) {
  return ++static_cast<Transfer*>(self)->sent_ == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

Result<Response> Transfer::finish(CURLcode code) {
  if (code != CURLE_OK) return failure(code);
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  if (!as_bytes_) make_valid(response_.body);
  return std::move(response_);
}

Error Transfer::failure(CURLcode code) const {
  if (too_large_) {
    return Error(
        "answer-too-large",
        "sent an answer of more than " + std::to_string(max_bytes_) +
            " bytes: raise max_response, or look at what the server sends",
        true
    );
  }
  std::string what = sent_ > 1 ? "the connection broke" : fault_[0] != '\0' ? fault_ : curl_easy_strerror(code);
  if (code == CURLE_SSL_CACERT_BADFILE) what += "; install ca-certificates, or name the authority with tls.ca_file";
  bool unknown_to_it = is_alert_on_our_certificate(what);
  if (unknown_to_it)
    what += "; it wants a certificate of ours that it trusts: name one with tls.certificate and tls.key";
  bool unreachable = unknown_to_it || is_before_sending(code, handle_);
  return Error(
      unreachable ? "unreachable" : "no-answer",
      (unreachable ? "cannot be reached: " : "gave no whole answer: ") + what, true
  );
}

}  // namespace aorta::http
