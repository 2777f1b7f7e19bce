// Cleanup when a signal from a terminal, user or batch system ends the program.
#ifndef POSDEF_TOOLS_IO_SIGNALS_HPP
#define POSDEF_TOOLS_IO_SIGNALS_HPP

namespace posdef::tools {

/// Calls `tidy` before such a signal ends the program. It runs inside a signal handler, so it may use only functions
/// that POSIX calls async-signal-safe (write, unlink, lock-free atomics). A signal that was ignored at the start
/// (nohup) stays ignored. A second call with the same function has no effect; at most four functions.
void at_signal(void (*tidy)());

}  // namespace posdef::tools

#endif
