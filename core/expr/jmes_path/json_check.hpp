// The JSON that a literal may hold. Internal to this folder.
#pragma once

#include <string_view>

namespace aorta::expr::jmes_path {

// One value after RFC 8259 with blanks around; as the reference's checker also "1." and "1.e5", but not "0e5". Any
// depth.
bool is_strict_json(std::string_view text);

}  // namespace aorta::expr::jmes_path
