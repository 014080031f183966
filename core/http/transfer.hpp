// One request on its way: a handle of libcurl and what it needs to stay alive.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string>

#include "core/http/client.hpp"

namespace aorta::http {

// What transfers are carried by; nullptr where libcurl cannot be used. [any thread]
CURLM* open_multi();

// Used again and again: what it keeps of a connection is worth having.
class Transfer {
 public:
  Transfer();
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  // `request` and `options` outlive the transfer.
  void prepare(
      const Request& request, const std::string& url, const std::string& authorization, const ClientOptions& options
  );
  CURL* handle() const { return handle_; }
  // What came of it. Errors: "unreachable", "no-answer", "answer-too-large".
  Result<Response> finish(CURLcode code);

  std::size_t number = 0;  // the owner's

 private:
  static std::size_t take_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t take_header(char* data, std::size_t size, std::size_t count, void* self);
  static int before_sending(void* self, char*, char*, int, int);
  void add_header(const std::string& line);
  void set_method(const Request& request);
  void set_tls(const TlsOptions& tls);
  Error failure(CURLcode code) const;

  CURL* handle_;
  curl_slist* headers_ = nullptr;
  std::size_t max_bytes_ = 0;
  bool too_large_ = false;
  bool as_bytes_ = false;
  int sent_ = 0;  // times; libcurl sends again by itself where a connection breaks that was used before
  Response response_;
  char fault_[CURL_ERROR_SIZE] = {};
};

}  // namespace aorta::http
