// posdef: Cholesky factorization from the command line. This file only turns errors into messages and exit statuses.
#include <iostream>
#include <new>
#include <posdef/posdef.hpp>
#include <string_view>

#include "commands/commands.hpp"
#include "io/matrices.hpp"

namespace posdef::cli {
namespace {

// What the library says already begins with the name; what the program says does not. Takes no memory: that may be what
// there is to tell.
void print_error(std::string_view text) {
  constexpr std::string_view name = "posdef: ";
  std::cerr << (text.starts_with(name) ? "" : name) << text << '\n';
}

// What is wrong with the command line, in one line that names the command. Where only a command is missing, CLI11 says
// no more than that: then the word that is none is named, or the help shows what there is.
int explain(const CLI::App& app, const CLI::ParseError& e) {
  if (e.get_exit_code() == 0) {  // --help, --version
    app.exit(e);
    return all_well;
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
  print_error(command + problem + "; --help lists what there is");
  return bad_usage_or_input;
}

int parse_and_run(int argc, char** argv) {
  CLI::App app("Factor, solve and invert symmetric or Hermitian positive definite matrices.", "posdef");
  app.set_version_flag("--version", std::string(posdef::version()));
  app.require_subcommand(1);
  app.footer(
      std::string("Files are Matrix Market, .npy, .npz or tables of numbers (.csv), packed by gzip or not, told\n"
                  "apart by their content.\n") +
      exit_status_text);
  int status = all_well;
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
  // A full disk or a closed descriptor shows only here: what was printed may still lie in a buffer.
  if (std::cout.flush() || status == posdef::cli::bad_usage_or_input) return status;
  std::cerr << "posdef: cannot write to stdout\n";
  return posdef::cli::bad_usage_or_input;
}
