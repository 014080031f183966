// SIGINT and SIGTERM: the first asks for an orderly end, the second ends at once. SIGHUP: files are to be read again.
#pragma once

namespace aorta::cli {

// From now on the first signal is noted, the second ends the program with exit code 130. Once per program. [main]
void watch_signals();
// Whether one came.
bool signal_came();
// Whether SIGHUP came since the last call. Where the terminal hung up, it stands for an end: signal_came() then.
bool reload_asked();

}  // namespace aorta::cli
