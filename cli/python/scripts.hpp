// The Python script that every build of the program contains.
#ifndef POSDEF_CLI_PYTHON_SCRIPTS_HPP
#define POSDEF_CLI_PYTHON_SCRIPTS_HPP

namespace posdef::cli {

/// python/plot.py: reads the data of a matrix on stdin, writes a page to stdout.
extern const char* const plot_script;

}  // namespace posdef::cli

#endif
