// What has to be tidied up when a signal ends the program: those of terminals, users and batch systems.
#ifndef POSDEF_CLI_IO_SIGNALS_HPP
#define POSDEF_CLI_IO_SIGNALS_HPP

namespace posdef::tools {

/// Calls `tidy` before one of these signals ends the program. It runs inside a signal handler, so it may use nothing
/// but what POSIX calls async-signal-safe (write, unlink, lock-free atomics). A signal that the program was started to
/// ignore (nohup) stays ignored. Asking again for the same function changes nothing; there is room for four.
void at_signal(void (*tidy)());

}  // namespace posdef::tools

#endif
