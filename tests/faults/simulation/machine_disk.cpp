#include "tests/faults/simulation/machine_disk.hpp"

namespace aorta::simulation {

using namespace std::chrono_literals;

Result<void> MachineDisk::enter(const char* what) {
  world_.fibers.pass();
  if (dead_) return Error("disk-failed", "the process is dead", true);
  if (world_.happens(world_.weather.disk_errors)) return Error("disk-failed", std::string(what) + " fails", true);
  return {};
}

Result<journal::Disk::File> MachineDisk::create(const std::string& path) {
  AORTA_CHECK(enter("create"));
  AORTA_TRY(file, medium_.create(path));
  Result<void> told = enter("create");  // what was done may be said not to be, as with the others below
  if (told.has_value()) return file;
  medium_.close(file);
  return told.error();
}

Result<journal::Disk::File> MachineDisk::open(const std::string& path) {
  AORTA_CHECK(enter("open"));
  return medium_.open(path);
}

Result<std::uint64_t> MachineDisk::size(File file) {
  AORTA_CHECK(enter("size"));
  return medium_.size(file);
}

Result<std::size_t> MachineDisk::read(File file, std::uint64_t offset, std::span<char> into) {
  AORTA_CHECK(enter("read"));
  return medium_.read(file, offset, into);
}

// In two parts, so that the process can die between them.
Result<void> MachineDisk::write(File file, std::uint64_t offset, std::string_view data) {
  Result<void> allowed = enter("write");
  if (dead_) return allowed;
  medium_.room = world_.weather.disk_full ? medium_.used() + world_.chance.below(200) : UINT64_MAX;
  std::size_t first = world_.chance.below(data.size() + 1);
  AORTA_CHECK(medium_.write(file, offset, data.substr(0, first)));
  AORTA_CHECK(allowed);
  world_.fibers.pass();
  if (dead_) return Error("disk-failed", "the process is dead", true);
  return medium_.write(file, offset + first, data.substr(first));
}

Result<void> MachineDisk::sync(File file) {
  AORTA_CHECK(enter("sync"));
  if (world_.happens(world_.weather.slow_syncs)) Thread::sleep_for(world_.chance.time(5s));
  if (dead_) return Error("disk-failed", "the process is dead", true);
  if (world_.has(Planted::LyingSync)) return {};
  AORTA_CHECK(medium_.sync(file));
  return enter("sync");
}

Result<void> MachineDisk::truncate(File file, std::uint64_t size) {
  AORTA_CHECK(enter("truncate"));
  AORTA_CHECK(medium_.truncate(file, size));
  return enter("truncate");
}

Result<void> MachineDisk::remove(const std::string& path) {
  AORTA_CHECK(enter("remove"));
  AORTA_CHECK(medium_.remove(path));
  return enter("remove");
}

Result<void> MachineDisk::make_folder(const std::string& path) {
  AORTA_CHECK(enter("make_folder"));
  return medium_.make_folder(path);
}

Result<void> MachineDisk::sync_folder(const std::string& path) {
  AORTA_CHECK(enter("sync_folder"));
  AORTA_CHECK(medium_.sync_folder(path));
  return enter("sync_folder");
}

Result<std::vector<std::string>> MachineDisk::list(const std::string& folder) {
  AORTA_CHECK(enter("list"));
  return medium_.list(folder);
}

Result<journal::Disk::File> MachineDisk::lock(const std::string& path) {
  AORTA_CHECK(enter("lock"));
  return medium_.lock(path);
}

}  // namespace aorta::simulation
