#include "core/http/inflate.hpp"

#include <zlib.h>

#include <algorithm>

#include "core/base/text.hpp"

namespace aorta::http {
namespace {

constexpr int kWithHeader = 15 + 32;  // gzip or zlib, by what it begins with
constexpr int kRaw = -15;
constexpr std::uint64_t kStep = 64 * 1024;

Error too_large(std::uint64_t limit) {
  return Error(
      "too-large", "the body would unpack to more than the " + std::to_string(limit) + " bytes that are allowed"
  );
}

Error damaged(std::string_view coding) {
  return Error("bad-coding", "the body is no whole " + std::string(coding) + " text");
}

class Inflating {
 public:
  explicit Inflating(int window) { inflateInit2(&stream_, window); }
  ~Inflating() { inflateEnd(&stream_); }
  Inflating(const Inflating&) = delete;
  Inflating& operator=(const Inflating&) = delete;

  Result<std::string> run(std::string_view coding, std::string& body, std::uint64_t limit) {
    stream_.next_in = reinterpret_cast<unsigned char*>(body.data());
    stream_.avail_in = static_cast<unsigned>(body.size());
    std::string out;
    for (int code = Z_OK; code != Z_STREAM_END || next_member();) {
      if (out.size() > limit) return too_large(limit);
      code = step(out, limit);
      if (code != Z_OK && code != Z_STREAM_END) return damaged(coding);
    }
    if (out.size() > limit) return too_large(limit);
    return out;
  }

 private:
  int step(std::string& out, std::uint64_t limit) {
    std::size_t before = out.size();
    out.resize(before + std::min(kStep, limit + 1 - before));
    stream_.next_out = reinterpret_cast<unsigned char*>(out.data() + before);
    stream_.avail_out = static_cast<unsigned>(out.size() - before);
    int code = inflate(&stream_, Z_NO_FLUSH);
    out.resize(out.size() - stream_.avail_out);
    return code;
  }

  // gzip may be several, one behind the other.
  bool next_member() { return stream_.avail_in > 0 && inflateReset(&stream_) == Z_OK; }

  z_stream stream_{};
};

}  // namespace

Result<std::string> decode_body(std::string_view coding, std::string body, std::uint64_t limit) {
  if (coding.empty() || equals_ignoring_ascii_case(coding, "identity")) {
    if (body.size() > limit) return too_large(limit);
    return body;
  }
  bool gzip = equals_ignoring_ascii_case(coding, "gzip") || equals_ignoring_ascii_case(coding, "x-gzip");
  if (!gzip && !equals_ignoring_ascii_case(coding, "deflate"))
    return Error("unknown-coding", "Content-Encoding must be gzip, deflate or identity");
  Result<std::string> out = Inflating(kWithHeader).run(coding, body, limit);
  bool raw = !gzip && out.has_error() && out.error().reason() == "bad-coding";
  return raw ? Inflating(kRaw).run("deflate", body, limit) : out;
}

}  // namespace aorta::http
