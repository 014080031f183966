#include "core/cli/verbs.hpp"

#include <array>

namespace aorta::cli {
namespace {

constexpr std::array kVerbs{
    Verb{"conform", "answer conformance cases: JSON Lines on standard input and output", run_conform},
};

}  // namespace

std::span<const Verb> verbs() { return kVerbs; }

}  // namespace aorta::cli
