// cholesky_solve, solve_triangular and cholesky_logdet: residuals for every layout of factor and right-hand sides, bad
// diagonals.
#include "support.hpp"

namespace conformance {

class Solve : public OnDevice {};
CONFORMANCE_SUITE(Solve);

namespace {

/// max |op(A)·X − B| / (n·‖A‖·max|X|·eps), entry(i, k) giving op(A).
template <class T, class Entry, class X, class B>
double solve_ratio(index n, index nrhs, const Entry& entry, const X& x, const B& b, double norm) {
  using H = higher<T>;
  double most = 0, largest = 0;
  for (index c = 0; c < nrhs; ++c)
    for (index i = 0; i < n; ++i) {
      H r = H(b(i, c));
      for (index k = 0; k < n; ++k) r -= H(entry(i, k)) * H(x(k, c));
      const double size = static_cast<double>(std::abs(r));
      most = std::isnan(size) ? size : std::max(most, size);
      largest = std::max(largest, static_cast<double>(std::abs(H(x(i, c)))));
    }
  return most == 0 ? 0 : most / (static_cast<double>(n) * norm * largest * eps<T>);
}

/// Right-hand sides in either layout with padding after each run.
template <class T>
struct sides {
  index n, nrhs, ld;
  layout order;
  std::vector<T> v;
  sides(index rows, index cols, layout o)
      : n(rows),
        nrhs(cols),
        ld(std::max<index>(1, (o == layout::col_major ? rows : cols) + 3)),
        order(o),
        v(static_cast<std::size_t>(ld * std::max<index>(1, o == layout::col_major ? cols : rows)), T(7)) {
    std::mt19937_64 g(5);
    for (index j = 0; j < cols; ++j)
      for (index i = 0; i < rows; ++i) (*this)(i, j) = random_number<T>(g);
  }
  T& operator()(index i, index j) {
    return v[static_cast<std::size_t>(order == layout::col_major ? i + j * ld : i * ld + j)];
  }
  const T& operator()(index i, index j) const {
    return v[static_cast<std::size_t>(order == layout::col_major ? i + j * ld : i * ld + j)];
  }
  posdef::view<T> view() { return {v.data(), n, nrhs, ld, order}; }
  index sevens() const { return std::count(v.begin(), v.end(), T(7)); }
};

}  // namespace

TEST_P(Solve, FromTheFactor) {
  for_each_type([&]<class T>() {
    for (const index n : some_orders()) {
      if (slow() && n > 130) continue;
      const auto a = positive_definite<T>(n);
      for (const auto& p : placings()) {
        placed<T> l(a, p);
        posdef::cholesky(l.view(), options(p));
        for (const auto order : {layout::col_major, layout::row_major})
          for (const index nrhs : {index{0}, index{1}, index{5}, std::min<index>(n, 70)}) {
            sides<T> b(n, nrhs, order), x = b;
            posdef::cholesky_solve(l.view(), x.view(), options(p));
            const double ratio = solve_ratio<T>(
                n, nrhs, [&](index i, index j) { return a(i, j); }, x, b, norm1(a));
            ASSERT_LT(ratio, 4) << "n = " << n << " nrhs = " << nrhs << " " << p.text();
            ASSERT_EQ(x.sevens(), b.sevens());
            ASSERT_TRUE(l.rest_untouched());
            // Out of place: the same bits, and the right-hand sides are unchanged.
            sides<T> y(n, nrhs, order);
            const auto before = b.v;
            posdef::cholesky_solve(l.view(), b.view(), y.view(), options(p));
            ASSERT_EQ(y.v, x.v);
            ASSERT_EQ(b.v, before);
          }
      }
    }
  });
}

TEST_P(Solve, TriangularEveryOperation) {
  for_each_type([&]<class T>() {
    for (const index n : some_orders()) {
      if (slow() && n > 130) continue;
      // A well-conditioned triangle that is not a Cholesky factor: signs and phases on the diagonal.
      auto t = positive_definite<T>(n, 4);
      std::mt19937_64 g(8);
      for (index j = 0; j < n; ++j)
        for (index i = j; i < n; ++i) {
          t(i, j) = random_number<T>(g) / static_cast<real_type<T>>(2 * std::sqrt(static_cast<double>(n)));
          if (i == j)
            t(i, i) = (complex_type<T> ? t(i, i) / std::abs(t(i, i)) : T(i % 2 == 0 ? 1 : -1)) * real_type<T>(2);
        }
      for (const auto& p : placings())
        for (const bool unit : {false, true}) {
          square<T> mine(n);
          for (index j = 0; j < n; ++j)
            for (index i = j; i < n; ++i) (p.triangle == uplo::lower ? mine(i, j) : mine(j, i)) = t(i, j);
          placed<T> l(mine, p);
          if (unit)
            for (index i = 0; i < n; ++i) l.at(i, i) = placed<T>::nan();
          auto o = options(p);
          o.diag = unit ? posdef::diag::unit : posdef::diag::non_unit;
          for (const auto op : {posdef::op::none, posdef::op::transpose, posdef::op::conj_transpose}) {
            o.op = op;
            sides<T> b(n, 3, layout::col_major), x = b;
            posdef::solve_triangular(l.view(), x.view(), o);
            const auto entry = [&](index i, index k) {
              const index r = op == posdef::op::none ? i : k, c = op == posdef::op::none ? k : i;
              if (!l.in_triangle(r, c)) return T(0);
              if (r == c && unit) return T(1);
              return op == posdef::op::conj_transpose ? conj(l.at(r, c)) : l.at(r, c);
            };
            const double norm = n == 0 ? 1 : norm1(t) + 1;
            ASSERT_LT(solve_ratio<T>(n, 3, entry, x, b, norm), 4)
                << "n = " << n << " " << p.text() << " unit " << unit << " op " << static_cast<int>(op);
          }
        }
    }
  });
}

TEST_P(Solve, OnlySolveTriangularReadsOp) {
  using T = std::complex<double>;
  const index n = 9;
  const auto a = positive_definite<T>(n);
  for (const auto& p : placings()) {
    placed<T> in(a, p), l(a, p);
    posdef::cholesky(l.view(), options(p));
    auto plain = options(p);
    plain.other = posdef::other_triangle::zero;
    for (const auto op : {posdef::op::transpose, posdef::op::conj_transpose}) {
      auto with = plain;
      with.op = op;
      placed<T> x(a, p), y(a, p);
      const auto same = [&] {  // NaN is only between n and ld, which no call accesses
        for (index j = 0; j < n; ++j)
          for (index i = 0; i < n; ++i)
            if (x.at(i, j) != y.at(i, j)) return false;
        return true;
      };
      posdef::cholesky(in.view(), x.view(), plain);
      posdef::cholesky(in.view(), y.view(), with);
      EXPECT_TRUE(same()) << p.text();
      posdef::inv_triangular(l.view(), x.view(), plain);
      posdef::inv_triangular(l.view(), y.view(), with);
      EXPECT_TRUE(same()) << p.text();
      sides<T> b(n, 2, layout::col_major), c = b;
      posdef::cholesky_solve(l.view(), b.view(), plain);
      posdef::cholesky_solve(l.view(), c.view(), with);
      EXPECT_EQ(b.v, c.v) << p.text();
    }
  }
}

TEST_P(Solve, BadDiagonalIsReportedAndNothingIsWritten) {
  for_each_type([&]<class T>() {
    const index n = 60;
    const auto a = positive_definite<T>(n);
    for (const auto& p : placings())
      for (const double bad : {0.0, -1.0, std::numeric_limits<double>::infinity(), std::nan("")}) {
        placed<T> l(a, p);
        posdef::cholesky(l.view(), options(p));
        l.at(41, 41) = T(static_cast<real_type<T>>(bad));
        sides<T> b(n, 2, layout::row_major), x = b;
        std::int64_t info = -1;
        EXPECT_EQ(posdef::try_cholesky_solve(l.view(), x.view(), {&info, 1}, options(p)), 1);
        EXPECT_EQ(info, 42);
        EXPECT_EQ(x.v, b.v);
        EXPECT_THROW(posdef::cholesky_solve(l.view(), x.view(), options(p)), posdef::singular);
        // A triangular solve only requires a nonzero diagonal.
        EXPECT_EQ(posdef::try_solve_triangular(l.view(), x.view(), {&info, 1}, options(p)), bad == -1 ? 0 : 1);
        EXPECT_EQ(info, bad == -1 ? 0 : 42);
        auto o = options(p);
        o.on_failure = posdef::on_failure::nan;
        posdef::try_cholesky_solve(l.view(), x.view(), {&info, 1}, o);
        for (index c = 0; c < 2; ++c)
          for (index i = 0; i < n; ++i) ASSERT_TRUE(std::isnan(std::real(x(i, c))));
      }
  });
}

TEST_P(Solve, DiagonalWhoseReciprocalIsOutOfRange) {
  for_each_type([&]<class T>() {
    using R = real_type<T>;
    const R tiny = std::numeric_limits<R>::denorm_min();
    T l = T(tiny), b = T(tiny * 4);
    posdef::solve_triangular(posdef::col_major(&l, 1), posdef::view<T>(&b, 1, 1), options());
    EXPECT_EQ(b, T(4));
    // So large that the reciprocal is subnormal, or that a sum of squares in its computation overflows.
    const R large = std::numeric_limits<R>::max() / 2;
    if constexpr (complex_type<T>)
      l = b = T(large, large);
    else
      l = b = large;
    posdef::solve_triangular(posdef::col_major(&l, 1), posdef::view<T>(&b, 1, 1), options());
    EXPECT_NEAR(std::abs(b - T(1)), 0, 4 * eps<T>);
  });
}

TEST_P(Solve, BatchesWithTheirOwnStrides) {
  for_each_type([&]<class T>() {
    const index n = 20, count = 5, nrhs = 2;
    std::vector<T> l, b;
    std::vector<square<T>> a;
    for (index i = 0; i < count; ++i) {
      a.push_back(positive_definite<T>(n, 30 + static_cast<unsigned>(i)));
      l.insert(l.end(), a.back().v.begin(), a.back().v.end());
      sides<T> s(n, nrhs, layout::col_major);
      for (index c = 0; c < nrhs; ++c)
        for (index r = 0; r < n; ++r) b.push_back(s(r, c));
    }
    posdef::cholesky(posdef::col_major(l.data(), n).batched(count), options());
    auto x = b;
    posdef::cholesky_solve(posdef::col_major(l.data(), n).batched(count),
                           posdef::view<T>(x.data(), n, nrhs).batched(count), options());
    for (index i = 0; i < count; ++i) {
      const auto at = [&](const std::vector<T>& v) {
        return [&v, i](index r, index c) { return v[static_cast<std::size_t>(i * n * nrhs + c * n + r)]; };
      };
      const auto& m = a[static_cast<std::size_t>(i)];
      EXPECT_LT(solve_ratio<T>(
                    n, nrhs, [&](index r, index c) { return m(r, c); }, at(x), at(b), norm1(m)),
                4);
    }
  });
}

TEST_P(Solve, LogDeterminant) {
  for_each_type([&]<class T>() {
    for (const index n : {0, 1, 2, 50, 200}) {
      // The spectrum is known: log det A = −log(condition)·Σ i/(n − 1) = −n/2·log(condition).
      const auto a = positive_definite<T>(n);
      for (const auto& p : placings()) {
        placed<T> l(a, p);
        posdef::cholesky(l.view(), options(p));
        const double expected = n == 1 ? 0 : -static_cast<double>(n) / 2 * std::log(100.0);
        EXPECT_NEAR(posdef::cholesky_logdet(l.view(), options(p)), expected, 1e4 * static_cast<double>(n) * eps<T>)
            << n;
      }
    }
    // No overflow: the determinant of 1000·I of order 500 is 1e1500.
    const index n = 500;
    square<T> d(n);
    for (index i = 0; i < n; ++i) d(i, i) = T(static_cast<real_type<T>>(std::sqrt(1000.0)));
    // A sum of n terms has up to n rounding errors.
    EXPECT_NEAR(posdef::cholesky_logdet(posdef::col_major(d.v.data(), n), options()) / (500 * std::log(1000.0)), 1,
                500 * eps<T>);
    // Nor from the smallest number to the largest; 2^x has the logarithm x·log 2.
    using limits = std::numeric_limits<real_type<T>>;
    const index m = 1500;
    square<T> powers(m);
    double exponents = 0;
    for (index i = 0; i < m; ++i) {
      const int e = i % 3 == 0 ? limits::min_exponent - 10 : i % 3 == 1 ? limits::max_exponent - 1 : 60;
      powers(i, i) = T(std::ldexp(real_type<T>(1.5), e));
      exponents += e;
    }
    const double sum = 2 * (exponents * std::log(2.0) + static_cast<double>(m) * std::log(1.5));
    EXPECT_NEAR(posdef::cholesky_logdet(posdef::col_major(powers.v.data(), m), options()) / sum, 1, 1500 * eps<T>);
    // A bad factor gives NaN and info.
    d(3, 3) = T(0);
    std::int64_t info = 0;
    real_type<T> value = 0;
    EXPECT_EQ(
        posdef::try_cholesky_logdet(posdef::col_major(d.v.data(), n), std::span(&value, 1), {&info, 1}, options()), 1);
    EXPECT_EQ(info, 4);
    EXPECT_TRUE(std::isnan(value));
    EXPECT_THROW(posdef::cholesky_logdet(posdef::col_major(d.v.data(), n), options()), posdef::singular);
  });
}

}  // namespace conformance
