// A sink that keeps nothing: what is measured with it is the way to it.
#include <aorta/plugin.hpp>

namespace {

struct NullSink {
  static constexpr std::string_view id = "bench.null";
  static constexpr std::string_view summary = "Keeps nothing";

  void write(const aorta::Groups& groups, aorta::Results& results) {
    for (std::uint64_t g = 0; g < groups.size(); ++g) {
      for (std::uint64_t m = 0; m < groups[g].size(); ++m) results.written(g, m);
    }
  }
};

}  // namespace

AORTA_PLUGIN(NullSink)
