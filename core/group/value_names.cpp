#include "core/group/value_names.hpp"

#include "core/group/packed.hpp"

namespace aorta::group {

bool ValueNames::is(std::uint32_t number, std::span<const mapping::ValueView> values) const {
  const std::vector<std::string>& list = lists_[number];
  if (list.size() != values.size()) return false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (list[i] != values[i].name) return false;
  }
  return true;
}

std::uint32_t ValueNames::number_of(std::span<const mapping::ValueView> values) {
  if (!lists_.empty() && is(last_, values)) return last_;
  text_.clear();
  for (const mapping::ValueView& value : values) {
    put_number(text_, value.name.size());
    text_.append(value.name);
  }
  auto [found, fresh] = by_text_.try_emplace(text_, static_cast<std::uint32_t>(lists_.size()));
  if (fresh) {
    std::vector<std::string>& list = lists_.emplace_back();
    for (const mapping::ValueView& value : values) list.emplace_back(value.name);
  }
  return last_ = found->second;
}

void ValueNames::forget_many() {
  constexpr std::size_t kMany = 4096;
  if (lists_.size() > kMany) *this = {};
}

}  // namespace aorta::group
