// Where quoted words end and what they say (device-mapping spec 8.2, "Tokens"). Internal to this folder.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace aorta::expr::jmes_path {

// The offset behind the closing quote of the word that opens at `start`, or npos.
std::size_t quoted_name_end(std::string_view text, std::size_t start);
std::size_t raw_string_end(std::string_view text, std::size_t start);
std::size_t literal_end(std::string_view text, std::size_t start);

// `text` with every `from` made `to`, from left to right.
std::string replaced(std::string_view text, std::string_view from, std::string_view to);

// The name between the quotes of a quoted name. Returns why it is none, empty if it is one.
std::string_view unescape_name(std::string_view inner, std::string& out);

}  // namespace aorta::expr::jmes_path
