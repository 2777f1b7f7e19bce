// A batch whose matrices lie anywhere in memory: an array of pointers says where.
#include <cstdio>
#include <posdef/posdef.hpp>
#include <vector>

int main() {
  std::vector<double> first = {4, 2, 0, 5}, second = {9, 3, 0, 2};  // 2 × 2, column-major, lower triangle
  double* const where[] = {first.data(), second.data()};
  const auto batch = posdef::view<double>::at(where, 2, 2, 2);  // two matrices, 2 × 2
  posdef::cholesky(batch);
  std::printf("L = [%g 0; %g %g] and [%g 0; %g %g]\n", first[0], first[1], first[3], second[0], second[1], second[3]);
}
