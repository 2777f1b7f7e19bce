// posdef demo: two real problems with checks that a reader can follow.
//
// First a steel beam under a load: factor the stiffness matrix of its finite elements, solve for the deflection,
// compare it with beam theory. Then ten thousand small covariance matrices of tracking filters in one batch.
#include <iostream>

#include "commands/run.hpp"
#include "generate/generate.hpp"
#include "numeric/residual.hpp"

namespace posdef::cli {
namespace {

constexpr double right_below = 30;

bool cantilever(const options& o) {
  const tools::cantilever_options problem;
  std::cout << "A steel cantilever, " << problem.length << " m long and " << problem.height << " m high, in "
            << problem.nx << " x " << problem.ny << " finite elements, with " << problem.force / 1e3
            << " kN at its tip.\n";
  tools::cantilever beam = tools::generate_cantilever(problem);
  const tools::matrices<double>& a = beam.stiffness;
  std::cout << "  stiffness matrix   " << a.rows << " x " << a.cols << ", f64\n";

  tools::matrices<double> l(1, a.rows, a.cols);
  std::vector<std::int64_t> info(1);
  const double seconds = factor("factoring", a, l, info, o);
  if (any_failed(info)) {
    std::cout << "  NOT positive definite: leading minor of order " << info[0] << "\n";
    return false;
  }
  const double ratio = tools::worst_ratio(
      tools::factor_residuals<double>(a.view(), std::as_const(l).view(), o.uplo, info, o.threads), info);
  std::cout << "  factored in        " << human_seconds(seconds) << ", "
            << short_number(cube(a.rows) / 3 / seconds / 1e9) << " GFLOP/s\n"
            << "  residual           " << short_number(ratio)
            << "   [|A - L L^H| / (n |A| eps); below 30 is correct]\n";

  tools::matrices<double>& x = beam.load;
  cholesky_solve<double>(std::as_const(l).view(), x.view(), o);
  const double deflection = -x(0, beam.tip, 0);
  std::cout << "  tip deflection     " << short_number(deflection * 1e3, 5) << " mm\n"
            << "  beam theory        " << short_number(beam.timoshenko * 1e3, 5) << " mm with shear (Timoshenko), "
            << short_number(beam.euler_bernoulli * 1e3, 5) << " mm without\n"
            << "  difference         " << short_number(100 * std::abs(deflection / beam.timoshenko - 1), 2) << " %\n";
  return ratio < right_below;
}

bool kalman(const options& o) {
  const tools::kalman_options problem;
  const tools::matrices<double> a = tools::generate_kalman(problem);
  std::cout << "\n"
            << problem.batch << " covariance matrices of Kalman filters, each " << a.rows << " x " << a.cols << ".\n";
  tools::matrices<double> l(a.batch, a.rows, a.cols, a.order);
  std::vector<std::int64_t> info(static_cast<std::size_t>(a.batch));
  double seconds = factor("factoring", a, l, info, o);
  constexpr int repetitions = 5;  // the first call mostly starts threads
  for (int r = 0; r < repetitions; ++r) seconds = std::min(seconds, factor("factoring", a, l, info, o));
  if (any_failed(info)) {
    std::cout << "  NOT all positive definite\n";
    return false;
  }
  const double ratio = tools::worst_ratio(
      tools::factor_residuals<double>(a.view(), std::as_const(l).view(), o.uplo, info, o.threads), info);
  std::cout << "  factored in        " << human_seconds(seconds) << ", "
            << short_number(static_cast<double>(a.batch) / seconds / 1e6) << " million matrices per second\n"
            << "  residual           " << short_number(ratio) << "   (the largest of the batch)\n";
  return ratio < right_below;
}

}  // namespace

void add_demo(CLI::App& app, int& status) {
  struct engine_flags {
    std::string device;
    int threads = 0;
  };
  CLI::App* const command = app.add_subcommand("demo", "Factor a real matrix and a batch, and check the results");
  const auto flags = std::make_shared<engine_flags>();
  add_engine(*command, flags->device, flags->threads);
  command->footer(
      "Reads no files and takes a few seconds.\n"
      "Exit status: 0 both results are correct, 1 one is wrong, 2 bad usage.");
  command->callback([flags, &status] {
    options o;
    o.device = chosen_device(flags->device);
    o.threads = chosen_threads(flags->threads);
    o.other = other_triangle::zero;
    std::cout << "posdef " << version() << " on " << engine_text(o.device, o.threads) << "\n\n";
    const bool right = cantilever(o) && kalman(o);
    std::cout << (right ? "\nBoth results are correct.\n" : "\nSomething is WRONG.\n");
    status = right ? success_status : not_positive_definite_found;
  });
}

}  // namespace posdef::cli
