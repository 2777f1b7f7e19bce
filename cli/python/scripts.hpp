// The Python script of the program that is there in every build.
#ifndef POSDEF_CLI_PYTHON_SCRIPTS_HPP
#define POSDEF_CLI_PYTHON_SCRIPTS_HPP

namespace posdef::cli {

/// python/plot.py: what is known of a matrix on its stdin, a page on its stdout.
extern const char* const plot_script;

}  // namespace posdef::cli

#endif
