// A factor as an object: factor once, then solve, invert and take the log-determinant.
#include <cstdio>
#include <posdef/posdef.hpp>
#include <vector>

int main() {
  std::vector<double> a = {4, 2, 0, 5};  // 2 × 2, column-major, lower triangle
  std::vector<double> b = {8, 12}, inverse(4);

  const auto f = posdef::factor(posdef::col_major(a.data(), 2));  // copies a; throws if A is not positive definite
  f.solve(posdef::col_major(b.data(), {2, 1}));                   // b = A⁻¹·b
  f.inverse(posdef::col_major(inverse.data(), 2));                // both triangles
  std::printf("x = (%g, %g), log det A = %g, 16 times the inverse = [%g %g; %g %g]\n", b[0], b[1], f.logdet(),
              16 * inverse[0], 16 * inverse[2], 16 * inverse[1], 16 * inverse[3]);

  // In one call, where the factor is used only once. The matrix is overwritten with its factor.
  std::vector<double> c = {8, 12};
  posdef::solve(posdef::col_major(a.data(), 2), posdef::col_major(c.data(), {2, 1}));
  std::printf("the same x: (%g, %g)\n", c[0], c[1]);
}
