// The disk as one life of the process sees it: fails, is slow, and is out of reach once the process is dead.
#pragma once

#include "core/journal/disk.hpp"
#include "tests/faults/simulation/world.hpp"

namespace aorta::simulation {

class MachineDisk : public journal::Disk {
 public:
  // Both outlive it.
  MachineDisk(World& world, journal::test::FakeDisk& medium, const bool& dead)
      : world_(world), medium_(medium), dead_(dead) {}

  Result<File> create(const std::string& path) override;
  Result<File> open(const std::string& path) override;
  void close(File file) override { medium_.close(file); }
  Result<std::uint64_t> size(File file) override;
  Result<std::size_t> read(File file, std::uint64_t offset, std::span<char> into) override;
  Result<void> write(File file, std::uint64_t offset, std::string_view data) override;
  Result<void> sync(File file) override;
  Result<void> truncate(File file, std::uint64_t size) override;
  Result<void> remove(const std::string& path) override;
  Result<void> make_folder(const std::string& path) override;
  Result<void> sync_folder(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& folder) override;
  Result<File> lock(const std::string& path) override;
  std::uint64_t random() override { return world_.chance(); }

 private:
  // Others run; then: is it to fail?
  Result<void> enter(const char* what);

  World& world_;
  journal::test::FakeDisk& medium_;
  const bool& dead_;
};

}  // namespace aorta::simulation
