// Out of place: the factor goes to memory of its own, and the matrix is kept. Here the matrix is part of a larger
// array.
#include <cstdio>
#include <posdef/posdef.hpp>
#include <vector>

int main() {
  constexpr std::int64_t n = 2, ld = 4;  // a 2 × 2 matrix in the upper left corner of a 4 × 4 array, row-major
  const std::vector<double> a = {4,  2,  -1, -1,  //
                                 2,  5,  -1, -1,  //
                                 -1, -1, -1, -1, -1, -1, -1, -1};
  std::vector<double> l(n * n, -1), inverse(n * n);

  const auto matrix = posdef::row_major(a.data(), {n, n}, ld);
  const auto factor = posdef::row_major(l.data(), n);
  posdef::cholesky(matrix, factor);  // a is const; the other triangle of l becomes zero
  posdef::cholesky_inverse(factor, posdef::row_major(inverse.data(), n));  // both triangles of the inverse

  std::printf("L = [%g %g; %g %g]\n", l[0], l[1], l[2], l[3]);
  std::printf("16 times the inverse = [%g %g; %g %g]\n", 16 * inverse[0], 16 * inverse[1], 16 * inverse[2],
              16 * inverse[3]);
}
