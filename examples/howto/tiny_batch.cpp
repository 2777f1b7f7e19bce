// A batch of tiny matrices: 10,000 covariances of order 3, factored in one call, and one solve for each.
#include <cmath>
#include <cstdio>
#include <posdef/posdef.hpp>
#include <vector>

int main() {
  constexpr std::int64_t n = 3, count = 10000;
  std::vector<float> a(n * n * count), b(n * count), log_det(count);
  for (std::int64_t m = 0; m < count; ++m) {
    float* const matrix = a.data() + m * n * n;  // column-major, the lower triangle: 4 on the diagonal, else 1
    for (std::int64_t j = 0; j < n; ++j)
      for (std::int64_t i = j; i < n; ++i) matrix[i + j * n] = i == j ? 4.0f : 1.0f;
    for (std::int64_t i = 0; i < n; ++i) b[m * n + i] = 6;  // A·(1, 1, 1)ᵀ
  }

  const auto matrices = posdef::col_major(a.data(), n).batched(count);  // one directly behind the other
  const auto vectors = posdef::col_major(b.data(), {n, 1}).batched(count);
  posdef::cholesky(matrices);
  posdef::cholesky_solve(matrices, vectors);
  posdef::cholesky_logdet(matrices, log_det);

  std::printf("x of the last matrix: %g %g %g\n", b[n * count - 3], b[n * count - 2], b[n * count - 1]);
  std::printf("log det of the last matrix: %g\n", log_det[count - 1]);  // det A = 3·3·6
  return std::abs(log_det[count - 1] - std::log(54.0f)) < 1e-5f ? 0 : 1;
}
