// solve, inv and factor objects: the same bits as separate calls, failures, arguments, memory.
#include <posdef/factor.hpp>

#include "support.hpp"

namespace conformance {

class OneCall : public OnDevice {};
CONFORMANCE_SUITE(OneCall);

namespace {

/// Contiguous matrices of order n; if `spoil`, the middle one is not positive definite in column n/2.
template <class T>
struct stack {
  static constexpr index count = 3;
  index n;
  std::vector<T> elements;

  stack(index order, bool spoil) : n(order) {
    for (index b = 0; b < count; ++b) {
      auto a = positive_definite<T>(n, static_cast<unsigned>(b + 1));
      if (spoil && b == 1 && n == 1) a(0, 0) = T(-1);
      // All diagonal elements stay positive: only the factorization finds this.
      if (spoil && b == 1 && n > 1) a(n / 2, n / 2 - 1) = a(n / 2 - 1, n / 2) = T(10);
      elements.insert(elements.end(), a.v.begin(), a.v.end());
    }
  }
  posdef::view<T> view() { return posdef::col_major(elements.data(), n).batched(count); }
};

template <class T>
std::vector<T> sides(index n, index nrhs, index count) {
  std::mt19937_64 g(7);
  std::vector<T> b(static_cast<std::size_t>(n * nrhs * count));
  for (auto& x : b) x = random_number<T>(g);
  return b;
}

template <class T>
posdef::view<T> sides_view(std::vector<T>& b, index n, index nrhs, index count) {
  return posdef::col_major(b.data(), {n, nrhs}).batched(count);
}

std::vector<index> small_orders(bool slow) {
  return slow ? std::vector<index>{0, 1, 5, 40} : std::vector<index>{0, 1, 5, 33, 150, 300};
}

}  // namespace

TEST_P(OneCall, SolveMatchesTwoCalls) {
  for_each_type([&]<class T>() {
    for (const index n : small_orders(slow()))
      for (const bool spoil : {false, true})
        for (const auto policy : {posdef::on_failure::report, posdef::on_failure::nan}) {
          auto o = options();
          o.on_failure = policy;
          const index nrhs = 3, count = stack<T>::count;
          stack<T> one(n, spoil), two(n, spoil);
          auto b1 = sides<T>(n, nrhs, count), b2 = b1;
          std::vector<std::int64_t> info(count, -1), expected(count, -1), unused(count);
          const auto failed = posdef::try_solve(one.view(), sides_view(b1, n, nrhs, count), info, o);
          ASSERT_EQ(failed, posdef::try_cholesky(two.view(), expected, o));
          ASSERT_EQ(info, expected);
          ASSERT_EQ(failed, spoil && n > 0 ? 1 : 0);
          ASSERT_TRUE(same_bits(one.elements, two.elements));
          for (index b = 0; b < count; ++b) {
            const auto size = static_cast<std::size_t>(n * nrhs), at = static_cast<std::size_t>(b) * size;
            if (expected[static_cast<std::size_t>(b)] == 0) {
              auto l = posdef::col_major(two.elements.data() + b * n * n, n);
              posdef::cholesky_solve<T>(l, posdef::col_major(b2.data() + at, {n, nrhs}), o);
            } else if (policy == posdef::on_failure::nan) {
              for (std::size_t k = at; k < at + size; ++k) ASSERT_TRUE(std::isnan(std::real(b1[k])));
              std::copy_n(b1.begin() + static_cast<std::ptrdiff_t>(at), size,
                          b2.begin() + static_cast<std::ptrdiff_t>(at));
            }
          }
          ASSERT_TRUE(same_bits(b1, b2)) << "n = " << n << ": other right-hand sides are not written";
        }
  });
}

TEST_P(OneCall, InvMatchesTwoCalls) {
  for_each_type([&]<class T>() {
    for (const index n : small_orders(slow())) {
      const auto a = positive_definite<T>(n);
      for (const auto& p : placings()) {
        placed<T> one(a, p), two(a, p), out(a, p), expected(a, p);
        posdef::inv(posdef::view<const T>(one.view()), out.view(), options(p));
        posdef::cholesky(two.view(), options(p));
        posdef::cholesky_inverse(posdef::view<const T>(two.view()), expected.view(), options(p));
        ASSERT_TRUE(same_bits(out.memory, expected.memory)) << n << p.text();
        posdef::inv(one.view(), options(p));
        ASSERT_TRUE(one.rest_untouched());
        for (index j = 0; j < n; ++j)
          for (index i = 0; i < n; ++i)
            if (one.in_triangle(i, j)) {
              ASSERT_EQ(one.at(i, j), expected.at(i, j));
            }
      }
      stack<T> spoiled(n, true), good(n, false);
      std::vector<std::int64_t> info(3, -1), none(3, -1);
      posdef::try_inv(spoiled.view(), info, options());
      posdef::try_inv(good.view(), none, options());
      ASSERT_EQ(info, (std::vector<std::int64_t>{0, n > 0 ? n / 2 + 1 : 0, 0}));
      const auto size = static_cast<std::ptrdiff_t>(n * n);
      ASSERT_TRUE(std::equal(good.elements.begin(), good.elements.begin() + size, spoiled.elements.begin()));
      ASSERT_TRUE(
          std::equal(good.elements.begin() + 2 * size, good.elements.end(), spoiled.elements.begin() + 2 * size));
    }
  });
}

TEST_P(OneCall, ThrowsOrReports) {
  stack<double> a(20, true);
  auto b = sides<double>(20, 1, 3);
  try {
    posdef::solve(a.view(), sides_view(b, 20, 1, 3), options());
    FAIL() << "the second matrix is not positive definite";
  } catch (const posdef::not_positive_definite& e) {
    EXPECT_EQ(e.index(), 1);
    EXPECT_EQ(e.order(), 11);
    EXPECT_EQ(std::string(e.what()), "posdef: solve: matrix 1: the leading minor of order 11 is not positive definite");
  }
}

TEST_P(OneCall, RejectsInvalidArgumentsBeforeWriting) {
  stack<double> a(6, false);
  const auto before = a.elements;
  std::vector<double> b(2 * 3 * 5);
  std::vector<std::int64_t> info(3);
  EXPECT_THROW(posdef::try_solve(a.view(), posdef::col_major(b.data(), {5, 2}).batched(3), info, options()),
               posdef::invalid_argument);
  EXPECT_THROW(posdef::solve(a.view(), posdef::col_major(a.elements.data() + 1, {6, 1}).batched(3, 6), options()),
               posdef::invalid_argument);
  EXPECT_THROW(posdef::inv(posdef::view<const double>(a.view()), posdef::col_major(b.data(), 3).batched(3), options()),
               posdef::invalid_argument);
  EXPECT_EQ(a.elements, before);
}

TEST_P(OneCall, FactorObjectsMatchTheFunctions) {
  for_each_type([&]<class T>() {
    const index n = slow() ? 20 : 90;
    const auto a = positive_definite<T>(n);
    for (const auto& p : placings()) {
      placed<T> one(a, p), two(a, p);
      const auto original = one.memory;
      const auto f = posdef::factor(one.view(), options(p));
      EXPECT_TRUE(same_bits(one.memory, original)) << "the matrix is copied";
      EXPECT_TRUE(f.ok());
      EXPECT_EQ(f.n(), n);
      auto g = posdef::factor_in_place(two.view(), options(p));
      auto x = sides<T>(n, 2, 1), y = x;
      f.solve(posdef::col_major(x.data(), {n, 2}));
      posdef::cholesky_solve<T>(two.view(), posdef::col_major(y.data(), {n, 2}), options(p));
      EXPECT_TRUE(same_bits(x, y));
      EXPECT_EQ(f.logdet(), g.logdet());
      std::vector<T> inverse(static_cast<std::size_t>(n * n)), expected(inverse);
      f.inverse(posdef::col_major(inverse.data(), n));
      posdef::cholesky_inverse<T>(two.view(), posdef::col_major(expected.data(), n), options(p));
      EXPECT_TRUE(same_bits(inverse, expected));
      const auto moved = std::move(g);
      EXPECT_EQ(moved.logdet(), f.logdet());
    }
  });
}

TEST_P(OneCall, FactorObjectsZeroTheOtherTriangleWhateverTheInverseWrites) {
  const index n = 20;
  const auto a = positive_definite<double>(n);
  placed<double> lower(a, {});
  for (const auto other : {posdef::other_triangle::keep, posdef::other_triangle::mirror}) {
    auto o = options();
    o.other = other;
    const auto f = posdef::factor(lower.view(), o);
    for (index j = 1; j < n; ++j) EXPECT_EQ(f.factor().data[j * f.factor().ld], 0);
    std::vector<double> inverse(static_cast<std::size_t>(n * n), -3);
    f.inverse(posdef::col_major(inverse.data(), n));
    EXPECT_EQ(inverse[static_cast<std::size_t>(n)] == -3, other == posdef::other_triangle::keep);
  }
}

TEST_P(OneCall, FactorObjectsOfABatchReportFailures) {
  stack<double> a(30, true), good(30, false);
  EXPECT_THROW(posdef::factor(a.view(), options()), posdef::not_positive_definite);
  auto o = options();
  o.on_failure = posdef::on_failure::report;
  const auto f = posdef::factor(a.view(), o);
  EXPECT_EQ(f.failures(), 1);
  EXPECT_EQ(f.info()[1], 16);
  auto b = sides<double>(30, 2, 3), c = b;
  f.solve(sides_view(b, 30, 2, 3));
  const auto size = std::ptrdiff_t{60};
  EXPECT_TRUE(std::equal(b.begin() + size, b.begin() + 2 * size, c.begin() + size)) << "no factor, no solution";
  posdef::factor(good.view(), o).solve(sides_view(c, 30, 2, 3));
  EXPECT_TRUE(std::equal(b.begin(), b.begin() + size, c.begin()));
  EXPECT_TRUE(std::equal(b.begin() + 2 * size, b.end(), c.begin() + 2 * size));
}

}  // namespace conformance
