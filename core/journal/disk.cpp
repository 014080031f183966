#include "core/journal/disk.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <unordered_map>

namespace aorta::journal {
namespace {

Error failed(const std::string& what, int code) {
  bool full = code == ENOSPC || code == EDQUOT;
  return Error(full ? "disk-full" : "disk-failed", what + ": " + std::generic_category().message(code), true);
}

class SystemDisk : public Disk {
 public:
  Result<File> create(const std::string& path) override { return open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC); }
  Result<File> open(const std::string& path) override { return open(path, O_RDWR | O_CLOEXEC); }

  void close(File file) override {
    {
      std::lock_guard lock(mutex_);
      names_.erase(file);
    }
    ::close(file);
  }

  Result<std::uint64_t> size(File file) override {
    struct stat found {};
    if (::fstat(file, &found) != 0) return failed(file);
    return static_cast<std::uint64_t>(found.st_size);
  }

  Result<std::size_t> read(File file, std::uint64_t offset, std::span<char> into) override {
    std::size_t done = 0;
    while (done < into.size()) {
      ssize_t got = ::pread(file, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return failed(file);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  Result<void> write(File file, std::uint64_t offset, std::string_view data) override {
    while (!data.empty()) {
      ssize_t put = ::pwrite(file, data.data(), data.size(), static_cast<off_t>(offset));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return failed(file);
      offset += static_cast<std::uint64_t>(put);
      data.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
  }

  Result<void> sync(File file) override { return done(::fdatasync(file), file); }
  Result<void> truncate(File file, std::uint64_t size) override {
    return done(::ftruncate(file, static_cast<off_t>(size)), file);
  }

  Result<void> remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed(path, errno);
    return {};
  }

  Result<void> make_folder(const std::string& path) override {
    std::error_code fault;
    std::filesystem::create_directories(path, fault);
    if (fault) return failed(path, fault.value());
    return {};
  }

  Result<void> sync_folder(const std::string& path) override {
    int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return failed(path, errno);
    int code = ::fsync(folder) == 0 ? 0 : errno;
    ::close(folder);
    if (code != 0) return failed(path, code);
    return {};
  }

  Result<std::vector<std::string>> list(const std::string& folder) override {
    std::vector<std::string> names;
    std::error_code fault;
    for (std::filesystem::directory_iterator it(folder, fault), end; !fault && it != end; it.increment(fault))
      names.push_back(it->path().filename().string());
    if (fault) return failed(folder, fault.value());
    return names;
  }

  Result<File> lock(const std::string& path) override {
    AORTA_TRY(file, open(path, O_RDWR | O_CREAT | O_CLOEXEC));
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) return file;
    close(file);
    return Error(
        "journal-in-use", path + ": another process uses this journal; stop it, or give this one another path"
    );
  }

  std::uint64_t random() override {
    std::uint64_t out = 0;
    while (::getrandom(&out, sizeof out, 0) != static_cast<ssize_t>(sizeof out)) {
    }
    return out;
  }

 private:
  Result<File> open(const std::string& path, int flags) {
    int file = ::open(path.c_str(), flags, 0600);
    if (file < 0) return failed(path, errno);
    std::lock_guard lock(mutex_);
    names_[file] = path;
    return file;
  }

  Error failed(File file) {
    int code = errno;
    std::lock_guard lock(mutex_);
    return journal::failed(names_[file], code);
  }
  static Error failed(const std::string& path, int code) { return journal::failed(path, code); }
  Result<void> done(int code, File file) {
    if (code != 0) return failed(file);
    return {};
  }

  std::mutex mutex_;
  std::unordered_map<File, std::string> names_;  // for errors
};

}  // namespace

Disk& system_disk() {
  static SystemDisk disk;
  return disk;
}

}  // namespace aorta::journal
