// cholesky_inverse and inv_triangular: residuals, the written triangle, unit diagonals, singular triangles.
#include "support.hpp"

namespace conformance {

class Inverse : public OnDevice {};
CONFORMANCE_SUITE(Inverse);

namespace {

/// max |A·(X·v) − v| over a few vectors of ±1, divided by n·eps·condition: O(n²).
template <class T, class A, class X>
double inverse_ratio(index n, const A& a, const X& x, double condition) {
  using H = higher<T>;
  std::mt19937_64 g(3);
  double most = 0;
  for (int probe = 0; probe < 2; ++probe) {
    std::vector<H> v(static_cast<std::size_t>(n)), y(v.size(), H(0)), r(v.size(), H(0));
    for (auto& e : v) e = H((g() & 1u) != 0 ? 1 : -1);
    for (index j = 0; j < n; ++j)
      for (index i = 0; i < n; ++i) y[static_cast<std::size_t>(i)] += H(x(i, j)) * v[static_cast<std::size_t>(j)];
    for (index j = 0; j < n; ++j)
      for (index i = 0; i < n; ++i) r[static_cast<std::size_t>(i)] += H(a(i, j)) * y[static_cast<std::size_t>(j)];
    for (std::size_t i = 0; i < v.size(); ++i) {
      const double size = static_cast<double>(std::abs(r[i] - v[i]));
      most = std::isnan(size) ? size : std::max(most, size);
    }
  }
  return n == 0 ? 0 : most / (static_cast<double>(n) * condition * eps<T>);
}

}  // namespace

TEST_P(Inverse, OfAPositiveDefiniteMatrix) {
  for_each_type([&]<class T>() {
    for (const index n : some_orders()) {
      if (slow() && n > 130) continue;
      const auto a = positive_definite<T>(n, 1, 30);
      for (const auto& p : placings()) {
        placed<T> l(a, p);
        posdef::cholesky(l.view(), options(p));
        placed<T> whole(a, p);
        const auto factor = l.memory;
        posdef::cholesky_inverse(l.view(), whole.view(), options(p));
        ASSERT_LT(inverse_ratio<T>(
                      n, a, [&](index i, index j) { return whole.at(i, j); }, 30),
                  1)
            << n << p.text();
        for (index j = 0; j < n; ++j)
          for (index i = 0; i < n; ++i) ASSERT_EQ(whole.at(i, j), conj(whole.at(j, i))) << "mirrored exactly";
        placed<T> in_place = l;
        posdef::cholesky_inverse(in_place.view(), options(p));
        ASSERT_TRUE(in_place.rest_untouched());
        for (index j = 0; j < n; ++j)
          for (index i = 0; i < n; ++i)
            if (in_place.in_triangle(i, j)) {
              ASSERT_EQ(in_place.at(i, j), whole.at(i, j));
            }
      }
    }
  });
}

TEST_P(Inverse, OfATriangle) {
  for_each_type([&]<class T>() {
    for (const index n : some_orders()) {
      if (slow() && n > 130) continue;
      std::mt19937_64 g(8);
      for (const auto& p : placings())
        for (const bool unit : {false, true}) {
          square<T> t(n);
          for (index j = 0; j < n; ++j)
            for (index i = j; i < n; ++i) {
              T x = random_number<T>(g) / static_cast<real_type<T>>(2 * std::sqrt(static_cast<double>(n)));
              if (i == j) x = unit ? placed<T>::nan() : T(i % 2 == 0 ? 1 : -1) + x / real_type<T>(4);
              (p.triangle == uplo::lower ? t(i, j) : t(j, i)) = x;
            }
          placed<T> l(t, p), out(t, p);
          auto o = options(p);
          o.diag = unit ? posdef::diag::unit : posdef::diag::non_unit;
          posdef::inv_triangular(l.view(), out.view(), o);
          const auto original = [&](index i, index j) {
            if (!l.in_triangle(i, j)) return T(0);
            return i == j && unit ? T(1) : t(i, j);
          };
          ASSERT_LT(inverse_ratio<T>(
                        n, original, [&](index i, index j) { return out.at(i, j); }, 30),
                    1)
              << n << " " << p.text() << " unit " << unit;
          posdef::inv_triangular(l.view(), o);
          for (index j = 0; j < n; ++j)
            for (index i = 0; i < n; ++i) {
              if (!l.in_triangle(i, j))
                ASSERT_EQ(out.at(i, j), T(0));
              else if (i != j || !unit)
                ASSERT_EQ(l.at(i, j), out.at(i, j)) << "the same bits in place";
              else
                ASSERT_TRUE(std::isnan(std::real(l.at(i, i)))) << "an implicit unit diagonal is not written in place";
            }
          ASSERT_TRUE(l.rest_untouched());
        }
    }
  });
}

TEST_P(Inverse, SingularTrianglesAreReportedAndNotWritten) {
  for_each_type([&]<class T>() {
    const index n = 70;
    auto a = positive_definite<T>(n);
    for (const auto& p : placings()) {
      placed<T> l(a, p);
      posdef::cholesky(l.view(), options(p));
      l.at(50, 50) = T(0);
      l.at(60, 60) = T(0);
      const auto before = l.memory;
      std::int64_t info = 0;
      EXPECT_EQ(posdef::try_inv_triangular(l.view(), {&info, 1}, options(p)), 1);
      EXPECT_EQ(info, 51);
      EXPECT_EQ(posdef::try_cholesky_inverse(l.view(), {&info, 1}, options(p)), 1);
      EXPECT_EQ(info, 51);
      for (std::size_t i = 0; i < before.size(); ++i)
        if (!std::isnan(std::real(before[i]))) {
          ASSERT_EQ(before[i], l.memory[i]);
        }
      EXPECT_THROW(posdef::inv_triangular(l.view(), options(p)), posdef::singular);
      auto zeroing = options(p);
      zeroing.other = posdef::other_triangle::zero;
      posdef::try_inv_triangular(l.view(), {&info, 1}, zeroing);
      EXPECT_TRUE(l.rest_untouched()) << "nothing was computed, so nothing is written";
      auto o = options(p);
      o.on_failure = posdef::on_failure::nan;
      posdef::try_inv_triangular(l.view(), {&info, 1}, o);
      for (index i = 0; i < n; ++i) ASSERT_TRUE(std::isnan(std::real(l.at(i, i))));
    }
  });
}

}  // namespace conformance
