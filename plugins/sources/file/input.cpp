#include "input.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <aorta/status.hpp>
#include <cerrno>
#include <system_error>
#include <thread>

namespace file_source {
namespace {

constexpr std::size_t kChunk = 256 * 1024;
constexpr std::chrono::milliseconds kSlice{50};
constexpr std::size_t kHead = 1024;

std::filesystem::file_type kind_of(int file) {
  struct stat status {};
  if (::fstat(file, &status) != 0) return std::filesystem::file_type::unknown;
  if (S_ISREG(status.st_mode)) return std::filesystem::file_type::regular;
  return S_ISFIFO(status.st_mode) ? std::filesystem::file_type::fifo : std::filesystem::file_type::character;
}

std::string system_text(int error) { return std::generic_category().message(error); }

}  // namespace

Input::Input(std::filesystem::path path)
    : path_(std::move(path)), name_(path_ == "-" ? "standard input" : path_.string()) {
  file_ = path_ == "-" ? ::dup(STDIN_FILENO) : ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file_ < 0) throw aorta::Reject("source/cannot-open", name_ + ": cannot be opened: " + system_text(errno));
  kind_ = kind_of(file_);
}

Input::~Input() {
  if (file_ >= 0) ::close(file_);
}

bool Input::wait_readable(std::chrono::milliseconds wait, const std::function<bool()>& cancelled) const {
  auto end = std::chrono::steady_clock::now() + wait;
  pollfd waiting{file_, POLLIN, 0};
  while (!cancelled()) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    auto slice = std::clamp(left, std::chrono::milliseconds(0), kSlice);
    if (::poll(&waiting, 1, static_cast<int>(slice.count())) > 0) return true;
    if (left <= slice) return false;
  }
  return false;
}

Input::Read Input::read(Buffer& out, std::chrono::milliseconds wait, const std::function<bool()>& cancelled) {
  if (!is_regular() && !wait_readable(wait, cancelled)) return Read::Nothing;
  ssize_t count = 0;
  char* to = out.room(kChunk);
  do count = ::read(file_, to, kChunk);
  while (count < 0 && errno == EINTR);
  if (count < 0 && errno == EAGAIN) return Read::Nothing;
  if (count < 0) throw aorta::Fatal("source/read-failed", name_ + ": cannot be read: " + system_text(errno));
  keep_head({to, static_cast<std::size_t>(count)});
  out.grow(static_cast<std::size_t>(count));
  offset_ += static_cast<std::uint64_t>(count);
  return count == 0 ? Read::End : Read::Some;
}

std::uint64_t Input::size() const {
  struct stat status {};
  return ::fstat(file_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

Input::Change Input::change() const {
  struct stat opened {
  }, there{};
  if (!is_regular() || ::fstat(file_, &opened) != 0) return Change::None;
  if (static_cast<std::uint64_t>(opened.st_size) < offset_ || head_differs()) return Change::Truncated;
  if (::stat(path_.c_str(), &there) != 0) return Change::None;
  return there.st_ino == opened.st_ino && there.st_dev == opened.st_dev ? Change::None : Change::Replaced;
}

void Input::keep_head(std::string_view read) {
  if (head_.size() < kHead) head_ += read.substr(0, kHead - head_.size());
}

bool Input::head_differs() const {
  char now[kHead];
  ssize_t size = ::pread(file_, now, head_.size(), 0);
  return size >= 0 && std::string_view(now, static_cast<std::size_t>(size)) != head_;
}

void Input::rewind() {
  ::lseek(file_, 0, SEEK_SET);
  offset_ = 0;
  head_.clear();
}

bool wait_until(std::chrono::milliseconds wait, const std::function<bool()>& done) {
  auto end = std::chrono::steady_clock::now() + wait;
  while (!done()) {
    auto left = end - std::chrono::steady_clock::now();
    if (left <= left.zero()) return false;
    std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(left, kSlice));
  }
  return true;
}

}  // namespace file_source
