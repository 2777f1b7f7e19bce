// n above 46340, where n·n no longer fits into 32 bits: 8.6 GB and minutes, so excluded from the normal run.
#include "support.hpp"

namespace conformance {

TEST(Big, Order46400InFloat) {
  const index n = 46400;
  std::vector<float> a;
  try {
    a.resize(static_cast<std::size_t>(n * n));
  } catch (const std::bad_alloc&) {
    GTEST_SKIP() << "needs 8.7 GB of memory";
  }
  // A = D + v·vᵀ with D(i,i) = 2 + cos(i) and v(i) = sin(3i): every element is known without a second copy.
  const auto v = [](index i) { return std::sin(3.0 * static_cast<double>(i)); };
  const auto element = [&](index i, index j) {
    return static_cast<float>(v(i) * v(j) + (i == j ? 2.0 + std::cos(static_cast<double>(i)) : 0.0));
  };
  std::vector<double> vs(static_cast<std::size_t>(n));
  for (index i = 0; i < n; ++i) vs[static_cast<std::size_t>(i)] = v(i);
  for (index j = 0; j < n; ++j)
    for (index i = j; i < n; ++i)
      a[static_cast<std::size_t>(i + j * n)] =
          i == j ? element(i, i)
                 : static_cast<float>(vs[static_cast<std::size_t>(i)] * vs[static_cast<std::size_t>(j)]);
  posdef::cholesky(posdef::col_major(a.data(), n));

  // r = (A − L·Lᵀ)·x for one vector of ±1, in double.
  std::mt19937_64 g(1);
  std::vector<double> x(vs.size()), y(vs.size(), 0.0), r(vs.size(), 0.0);
  for (auto& e : x) e = (g() & 1u) != 0 ? 1 : -1;
  double dot = 0, sum = 0;
  for (std::size_t i = 0; i < vs.size(); ++i) dot += vs[i] * x[i], sum += std::abs(vs[i]);
  for (index j = 0; j < n; ++j)
    for (index i = j; i < n; ++i)
      y[static_cast<std::size_t>(j)] +=
          static_cast<double>(a[static_cast<std::size_t>(i + j * n)]) * x[static_cast<std::size_t>(i)];
  for (index j = 0; j < n; ++j)
    for (index i = j; i < n; ++i)
      r[static_cast<std::size_t>(i)] -=
          static_cast<double>(a[static_cast<std::size_t>(i + j * n)]) * y[static_cast<std::size_t>(j)];
  double most = 0;
  for (std::size_t i = 0; i < vs.size(); ++i) {
    r[i] += vs[i] * dot + (2.0 + std::cos(static_cast<double>(i))) * x[i];
    most = std::max(most, std::abs(r[i]));
  }
  const double ratio = most / (static_cast<double>(n) * (sum + 3) * eps<float>);
  std::printf("n = %lld: residual ratio %.3g\n", static_cast<long long>(n), ratio);
  EXPECT_LT(ratio, 1);

  // A bad element after the 2^31-st must be reported at its place. The factor is no longer needed: refill the diagonal
  // and set the rest to zero.
  const index k = 46390;
  std::fill(a.begin(), a.end(), 0.0f);
  for (index i = 0; i < n; ++i) a[static_cast<std::size_t>(i + i * n)] = i == k ? -1.0f : 4.0f;
  std::int64_t info = 0;
  posdef::try_cholesky(posdef::col_major(a.data(), n), {&info, 1});
  EXPECT_EQ(info, k + 1);
  EXPECT_EQ(a[static_cast<std::size_t>((k - 1) * (n + 1))], 2.0f);
}

}  // namespace conformance
