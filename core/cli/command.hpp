// The options and arguments of one verb, read and explained.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cli/context.hpp"

namespace aorta::cli {

// Declares what a verb takes, then reads it into the variables given, which must outlive parse(). --help, --format and
// --color are always there. An unknown option is answered with the nearest known one.
class Command {
 public:
  // `name` as in the verb table; `description`: what it does, in a sentence or two.
  Command(Context& context, std::string_view name, std::string_view description);
  ~Command();

  Command& positional(const char* name, std::string& into, const char* help);
  Command& positionals(const char* name, std::vector<std::string>& into, const char* help);  // one or more
  Command& option(const char* name, std::string& into, const char* help);
  Command& option(const char* name, std::vector<std::string>& into, const char* help);  // may be repeated
  Command& option(const char* name, std::uint64_t& into, const char* help);
  Command& flag(const char* name, bool& into, const char* help);
  Command& with_csv();  // --format csv too
  Command& example(std::string_view line, std::string_view what);
  // What the exit codes mean here, where it is not "0 ok, 2 usage, 4 the environment".
  Command& exits(std::string_view line);

  // Nothing: go on. A code: help was shown, or the words make no sense and that has been said.
  std::optional<int> parse(Arguments arguments);

 private:
  struct Parts;
  std::optional<int> refuse(const std::string& message);
  std::string unknown_text() const;
  void apply_common();

  Context& context_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace aorta::cli
