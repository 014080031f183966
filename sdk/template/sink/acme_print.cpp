#include <aorta/metrics.hpp>
#include <aorta/plugin.hpp>
#include <cstdio>

// Prints the type and the number of values of each measurement.
struct AcmePrint {
  static constexpr std::string_view id = "acme.print";
  explicit AcmePrint(aorta::Host host) : lines_(aorta::Metrics(host).counter("lines_total", "Lines printed.")) {}

  void write(const aorta::Groups& groups, aorta::Results& results) {
    for (std::uint64_t g = 0; g < groups.size(); ++g) {
      aorta::Group group = groups[g];
      for (std::uint64_t m = 0; m < group.size(); ++m) {
        std::printf("%.*s %zu\n", int(group.type().size()), group.type().data(), group[m].values.size());
        results.written(g, m);
      }
      lines_.add(double(group.size()));
    }
  }
  aorta::Counter lines_;
};
AORTA_PLUGIN(AcmePrint)
