// The verbs of the command line. A verb is one file, verb_<name>.cpp, and one line in the table of verbs.cpp.
#pragma once

#include <span>
#include <string_view>

#include "core/cli/context.hpp"

namespace aorta::cli {

struct Verb {
  std::string_view name;     // "validate"; a group's verbs have two words: "store query"
  std::string_view summary;  // one line of `aorta --help`
  // `arguments` stand behind the name. Returns an exit code.
  int (*run)(Context& context, Arguments arguments);
};

// In the order of `aorta --help`.
std::span<const Verb> verbs();

int run_run(Context& context, Arguments arguments);
int run_test(Context& context, Arguments arguments);
int run_conform(Context& context, Arguments arguments);
int run_deadletter_export(Context& context, Arguments arguments);
int run_deadletter_list(Context& context, Arguments arguments);
int run_deadletter_purge(Context& context, Arguments arguments);
int run_deadletter_replay(Context& context, Arguments arguments);
int run_deadletter_show(Context& context, Arguments arguments);
int run_deadletter_to_test(Context& context, Arguments arguments);
int run_explain(Context& context, Arguments arguments);
int run_plugin_inspect(Context& context, Arguments arguments);
int run_plugin_list(Context& context, Arguments arguments);
int run_plugin_new(Context& context, Arguments arguments);
int run_plugin_verify(Context& context, Arguments arguments);
int run_reload(Context& context, Arguments arguments);
int run_store_export(Context& context, Arguments arguments);
int run_store_query(Context& context, Arguments arguments);
int run_validate(Context& context, Arguments arguments);

}  // namespace aorta::cli
