// Tests of one plugin without the host: open its library, drive it, look at what it gave and whether it kept the
// contract.
//
//   aorta::testing::Library library(AORTA_TEST_PLUGIN);   // defined by aorta_add_plugin_test()
//   aorta::testing::SourceDriver source(library, "acme.line_file", R"({"path":"in.txt"})");
//   source.start();
//   auto records = source.drain();
//   source.stop();
//   source.broken();                                      // "": the contract was kept
//
// The drivers speak the C ABI, so that they drive plugins in any language. They offer log/1, cancel/1, failure/1,
// records/1, receipts/1, http-routes/1, document/1, expression/1, measurements/1, problems/1, groups/1, results/1, and
// to sources and sinks clock/1, state/1, metrics/1, secret/1, http-client/1 as the test has them (testing/fakes.hpp);
// observation/1 is a stand-in that writes everything nowhere; trace/1 is absent, as it is in a running host. No part is
// thread-safe but cancel() and the fakes.
#pragma once

#include "aorta/testing/check.hpp"
#include "aorta/testing/sink_driver.hpp"
#include "aorta/testing/source_driver.hpp"
#include "aorta/testing/template_driver.hpp"
