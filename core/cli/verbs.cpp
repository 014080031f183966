#include "core/cli/verbs.hpp"

#include <array>

namespace aorta::cli {
namespace {

constexpr std::array kVerbs{
    Verb{"run", "carry messages from the sources to the sinks", run_run},
    Verb{"reload", "have running pipelines take up their files anew", run_reload},
    Verb{"test", "run the tests of pipeline files", run_test},
    Verb{"validate", "everything that can be known without running, with line numbers", run_validate},
    Verb{"explain", "what a mapping makes of a message, and why not", run_explain},
    Verb{"deadletter list", "what did not arrive, and why", run_deadletter_list},
    Verb{"deadletter show", "one message that did not arrive, whole", run_deadletter_show},
    Verb{"deadletter replay", "send them through the pipeline again", run_deadletter_replay},
    Verb{"deadletter to-test", "one of them as a case for a pipeline's tests", run_deadletter_to_test},
    Verb{"deadletter export", "all of them as NDJSON", run_deadletter_export},
    Verb{"deadletter purge", "forget them", run_deadletter_purge},
    Verb{"store query", "look into an embedded store: by patient, device, code, time", run_store_query},
    Verb{"store export", "the resources of an embedded store as NDJSON", run_store_export},
    Verb{"plugin list", "what is installed", run_plugin_list},
    Verb{"plugin inspect", "what a plugin is, and what can be configured", run_plugin_inspect},
    Verb{"plugin new", "a project for a plugin of your own", run_plugin_new},
    Verb{"plugin verify", "whether a plugin library keeps the contract, and what to change", run_plugin_verify},
    Verb{"conform", "answer conformance cases: JSON Lines on standard input and output", run_conform},
};

}  // namespace

std::span<const Verb> verbs() { return kVerbs; }

}  // namespace aorta::cli
