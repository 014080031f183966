#include "core/expr/route.hpp"

namespace aorta::expr {

void Route::add_name(std::string_view name) { hops_.push_back({.name = document::MemberName(name)}); }

void Route::add_position(std::uint32_t position) { hops_.push_back({.name = std::nullopt, .position = position}); }

}  // namespace aorta::expr
