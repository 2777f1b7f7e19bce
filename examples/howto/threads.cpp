// Threads: posdef's own for one large matrix; the program's own, with one thread in each call of posdef; a setting for
// all later calls.
#include <cmath>
#include <cstdio>
#include <posdef/posdef.hpp>
#include <thread>
#include <vector>

// 2 on the diagonal, -1 beside it, column-major: the factor's first element is √2.
static std::vector<double> second_difference(std::int64_t n) {
  std::vector<double> a(std::size_t(n * n));
  for (std::int64_t i = 0; i < n; ++i) {
    a[std::size_t(i + i * n)] = 2;
    if (i + 1 < n) a[std::size_t(i + 1 + i * n)] = -1;
  }
  return a;
}

int main() {
  // One large matrix: posdef shares the work among at most so many threads. 0, the default, is num_threads().
  std::vector<double> large = second_difference(1000);
  posdef::cholesky(posdef::col_major(large.data(), 1000), {.threads = posdef::num_threads()});

  // Many calls from threads of the program's own: one thread each, so that they do not compete for processors.
  std::vector<std::vector<double>> matrices(4, second_difference(300));
  std::vector<std::thread> workers;
  for (auto& a : matrices)
    workers.emplace_back([&a] { posdef::cholesky(posdef::col_major(a.data(), 300), {.threads = 1}); });
  for (auto& w : workers) w.join();

  // The same for all calls that name no number, until the previous setting is restored.
  const int before = posdef::set_num_threads(1);
  std::vector<double> another = second_difference(1000);
  posdef::cholesky(posdef::col_major(another.data(), 1000));
  posdef::set_num_threads(before);
  if (another != large) return 1;  // the same bits

  for (const auto& a : matrices)
    if (a[0] != std::sqrt(2.0)) return 1;
  std::printf("L(0,0) = %.6f and %.6f\n", large[0], matrices[3][0]);
}
