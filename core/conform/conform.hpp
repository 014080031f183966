// `aorta conform`: answers conformance cases, JSON Lines on standard input and output. One handler per kind; a handler
// lives beside its siblings in <room>_kinds.cpp and stands in the table of conform.cpp.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "core/document/document.hpp"

namespace aorta::conform {

// What a handler answers: the members of the answer line but for "id", as JSON text without braces ("\"result\":[]").
// Text, because numbers keep their spelling.
using Answer = std::string;
using Handler = Answer (*)(const document::Node& request);

// "error":{"class":…,"message":…}
Answer error_answer(std::string_view error_class, std::string_view message);
// A string member of the request, empty if absent or no string.
std::string_view text_of(const document::Node& request, std::string_view key);

// Reads requests until the end of `in`; answers each line, whatever it holds. Returns the exit code.
int run(std::istream& in, std::ostream& out);

}  // namespace aorta::conform
