// posdef: Cholesky factorization from the command line. This file converts errors to messages and exit statuses.
#include <iostream>
#include <new>
#include <posdef/posdef.hpp>
#include <string_view>

#include "commands/commands.hpp"
#include "io/matrices.hpp"

namespace posdef::cli {
namespace {

// Error texts of the library begin with "posdef: "; those of the program do not. Allocates no memory, because memory
// may have run out.
void print_error(std::string_view text) {
  constexpr std::string_view name = "posdef: ";
  std::cerr << (text.starts_with(name) ? "" : name) << text << '\n';
}

// Prints one line that names the command and the error. If the subcommand is missing, CLI11 reports only that; then
// this names the unknown word, or prints the help.
int explain(const CLI::App& app, const CLI::ParseError& e) {
  if (e.get_exit_code() == 0) {  // --help, --version
    app.exit(e);
    return success_status;
  }
  const CLI::App* innermost = &app;
  std::string command;
  while (!innermost->get_subcommands().empty()) {
    innermost = innermost->get_subcommands()[0];
    command += innermost->get_name() + ": ";
  }
  std::string problem = e.what();
  if (innermost->get_require_subcommand_min() > 0 && dynamic_cast<const CLI::RequiredError*>(&e) != nullptr) {
    const std::vector<std::string> words = innermost->remaining();
    if (words.empty()) {
      std::cerr << innermost->help();
      return bad_usage_or_input;
    }
    problem = std::string("unknown ") + (words[0].starts_with("-") ? "option" : "command") + " \"" + words[0] + "\"";
  }
  print_error(command + problem + "; see --help");
  return bad_usage_or_input;
}

int parse_and_run(int argc, char** argv) {
  CLI::App app("Factor, solve and invert symmetric or Hermitian positive definite matrices.", "posdef");
  app.set_version_flag("--version", std::string(posdef::version()));
  app.require_subcommand(1);
  app.footer(
      std::string("Input files are Matrix Market, .npy, .npz or tables of numbers (.csv), optionally packed by gzip;\n"
                  "their content determines the format.\n") +
      exit_status_text);
  int status = success_status;
  add_factor(app, status);
  add_solve(app, status);
  add_inverse(app, status);
  add_logdet(app, status);
  add_check(app, status);
  add_plot(app, status);
  add_generate(app);
  add_devices(app);
#if POSDEF_BENCH
  add_bench(app, status);
#endif
  add_demo(app, status);

  try {
    app.parse(argc, argv);
    return status;
  } catch (const CLI::ParseError& e) {
    return explain(app, e);
  }
}

int run(int argc, char** argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (const posdef::numerical_error& e) {
    print_error(e.what());
    return not_positive_definite_found;
  } catch (const posdef::error& e) {
    print_error(e.what());
  } catch (const std::bad_alloc&) {
    print_error("not enough memory");
  } catch (const std::exception& e) {
    print_error(e.what());
  }
  return bad_usage_or_input;
}

}  // namespace
}  // namespace posdef::cli

int main(int argc, char** argv) {
  const int status = posdef::cli::run(argc, argv);
  // A full disk or a closed descriptor is detected only here, because stdout is buffered.
  if (std::cout.flush() || status == posdef::cli::bad_usage_or_input) return status;
  std::cerr << "posdef: cannot write to stdout\n";
  return posdef::cli::bad_usage_or_input;
}
