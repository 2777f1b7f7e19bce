// A user's program: factors a matrix, solves, and checks the result.
#include <cmath>
#include <cstdio>
#include <posdef/posdef.hpp>
#include <vector>

int main() {
  std::vector<double> a = {4, 2, 0, 3};  // lower triangle of [4 2; 2 3]
  std::vector<double> b = {8, 7};        // A·[1.25 1.5]ᵀ
  posdef::cholesky(posdef::col_major(a.data(), 2));
  posdef::cholesky_solve(posdef::view<const double>(a.data(), 2, 2), posdef::view<double>(b.data(), 2, 1));
  std::printf("posdef %.*s: x = %g %g\n", static_cast<int>(posdef::version().size()), posdef::version().data(), b[0],
              b[1]);
  return std::abs(b[0] - 1.25) < 1e-15 && std::abs(b[1] - 1.5) < 1e-15 ? 0 : 1;
}
