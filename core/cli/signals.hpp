// SIGINT and SIGTERM: the first asks for an orderly end, the second ends at once.
#pragma once

namespace aorta::cli {

// From now on the first signal is noted, the second ends the program with exit code 130. Once per program. [main]
void watch_signals();
// Whether one came.
bool signal_came();

}  // namespace aorta::cli
