// The subcommands of the program, one file each. add_x() declares subcommand x and its flags. The subcommand runs after
// the command line was parsed, and stores the exit status of the program in `status`.
#ifndef POSDEF_CLI_COMMANDS_COMMANDS_HPP
#define POSDEF_CLI_COMMANDS_COMMANDS_HPP

#include <CLI/CLI.hpp>

namespace posdef::cli {

enum exit_status : int {
  success_status = 0,
  not_positive_definite_found = 1,
  bad_usage_or_input = 2,
  doubtful_result = 3  ///< takes precedence over 1
};

/// Help text of the commands that factor.
inline constexpr const char* exit_status_text =
    "Exit status: 0 success, 1 at least one matrix is not positive definite, 2 bad usage or input,\n"
    "3 at least one result is doubtful: its residual is not below 30, or it holds NaN or infinity.";

void add_factor(CLI::App& app, int& status);
void add_solve(CLI::App& app, int& status);
void add_inverse(CLI::App& app, int& status);
void add_logdet(CLI::App& app, int& status);
void add_check(CLI::App& app, int& status);
void add_plot(CLI::App& app, int& status);
void add_generate(CLI::App& app);
void add_devices(CLI::App& app);
void add_bench(CLI::App& app, int& status);
void add_demo(CLI::App& app, int& status);

}  // namespace posdef::cli

#endif
