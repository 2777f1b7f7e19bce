// The subcommands of the program, one file each. add_x() declares x and its flags; its work runs when the command line
// has been read, and leaves the exit status of the program in `status`.
#ifndef POSDEF_CLI_COMMANDS_COMMANDS_HPP
#define POSDEF_CLI_COMMANDS_COMMANDS_HPP

#include <CLI/CLI.hpp>

namespace posdef::cli {

/// What the program answers to the shell.
enum exit_status : int {
  all_well = 0,
  not_positive_definite_found = 1,
  bad_usage_or_input = 2,
  doubtful_result = 3  ///< comes before 1
};

void add_factor(CLI::App& app, int& status);
void add_solve(CLI::App& app, int& status);
void add_inverse(CLI::App& app, int& status);
void add_logdet(CLI::App& app, int& status);
void add_generate(CLI::App& app);
void add_devices(CLI::App& app);
void add_bench(CLI::App& app, int& status);
void add_demo(CLI::App& app, int& status);

}  // namespace posdef::cli

#endif
