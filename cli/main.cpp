// posdef: Cholesky factorization from the command line. This file only turns errors into exit statuses.
#include <iostream>
#include <new>
#include <posdef/posdef.hpp>

#include "commands/commands.hpp"
#include "io/matrices.hpp"

int main(int argc, char** argv) {
  using namespace posdef::cli;
  CLI::App app("Factor, solve and invert symmetric or Hermitian positive definite matrices.", "posdef");
  app.set_version_flag("--version", std::string(posdef::version()));
  app.require_subcommand(1);
  app.footer(
      "Files are Matrix Market or .npy, told apart by their content.\n"
      "Exit status: 0 all is well, 1 some matrix is not positive definite, 2 bad usage or input.");
  int status = all_well;
  add_factor(app, status);
  add_solve(app, status);
  add_inverse(app, status);
  add_logdet(app, status);
  add_generate(app);
  add_devices(app);
  add_bench(app, status);
  add_demo(app, status);

  try {
    app.parse(argc, argv);
    return status;
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? all_well : bad_usage_or_input;
  } catch (const posdef::numerical_error& e) {
    std::cerr << "posdef: " << e.what() << '\n';
    return not_positive_definite_found;
  } catch (const std::bad_alloc&) {
    std::cerr << "posdef: not enough memory\n";
  } catch (const std::exception& e) {
    std::cerr << "posdef: " << e.what() << '\n';
  }
  return bad_usage_or_input;
}
