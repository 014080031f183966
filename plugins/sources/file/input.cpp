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

std::filesystem::file_type kind_of(const struct stat& status) {
  if (S_ISREG(status.st_mode)) return std::filesystem::file_type::regular;
  return S_ISFIFO(status.st_mode) ? std::filesystem::file_type::fifo : std::filesystem::file_type::character;
}

std::uint64_t hash(std::string_view bytes, std::uint64_t from) {
  for (char byte : bytes) from = (from ^ static_cast<unsigned char>(byte)) * 1'099'511'628'211u;
  return from;
}

std::string system_text(int error) { return std::generic_category().message(error); }

}  // namespace

Input::Input(std::filesystem::path path)
    : path_(std::move(path)), name_(path_ == "-" ? "standard input" : path_.string()) {
  file_ = path_ == "-" ? ::dup(STDIN_FILENO) : ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file_ < 0) throw aorta::Reject("source/cannot-open", name_ + ": cannot be opened: " + system_text(errno));
  struct stat status {};
  if (::fstat(file_, &status) != 0) return;
  kind_ = kind_of(status);
  id_ = {status.st_dev, status.st_ino, 0, kEmptyHash};
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
  if (head_.size() == kHead) return;
  read = read.substr(0, kHead - head_.size());
  head_ += read;
  id_.head_size = head_.size();
  id_.head_hash = hash(read, id_.head_hash);
}

std::string Input::head_there(std::uint64_t size) const {
  char now[kHead];
  ssize_t read = ::pread(file_, now, std::min<std::size_t>(size, kHead), 0);
  return {now, static_cast<std::size_t>(std::max<ssize_t>(read, 0))};
}

bool Input::head_differs() const { return head_there(head_.size()) != head_; }

bool Input::is(const FileId& file, std::uint64_t offset) const {
  if (id_.device != file.device || id_.inode != file.inode || size() < offset) return false;
  std::string head = head_there(file.head_size);
  return head.size() == file.head_size && hash(head, kEmptyHash) == file.head_hash;
}

void Input::go_on(std::uint64_t offset) {
  ::lseek(file_, static_cast<off_t>(offset), SEEK_SET);
  offset_ = offset;
  keep_head(head_there(offset));  // what is read next continues it
}

void Input::rewind() {
  ::lseek(file_, 0, SEEK_SET);
  offset_ = 0;
  head_.clear();
  id_.head_size = 0;
  id_.head_hash = kEmptyHash;
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
