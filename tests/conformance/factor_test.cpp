// cholesky: every order, type, triangle and layout; which elements are written; out of place; batches; accuracy.
#include "support.hpp"

namespace conformance {

class Factor : public OnDevice {};
CONFORMANCE_SUITE(Factor);

TEST_P(Factor, EveryOrderTypeTriangleAndLayout) {
  for_each_type([&]<class T>() {
    for (const index n : orders(slow() ? 40 : 300)) {
      if (slow() && n > 200) continue;
      const auto a = positive_definite<T>(n);
      for (const auto& p : placings()) {
        placed<T> m(a, p);
        posdef::cholesky(m.view(), options(p));
        ASSERT_LT(factor_ratio(a, [&](index i, index j) { return m.lower(i, j); }), 1)
            << "n = " << n << " " << p.text();
        ASSERT_TRUE(m.rest_untouched()) << "n = " << n << " " << p.text();
        for (index i = 0; i < n; ++i) {
          ASSERT_GT(std::real(m.at(i, i)), 0);
          ASSERT_EQ(std::imag(m.at(i, i)), 0) << "n = " << n << " i = " << i;
        }
      }
    }
  });
}

TEST_P(Factor, AgreesWithTheReferenceInHigherPrecision) {
  for_each_type([&]<class T>() {
    using H = higher<T>;
    for (const index n : {1, 5, 37, 130, 210}) {
      const auto a = positive_definite<T>(n, 3, 10);
      // The definition, column by column, in the next higher precision.
      square<H> l(n);
      for (index j = 0; j < n; ++j) {
        real_type<H> pivot = std::real(H(a(j, j)));
        for (index k = 0; k < j; ++k) pivot -= std::norm(l(j, k));
        l(j, j) = std::sqrt(pivot);
        for (index i = j + 1; i < n; ++i) {
          H x = H(a(i, j));
          for (index k = 0; k < j; ++k) x -= l(i, k) * conj(l(j, k));
          l(i, j) = x / std::real(l(j, j));
        }
      }
      placed<T> m(a, {});
      posdef::cholesky(m.view(), options());
      double most = 0;
      for (index j = 0; j < n; ++j)
        for (index i = j; i < n; ++i) most = std::max(most, static_cast<double>(std::abs(H(m.at(i, j)) - l(i, j))));
      // Forward error: the backward error n·eps times the condition number, 10, with a margin for the constant.
      EXPECT_LT(most, 20.0 * static_cast<double>(n) * eps<T>) << "n = " << n;
    }
  });
}

/// LAPACK's test ratio, ‖A − L·Lᴴ‖₁ / (n·‖A‖₁·eps), on well and badly conditioned matrices.
TEST_P(Factor, LapackRatio) {
  for_each_type([&]<class T>() {
    for (const index n : {10, 65, 150})
      for (const double condition : {2.0, 0.01 / eps<T>}) {
        const auto a = positive_definite<T>(n, 5, condition);
        placed<T> m(a, {});
        posdef::cholesky(m.view(), options());
        square<higher<T>> r(n);
        for (index j = 0; j < n; ++j)
          for (index i = 0; i < n; ++i) {
            r(i, j) = higher<T>(a(i, j));
            for (index k = 0; k <= std::min(i, j); ++k)
              r(i, j) -= higher<T>(m.lower(i, k)) * conj(higher<T>(m.lower(j, k)));
          }
        EXPECT_LT(norm1(r) / (static_cast<double>(n) * norm1(a) * eps<T>), 1) << n << " " << condition;
      }
  });
}

TEST_P(Factor, OutOfPlaceKeepsTheInputAndZeroesTheOtherTriangle) {
  for_each_type([&]<class T>() {
    for (const index n : {1, 4, 50, 200})
      for (const auto& p : placings())
        for (const auto& q : {layout::col_major, layout::row_major}) {
          const auto a = positive_definite<T>(n);
          placed<T> in(a, p), out(square<T>(n), {p.triangle, q, 2});
          for (auto& x : out.memory) x = T(7);
          const auto before = in.memory;
          posdef::cholesky(in.view(), out.view(), options(p));
          for (index j = 0; j < n; ++j)
            for (index i = 0; i < n; ++i) {
              if (in.in_triangle(i, j)) {
                ASSERT_EQ(in.at(i, j), a(i, j));
              }
              if (!out.in_triangle(i, j)) {
                ASSERT_EQ(out.at(i, j), T(0)) << i << " " << j;
              }
            }
          ASSERT_TRUE(in.rest_untouched());
          ASSERT_LT(factor_ratio(a, [&](index i, index j) { return out.lower(i, j); }), 1) << p.text();
          // The padding between n and ld must not be written.
          index sevens = 0;
          for (const auto& x : out.memory) sevens += x == T(7) ? 1 : 0;
          ASSERT_GE(sevens, 2 * n);
        }
  });
}

TEST_P(Factor, OtherTriangleFollowsTheOption) {
  const index n = 20;
  const auto a = positive_definite<double>(n);
  for (const auto& p : placings()) {
    auto o = options(p);
    o.other = posdef::other_triangle::zero;
    placed<double> m(a, p);
    posdef::cholesky(m.view(), o);
    for (index j = 0; j < n; ++j)
      for (index i = 0; i < n; ++i)
        if (!m.in_triangle(i, j)) {
          ASSERT_EQ(m.at(i, j), 0);
        }
    o.other = posdef::other_triangle::keep;
    placed<double> in(a, p), out(a, p);
    posdef::cholesky(in.view(), out.view(), o);
    ASSERT_TRUE(out.rest_untouched());
    o.other = posdef::other_triangle::mirror;
    EXPECT_THROW(posdef::cholesky(in.view(), out.view(), o), posdef::invalid_argument);
  }
}

TEST_P(Factor, ImaginaryPartsOfTheDiagonalAreIgnored) {
  using T = std::complex<double>;
  for (const index n : {1, 7, 100, 300}) {
    const auto a = positive_definite<T>(n);
    auto b = a;
    for (index i = 0; i < n; ++i) b(i, i) = {a(i, i).real(), std::numeric_limits<double>::quiet_NaN()};
    for (const auto& p : placings()) {
      placed<T> m(a, p), w(b, p);
      posdef::cholesky(m.view(), options(p));
      posdef::cholesky(w.view(), options(p));
      for (index j = 0; j < n; ++j)
        for (index i = j; i < n; ++i) ASSERT_EQ(m.lower(i, j), w.lower(i, j)) << n << " " << i << " " << j;
    }
  }
}

TEST_P(Factor, StridedBatchesAndPointers) {
  for_each_type([&]<class T>() {
    const index n = 33, count = 7, ld = n + 2, stride = ld * n + 5;
    std::vector<square<T>> a;
    std::vector<T> memory(static_cast<std::size_t>(stride * count), T(7));
    for (index b = 0; b < count; ++b) {
      a.push_back(positive_definite<T>(n, 10 + static_cast<unsigned>(b)));
      for (index j = 0; j < n; ++j)
        for (index i = j; i < n; ++i) memory[static_cast<std::size_t>(b * stride + i + j * ld)] = a.back()(i, j);
    }
    auto again = memory;
    posdef::cholesky(posdef::view<T>(memory.data(), n, n, ld).batched(count, stride), options());
    for (index b = 0; b < count; ++b)
      EXPECT_LT(
          factor_ratio(a[static_cast<std::size_t>(b)],
                       [&](index i, index j) { return memory[static_cast<std::size_t>(b * stride + i + j * ld)]; }),
          1);
    // In reverse order by a negative stride, and in any order by pointers: the same bits.
    auto backwards = again;
    posdef::cholesky(posdef::view<T>(backwards.data() + (count - 1) * stride, n, n, ld).batched(count, -stride),
                     options());
    EXPECT_EQ(backwards, memory);
    std::vector<T*> where;
    for (const index b : {3, 0, 6, 1, 5, 2, 4}) where.push_back(again.data() + b * stride);
    posdef::cholesky(posdef::view<T>::at(where.data(), count, n, n, ld), options());
    EXPECT_EQ(again, memory);
  });
}

TEST_P(Factor, EmptyProblems) {
  std::vector<std::int64_t> info(3, -1);
  posdef::cholesky(posdef::view<float>(nullptr, 0, 0), options());
  posdef::cholesky(posdef::view<float>(nullptr, 5, 5).batched(0), options());
  EXPECT_EQ(posdef::try_cholesky(posdef::view<double>(nullptr, 0, 0).batched(3), info, options()), 0);
  EXPECT_EQ(info, std::vector<std::int64_t>(3, 0));
}

TEST_P(Factor, ExtremeScales) {
  for_each_type([&]<class T>() {
    using R = real_type<T>;
    const index n = 40;
    const auto a = positive_definite<T>(n);
    // Powers of two scale the problem exactly, near underflow and near overflow.
    for (const int power : {std::numeric_limits<R>::min_exponent + 30, std::numeric_limits<R>::max_exponent - 10}) {
      const R scale = std::ldexp(R(1), power & ~1);
      auto b = a;
      for (auto& x : b.v) x *= scale;
      placed<T> m(b, {});
      posdef::cholesky(m.view(), options());
      EXPECT_LT(factor_ratio(b, [&](index i, index j) { return m.lower(i, j); }), 1) << power;
    }
  });
}

TEST_P(Factor, PivotsAtBothEndsOfTheRange) {
  for_each_type([&]<class T>() {
    using R = real_type<T>;
    using limits = std::numeric_limits<R>;
    // S·B·S with pivots of B between 1 and 2 and powers of two in S: pivots from the subnormal numbers, whose
    // reciprocal overflows, to those whose reciprocal is subnormal. Its factor is S times that of B.
    const int low = (limits::min_exponent - 5) / 2, high = limits::max_exponent / 2 - 1;
    const int powers[] = {low, 0, high, low + 5, high - 5};
    for (const index n : {1, 2, 3, 5, 8, 9, 16, 24, 33, 70, 150}) {
      if (reduced() && n > 40) continue;
      const index count = 37;
      square<T> b = positive_definite<T>(n);
      for (auto& x : b.v) x *= R(0.2) / static_cast<R>(n);
      for (index i = 0; i < n; ++i) b(i, i) += R(1.3);
      auto plain = b;
      posdef::cholesky(posdef::col_major(plain.v.data(), n), options());
      const auto scale = [&](index which, index i) { return powers[static_cast<std::size_t>((which + i) % 5)]; };
      const auto times = [](T x, int power) {
        if constexpr (complex_type<T>)
          return T(std::ldexp(x.real(), power), std::ldexp(x.imag(), power));
        else
          return std::ldexp(x, power);
      };
      std::vector<T> all, one;
      for (index which = 0; which < count; ++which)
        for (index j = 0; j < n; ++j)
          for (index i = 0; i < n; ++i)
            all.push_back(i >= j ? times(times(b(i, j), scale(which, i)), scale(which, j)) : T(0));
      one = all;
      posdef::cholesky(posdef::col_major(all.data(), n).batched(count), options());
      for (index which = 0; which < count; ++which) {
        posdef::cholesky(posdef::col_major(one.data() + which * n * n, n), options());
        for (index j = 0; j < n; ++j)
          for (index i = j; i < n; ++i) {
            const auto at = static_cast<std::size_t>(which * n * n + i + j * n);
            // A subnormal number is rounded to 16·eps of its row and column: in the input, and again in every product.
            const double tolerance = (50 + 16 * static_cast<double>(j)) * eps<T>;
            ASSERT_LE(std::abs(times(all[at], -scale(which, i)) - plain(i, j)), tolerance)
                << "n = " << n << " (" << i << ", " << j << ") of matrix " << which;
            ASSERT_EQ(all[at], one[at]) << "n = " << n << " (" << i << ", " << j << ") of matrix " << which;
          }
      }
    }
  });
}

}  // namespace conformance
