#include <iostream>

#include "core/cli/command.hpp"
#include "core/cli/verbs.hpp"
#include "core/conform/conform.hpp"

namespace aorta::cli {

int run_conform(Context& context, Arguments arguments) {
  Command command(
      context, "conform",
      "Reads conformance cases, a JSON object a line, from standard input and answers each with a line on standard "
      "output."
  );
  command.example("aorta conform < cases.jsonl", "answer every case");
  if (auto code = command.parse(arguments)) return *code;
  return conform::run(std::cin, context.out);
}

}  // namespace aorta::cli
