// Failures: info is exact wherever the bad element is, columns before k hold the factor, other matrices are unaffected,
// and the policies do as documented.
#include "support.hpp"

namespace conformance {

class Info : public OnDevice {};
CONFORMANCE_SUITE(Info);

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

/// Columns to test: edges of tiles and blocks, first and last.
std::vector<index> positions(index n) {
  std::vector<index> all;
  for (const index k : {0, 1, 3, 4, 7, 8, 15, 16, 47, 48, 95, 96, 127, 128, 191, 192, 193, 255, 256, 319})
    if (k < n - 1) all.push_back(k);
  all.push_back(n - 1);
  return all;
}

}  // namespace

TEST_P(Info, IndefiniteMinorsAtTileAndBlockEdges) {
  for_each_type([&]<class T>() {
    for (const index n : {1, 2, 9, 50, 129, 330}) {
      if (reduced() && n > 150) continue;
      const auto a = positive_definite<T>(n);
      placed<T> good(a, {});
      posdef::cholesky(good.view(), options());
      for (const index k : positions(n)) {
        // The pivot of column k is L(k,k)²; subtracting 1.5 times that makes this pivot negative and no other.
        auto b = a;
        b(k, k) -= real_type<T>(1.5) * std::norm(good.at(k, k));
        for (const auto& p : placings()) {
          placed<T> m(b, p);
          std::int64_t info = -1;
          EXPECT_EQ(posdef::try_cholesky(m.view(), {&info, 1}, options(p)), 1);
          ASSERT_EQ(info, k + 1) << "n = " << n << " " << p.text();
          ASSERT_TRUE(m.rest_untouched());
          // Columns before k hold the factor, in every row.
          double most = 0;
          for (index j = 0; j < k; ++j)
            for (index i = j; i < n; ++i) {
              const double d = std::abs(m.lower(i, j) - good.lower(i, j));
              most = std::isnan(d) ? inf : std::max(most, d);
            }
          // Forward error of a well-conditioned factor (condition 100), both computed in T.
          ASSERT_LT(most, 400.0 * static_cast<double>(n) * eps<T>) << "n = " << n << " k = " << k << " " << p.text();
        }
      }
    }
  });
}

TEST_P(Info, NanAndInfinityAreReportedAtTheFirstAffectedColumn) {
  for_each_type([&]<class T>() {
    for (const index n : {1, 6, 50, 200, 330}) {
      if (reduced() && n > 60) continue;
      const auto a = positive_definite<T>(n);
      for (const index i : positions(n))
        for (const index j : {index{0}, i / 2, i})
          for (const double bad : {nan, inf, -inf}) {
            auto b = a;
            b(i, j) = T(static_cast<real_type<T>>(bad));
            b(j, i) = b(i, j);
            const auto& p = placings()[static_cast<std::size_t>((i + j) % 4)];
            placed<T> m(b, p);
            std::int64_t info = -1;
            posdef::try_cholesky(m.view(), {&info, 1}, options(p));
            ASSERT_EQ(info, i + 1) << "n = " << n << " at " << i << ", " << j << ": " << bad << " " << p.text();
          }
    }
  });
}

TEST_P(Info, ZeroAndNegativeZeroPivots) {
  for (const double pivot : {0.0, -0.0, -1.0}) {
    double a = pivot;
    std::int64_t info = 0;
    posdef::try_cholesky(posdef::col_major(&a, 1), {&info, 1}, options());
    EXPECT_EQ(info, 1);
  }
  // A singular matrix of ones: the second pivot is exactly zero.
  std::vector<float> ones(9, 1.0f);
  std::int64_t info = 0;
  posdef::try_cholesky(posdef::col_major(ones.data(), 3), {&info, 1}, options());
  EXPECT_EQ(info, 2);
}

TEST_P(Info, FailuresDoNotAffectOtherMatrices) {
  for_each_type([&]<class T>() {
    for (const index n : {3, 17, 70, 200}) {
      const index count = 6;
      std::vector<T> good, bad;
      for (index b = 0; b < count; ++b) {
        const auto a = positive_definite<T>(n, 20 + static_cast<unsigned>(b));
        good.insert(good.end(), a.v.begin(), a.v.end());
      }
      bad = good;
      const index size = n * n;
      bad[static_cast<std::size_t>(2 * size + (n / 2) * (n + 1))] = T(-1);
      bad[static_cast<std::size_t>(4 * size)] = T(static_cast<real_type<T>>(nan));
      std::vector<std::int64_t> info(count, -1);
      posdef::cholesky(posdef::col_major(good.data(), n).batched(count), options());
      for (const int threads : {1, 3}) {
        auto work = bad;
        auto o = options();
        o.threads = threads;
        EXPECT_EQ(posdef::try_cholesky(posdef::col_major(work.data(), n).batched(count), info, o), 2);
        EXPECT_EQ(info, (std::vector<std::int64_t>{0, 0, n / 2 + 1, 0, 1, 0}));
        for (const index b : {0, 1, 3, 5})
          EXPECT_TRUE(std::equal(good.begin() + b * size, good.begin() + (b + 1) * size, work.begin() + b * size)) << b;
      }
    }
  });
}

TEST_P(Info, PolicyNanFillsOnlyTheFailedFactor) {
  for_each_type([&]<class T>() {
    const index n = 12;
    auto a = positive_definite<T>(n);
    a(5, 5) = T(-1);
    for (const auto& p : placings()) {
      auto o = options(p);
      o.on_failure = posdef::on_failure::nan;
      placed<T> in(a, p), out(square<T>(n), p);
      std::int64_t info = 0;
      EXPECT_EQ(posdef::try_cholesky(in.view(), out.view(), {&info, 1}, o), 1);
      EXPECT_EQ(info, 6);
      for (index j = 0; j < n; ++j)
        for (index i = 0; i < n; ++i) {
          if (out.in_triangle(i, j))
            ASSERT_TRUE(std::isnan(std::real(out.at(i, j)))) << i << " " << j;
          else
            ASSERT_EQ(out.at(i, j), T(0));
        }
      EXPECT_NO_THROW(posdef::cholesky(in.view(), o));  // the convenience form follows the policy too
    }
  });
}

TEST_P(Info, PolicyRaiseReportsIndexAndOrder) {
  const index n = 5;
  std::vector<double> batch;
  for (index b = 0; b < 4; ++b) {
    auto a = positive_definite<double>(n);
    if (b >= 2) a(b, b) = -1;
    batch.insert(batch.end(), a.v.begin(), a.v.end());
  }
  try {
    posdef::cholesky(posdef::col_major(batch.data(), n).batched(4), options());
    FAIL() << "did not throw";
  } catch (const posdef::not_positive_definite& e) {
    EXPECT_EQ(e.index(), 2);
    EXPECT_EQ(e.order(), 3);
    EXPECT_EQ(e.failures(), 2);
    EXPECT_STREQ(e.what(),
                 "posdef: cholesky: matrix 2: the leading minor of order 3 is not positive definite"
                 " (2 matrices of the batch failed)");
  }
  auto o = options();
  o.on_failure = posdef::on_failure::report;
  EXPECT_NO_THROW(posdef::cholesky(posdef::col_major(batch.data(), n).batched(4), o));
}

}  // namespace conformance
