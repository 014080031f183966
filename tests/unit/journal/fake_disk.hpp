// A disk in memory that fails where it is told to, and forgets at a power failure what was not synced.
#pragma once

#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>

#include "core/journal/disk.hpp"

namespace aorta::journal::test {

class FakeDisk : public Disk {
 public:
  static constexpr std::size_t kSector = 512;

  // Calls that may fail are counted; the one with this number fails (0: none), and with `stay` all after it.
  std::uint64_t fail_at = 0;
  bool stay = false;
  bool short_writes = true;         // a write that fails has written half of it
  std::uint64_t room = UINT64_MAX;  // for used()
  std::uint64_t calls = 0;
  std::uint64_t written = 0;  // bytes
  std::set<std::string> failed_calls;
  std::function<void()> on_sync;  // called after each

  Result<File> create(const std::string& path) override {
    std::lock_guard lock(mutex_);
    AORTA_CHECK(may("create"));
    if (names_.count(path) > 0) return Error("disk-failed", path + " is there", true);
    names_[path] = std::make_shared<Content>();
    return handle(path);
  }
  Result<File> open(const std::string& path) override {
    std::lock_guard lock(mutex_);
    AORTA_CHECK(may("open"));
    if (names_.count(path) == 0) return Error("disk-failed", path + " is not there", true);
    return handle(path);
  }
  void close(File file) override {
    std::lock_guard lock(mutex_);
    open_.erase(file);
  }
  Result<std::uint64_t> size(File file) override {
    std::lock_guard lock(mutex_);
    AORTA_CHECK(may("size"));
    return open_.at(file)->now.size();
  }
  Result<std::size_t> read(File file, std::uint64_t offset, std::span<char> into) override {
    std::lock_guard lock(mutex_);
    AORTA_CHECK(may("read"));
    const std::string& text = open_.at(file)->now;
    std::size_t count = offset < text.size() ? std::min<std::size_t>(into.size(), text.size() - offset) : 0;
    if (count > 0) std::memcpy(into.data(), text.data() + offset, count);
    return count;
  }
  Result<void> write(File file, std::uint64_t offset, std::string_view data) override {
    std::lock_guard lock(mutex_);
    written += data.size();
    Content& content = *open_.at(file);
    auto allowed = may("write");
    std::uint64_t grows = offset + data.size() > content.now.size() ? offset + data.size() - content.now.size() : 0;
    if (allowed.has_value() && used() + grows > room) allowed = Error("disk-full", "no room", true);
    if (allowed.has_error()) data = short_writes ? data.substr(0, data.size() / 2) : std::string_view();
    if (content.now.size() < offset + data.size()) content.now.resize(offset + data.size());
    content.now.replace(offset, data.size(), data);
    return allowed;
  }
  Result<void> sync(File file) override {
    {
      std::lock_guard lock(mutex_);
      Content& content = *open_.at(file);
      AORTA_CHECK(may("sync"));
      content.synced = content.now;
    }
    if (on_sync) on_sync();
    return {};
  }
  Result<void> truncate(File file, std::uint64_t size) override {
    std::lock_guard lock(mutex_);
    AORTA_CHECK(may("truncate"));
    open_.at(file)->now.resize(size);
    return {};
  }
  Result<void> remove(const std::string& path) override {
    std::lock_guard lock(mutex_);
    AORTA_CHECK(may("remove"));
    names_.erase(path);
    return {};
  }
  Result<void> make_folder(const std::string&) override {
    std::lock_guard lock(mutex_);
    return may("make_folder");
  }
  Result<void> sync_folder(const std::string&) override {
    std::lock_guard lock(mutex_);
    AORTA_CHECK(may("sync_folder"));
    durable_names_ = names_;
    return {};
  }
  Result<std::vector<std::string>> list(const std::string& folder) override {
    std::lock_guard lock(mutex_);
    AORTA_CHECK(may("list"));
    std::vector<std::string> names;
    for (const auto& [path, content] : names_) names.push_back(path.substr(folder.size() + 1));
    return names;
  }
  Result<File> lock(const std::string&) override {
    std::lock_guard lock(mutex_);
    AORTA_CHECK(may("lock"));
    open_[next_] = std::make_shared<Content>();
    return next_++;
  }
  std::uint64_t random() override { return random_(); }

  // Names that were not synced may be gone or still there, removed ones back; of what was written and not synced, each
  // sector is there or not, and a file may end anywhere.
  template <class Chance>
  void lose_power(Chance& chance) {
    std::map<std::string, std::shared_ptr<Content>> after = durable_names_;
    for (const auto& [path, content] : names_) {
      if (durable_names_.count(path) == 0 && chance() % 2 == 0) after[path] = content;
    }
    for (auto it = after.begin(); it != after.end();) {
      bool removed = names_.count(it->first) == 0;
      it = removed && chance() % 2 == 0 ? after.erase(it) : std::next(it);
    }
    names_ = after;
    for (auto& [path, content] : names_) content = std::make_shared<Content>(torn(*content, chance));
    durable_names_ = names_;
    open_.clear();
  }

  std::string& content(const std::string& path) { return names_.at(path)->now; }
  std::vector<std::string> paths() const {
    std::vector<std::string> out;
    for (const auto& [path, content] : names_) out.push_back(path);
    return out;
  }
  // Bytes of all files together.
  std::uint64_t used() const {
    std::uint64_t sum = 0;
    for (const auto& [path, content] : names_) sum += content->now.size();
    return sum;
  }
  // The medium as it is, in another disk.
  void copy_to(FakeDisk& other) const {
    for (const auto& [path, content] : names_) other.names_[path] = std::make_shared<Content>(*content);
    other.durable_names_ = other.names_;
  }
  // All of another disk, with what is not on its medium yet.
  void take_from(const FakeDisk& other) {
    names_ = other.names_;
    durable_names_ = other.durable_names_;
  }

 private:
  struct Content {
    std::string now, synced;
  };

  template <class Chance>
  static Content torn(const Content& content, Chance& chance) {
    std::string text = content.synced;
    std::size_t longest = std::max(content.now.size(), content.synced.size());
    std::size_t size = content.now == content.synced
                           ? longest
                           : content.synced.size() + chance() % (longest - content.synced.size() + 1);
    text.resize(size);
    for (std::size_t at = 0; at < size; at += kSector) {
      if (chance() % 2 == 0 || at >= content.now.size()) continue;
      std::size_t count = std::min({kSector, size - at, content.now.size() - at});
      text.replace(at, count, content.now, at, count);
    }
    return {text, text};
  }

  Result<void> may(const std::string& what) {
    ++calls;
    if (fail_at == 0 || calls < fail_at || (calls > fail_at && !stay)) return {};
    failed_calls.insert(what);
    return Error("disk-failed", what + " fails", true);
  }
  File handle(const std::string& path) {
    open_[next_] = names_.at(path);
    return next_++;
  }
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Content>> names_, durable_names_;
  std::map<File, std::shared_ptr<Content>> open_;
  File next_ = 3;
  std::mt19937_64 random_{7};
};

}  // namespace aorta::journal::test
