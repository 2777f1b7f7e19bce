// The caller's workspace: a plan takes all memory from an array of the caller's, and its calls allocate nothing.
#include <algorithm>
#include <cstdio>
#include <posdef/posdef.hpp>
#include <vector>

int main() {
  const posdef::shape shape = {.n = 100, .batch = 4, .nrhs = 1};
  const posdef::options options = {.on_failure = posdef::on_failure::report, .threads = 1};
  const posdef::device device = posdef::default_device();

  // Once, before the loop that must not allocate.
  std::vector<std::byte> workspace(posdef::plan<double>::workspace_size(device, shape, options));
  posdef::plan<double> plan(device, shape, options, workspace);
  std::vector<double> a(100 * 100 * 4), b(100 * 4);
  std::vector<std::int64_t> info(4);
  const auto matrices = posdef::col_major(a.data(), 100).batched(4);
  const auto vectors = posdef::col_major(b.data(), {100, 1}).batched(4);

  for (int step = 1; step <= 3; ++step) {
    std::fill(a.begin(), a.end(), 0.0);
    for (std::size_t m = 0; m < 4; ++m)
      for (std::size_t i = 0; i < 100; ++i) a[m * 10000 + i * 101] = step * step, b[m * 100 + i] = step * step;
    if (plan.cholesky(matrices, info) != 0) return 1;
    if (plan.cholesky_solve(matrices, vectors, info) != 0) return 1;
    std::printf("step %d: L(0,0) = %g, x(0) = %g\n", step, a[0], b[0]);
  }
}
