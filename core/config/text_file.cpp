#include "core/config/text_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "core/base/units.hpp"

namespace aorta::config {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&& from) noexcept : fd_(std::exchange(from.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

std::string because(int error) { return std::generic_category().message(error); }

Error unreadable(const std::string& path, const std::string& why) {
  return Error("file-unreadable", "cannot be read: " + why).at(path, {});
}

Error open_error(const std::string& path, int error) {
  if (error == ENOENT || error == ENOTDIR) return Error("file-missing", "there is no such file").at(path, {});
  return unreadable(path, because(error));
}

// Non-blocking, so that a named pipe is refused rather than waited for.
Result<Descriptor> open_text_file(const std::string& path) {
  Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return open_error(path, errno);
  struct stat status {};
  if (fstat(file.get(), &status) != 0) return unreadable(path, because(errno));
  if (S_ISDIR(status.st_mode)) return unreadable(path, "it is a folder; name the file in it");
  if (!S_ISREG(status.st_mode)) return unreadable(path, "it is no regular file");
  return file;
}

}  // namespace

Result<void> find_text_file(const std::string& path) {
  AORTA_TRY(file, open_text_file(path));
  return {};
}

Result<std::string> read_text_file(const std::string& path, std::size_t limit) {
  AORTA_TRY(file, open_text_file(path));
  std::string text;
  std::array<char, 65536> block;
  for (;;) {
    ssize_t size = read(file.get(), block.data(), block.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return unreadable(path, because(errno));
    if (size == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(size));
    if (text.size() > limit)
      return Error("file-too-large", "is larger than " + bytes_text(limit) + ", the most that is read here")
          .at(path, {});
  }
}

}  // namespace aorta::config
