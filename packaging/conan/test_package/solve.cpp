// Solves one system whose answer is known; the exit status is 0 if the answer is right.
#include <cmath>
#include <cstdio>
#include <posdef/posdef.hpp>
#include <vector>

int main() {
  std::vector<double> a = {4, 2, 2, 0, 5, 3, 0, 0, 6}, b = {8, 10, 11};
  const auto matrix = posdef::col_major(a.data(), 3);
  posdef::cholesky(matrix);
  posdef::cholesky_solve(matrix, posdef::view(b.data(), 3, 1));
  double error = 0;
  for (const double x : b) error = std::fmax(error, std::fabs(x - 1));
  std::printf("posdef: error %g\n", error);
  return error < 1e-12 ? 0 : 1;
}
