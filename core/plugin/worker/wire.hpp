// What passes between the host and a worker: frames of a type and a payload. Numbers are the machine's own, both sides
// being the same program.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/base/put_text.hpp"
#include "core/base/result.hpp"

namespace aorta::plugin::worker {

enum class Type : std::uint32_t {
  // From the host. Each is answered by Done or Failed, after any number of requests of the worker.
  Hello = 1,  // what to be (Hello)
  Start,      // -
  Stop,       // sources: settlements
  Normalize,  // records
  Poll,       // limits, settlements
  Write,      // groups
  // From the worker: how it ended.
  Done,
  Failed,  // code, reason, message
  // From the worker, while the host waits: Log without an answer, the others answered by Done or Failed.
  Log,
  Metrics,   // likewise without an answer: what an instance has counted
  StateGet,  // state/1
  StatePut,
  StateEach,
  LoadMapping,  // observation/1
  WriteObservations,
  ObservationParts,
  Identify,  // fhir/1
  Find,
  Update,
  // From the host, while it works on Update: answered by Done or Failed.
  Compose,
};
inline constexpr Type kLastType = Type::Compose;

// Fills room of the size that it needs.
class Filler {
 public:
  explicit Filler(char* room) : at_(room) {}

  template <class T>
  requires std::is_trivially_copyable_v<T> &&(!std::is_pointer_v<T>)void put(T value) {
    std::memcpy(at_, &value, sizeof value);
    at_ += sizeof value;
  }
  // Their lengths, then they, which is faster than one after the other. Absent texts (data() == nullptr) stay absent.
  template <std::size_t count>
  void texts(const std::array<std::string_view, count>& all) {
    for (std::string_view text : all) put(text.data() ? static_cast<std::uint32_t>(text.size()) : kAbsent);
    for (std::string_view text : all) bytes(text);
  }
  void bytes(std::string_view bytes) { at_ = put_text(at_, bytes); }
  template <std::size_t count>
  static std::size_t size_of(const std::array<std::string_view, count>& all) {
    std::size_t size = count * sizeof(std::uint32_t);
    for (std::string_view text : all) size += text.size();
    return size;
  }

  static constexpr std::uint32_t kAbsent = 0xFFFFFFFF;

 private:
  char* at_;
};

// Puts a payload together.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  // To be filled at once.
  Filler room(std::size_t size) {
    out_.resize(out_.size() + size);
    return Filler(out_.data() + out_.size() - size);
  }
  template <class T>
  void put(T value) {
    room(sizeof value).put(value);
  }
  // Absent texts (data() == nullptr) stay absent.
  void text(std::string_view text) { texts<1>({text}); }
  // Several, as Filler has them.
  template <std::size_t count>
  void texts(const std::array<std::string_view, count>& all) {
    room(Filler::size_of(all)).texts(all);
  }
  // Room for a number that is known later.
  std::size_t leave_count() {
    put(std::uint32_t{0});
    return out_.size() - sizeof(std::uint32_t);
  }
  void set_count(std::size_t at, std::uint32_t count) { std::memcpy(out_.data() + at, &count, sizeof count); }

 private:
  std::string& out_;
};

// Takes a payload apart, believing nothing: after the first fault every answer is zero or absent, and good() is false.
class Reader {
 public:
  explicit Reader(std::string_view payload) : at_(payload.data()), left_(payload.size()) {}

  bool good() const { return good_; }
  // Everything was well-formed and nothing is left.
  bool ended() const { return good_ && left_ == 0; }

  template <class T>
  requires std::is_trivially_copyable_v<T> T take() {
    T value{};
    if (!has(sizeof value)) return value;
    std::memcpy(&value, at_, sizeof value);
    skip(sizeof value);
    return value;
  }
  // Lives as long as the payload.
  std::string_view text() { return text(take<std::uint32_t>()); }
  // As Filler::texts().
  template <std::size_t count>
  std::array<std::string_view, count> texts() {
    auto lengths = take<std::array<std::uint32_t, count>>();
    std::array<std::string_view, count> all;
    for (std::size_t i = 0; i < count; ++i) all[i] = text(lengths[i]);
    return all;
  }
  // A number of things of which each takes `least` bytes or more.
  std::uint32_t count(std::size_t least) {
    auto count = take<std::uint32_t>();
    if (count > left_ / least) good_ = false;
    return good_ ? count : 0;
  }
  void spoil() { good_ = false; }

 private:
  std::string_view text(std::uint32_t size) {
    if (!good_ || size == Filler::kAbsent || !has(size)) return {};
    std::string_view text(at_, size);
    skip(size);
    return text;
  }
  bool has(std::size_t size) {
    if (size > left_) good_ = false;
    return good_;
  }
  void skip(std::size_t size) {
    at_ += size;
    left_ -= size;
  }

  const char* at_;
  std::size_t left_;
  bool good_ = true;
};

inline void put_error(Writer& out, const Error& error) {
  out.put(static_cast<std::uint8_t>(error.retryable()));
  out.text(error.reason());
  out.text(error.message());
}
inline Error take_error(Reader& in) {
  bool retryable = in.take<std::uint8_t>() != 0;
  std::string reason(in.text());
  return Error(std::move(reason), std::string(in.text()), retryable);
}

}  // namespace aorta::plugin::worker
