#include <unordered_map>
#include <utility>

#include "core/group/group.hpp"
#include "core/group/places.hpp"

namespace aorta::group {
namespace {

void append_part(std::string& key, const std::optional<std::string>& part) {
  key += '-';
  if (part) key += *part;
}

// A joined text, so that ("a-b", "c") and ("a", "b-c") share a key: the reference's rule, kept because it decides what
// is merged.
void make_key(std::string& key, const mapping::Measurement& m) {
  key.assign(m.device);
  key += '-';
  key += m.type;
  append_part(key, m.patient);
  append_part(key, m.encounter);
  append_part(key, m.correlation);
}

bool ingested_later(const mapping::Measurement& a, const mapping::Measurement& b) {
  if (!a.ingested) return false;
  return !b.ingested || *b.ingested < *a.ingested;
}

class Grouper {
 public:
  void add(mapping::Measurement&& m) {
    make_key(key_, m);
    auto [found, fresh] = groups_.try_emplace(key_, out_.size());
    if (fresh) {
      out_.emplace_back();
      places_.emplace_back();
    }
    add_to(out_[found->second], places_[found->second], std::move(m));
  }
  std::vector<Group> take() { return std::move(out_); }

 private:
  // A later winner stands in the place of the first.
  static void add_to(Group& group, Places& places, mapping::Measurement&& m) {
    auto [place, fresh] = places.find_or_add(m.occurred.ticks, group.measurements.size());
    if (fresh) {
      group.measurements.push_back(std::move(m));
      return;
    }
    mapping::Measurement& holder = group.measurements[place];
    if (ingested_later(m, holder)) std::swap(m, holder);
    group.replaced.push_back(std::move(m));
  }

  std::string key_;
  std::unordered_map<std::string, std::size_t> groups_;
  std::vector<Group> out_;
  std::vector<Places> places_;  // by time
};

}  // namespace

std::vector<Group> make_groups(std::vector<mapping::Measurement> measurements) {
  Grouper grouper;
  for (mapping::Measurement& m : measurements) grouper.add(std::move(m));
  return grouper.take();
}

}  // namespace aorta::group
