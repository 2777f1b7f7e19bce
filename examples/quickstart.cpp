// Factors a matrix and solves a system with the factor, in ten lines.
#include <iostream>
#include <posdef/posdef.hpp>
#include <vector>

int main() {
  std::vector<double> a = {4, 2, 2,  // column-major; only the lower triangle is read
                           0, 5, 3,  //
                           0, 0, 6};
  std::vector<double> x = {8, 10, 11};  // the right-hand side, and then the solution

  const auto l = posdef::col_major(a.data(), 3);
  posdef::cholesky(l);  // a now holds L with A = L·Lᵀ; throws if A is not positive definite
  posdef::cholesky_solve(l, posdef::col_major(x.data(), {3, 1}));

  std::cout << "x = " << x[0] << ", " << x[1] << ", " << x[2];
  std::cout << "; log det A = " << posdef::cholesky_logdet(l) << '\n';
}
