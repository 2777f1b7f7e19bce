// Matrices that are not positive definite: as an exception, as numbers in info, or as NaN in the result.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <posdef/posdef.hpp>
#include <vector>

int main() {
  // Three matrices of order 2; the one in the middle has the eigenvalues 3 and -1.
  const std::vector<double> original = {4, 2, 0, 5, 1, 2, 0, 1, 9, 3, 0, 2};
  std::vector<double> a = original;
  const auto matrices = posdef::col_major(a.data(), 2).batched(3);

  // 1. The exception names the first matrix that failed. The others have been factored nevertheless.
  try {
    posdef::cholesky(matrices);
  } catch (const posdef::not_positive_definite& e) {
    std::printf("matrix %d, leading minor of order %d, %d failed\n", int(e.index()), int(e.order()), int(e.failures()));
  }

  // 2. The try_ form gives one info for each matrix and returns how many are not 0. Such a matrix is tried again with a
  //    larger diagonal.
  std::copy(original.begin(), original.end(), a.begin());
  std::vector<std::int64_t> info(3);
  posdef::try_cholesky(matrices, info);
  for (std::size_t m = 0; m < 3; ++m) {
    for (double shift = 0.4; info[m] != 0; shift *= 2) {
      std::copy_n(original.begin() + std::ptrdiff_t(4 * m), 4, a.begin() + std::ptrdiff_t(4 * m));
      a[4 * m] += shift, a[4 * m + 3] += shift;
      posdef::try_cholesky(posdef::col_major(&a[4 * m], 2), {&info[m], 1});
      if (info[m] == 0) std::printf("matrix %d is positive definite with %g on its diagonal\n", int(m), 1 + shift);
    }
  }

  // 3. NaN in the place of what does not exist: a program that does not look at info cannot miss it.
  std::copy(original.begin(), original.end(), a.begin());
  posdef::cholesky(matrices, {.on_failure = posdef::on_failure::nan});
  std::printf("first elements: %g %g %g\n", a[0], a[4], a[8]);
  return std::isnan(a[4]) ? 0 : 1;
}
