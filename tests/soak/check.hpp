// Checks of results: residuals by textbook loops in double precision, in O(n²) with a random vector.
#ifndef POSDEF_TESTS_SOAK_CHECK_HPP
#define POSDEF_TESTS_SOAK_CHECK_HPP

#include <stdexcept>
#include <string>

#include "problem.hpp"

namespace posdef::soak {

/// A wrong result.
struct wrong : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void require(bool good, const std::string& what) {
  if (!good) throw wrong(what);
}

using wide = std::complex<double>;

/// Element (i, j), i >= j, of a triangle, read as a lower triangle: U = Lᴴ.
template <class T>
wide lower(const matrices<T>& m, uplo triangle, std::int64_t which, std::int64_t i, std::int64_t j) {
  return triangle == uplo::lower ? wide(m(which, i, j)) : std::conj(wide(m(which, j, i)));
}

/// Element (i, j) of the Hermitian matrix of that triangle.
template <class T>
wide hermitian(const matrices<T>& m, uplo triangle, std::int64_t which, std::int64_t i, std::int64_t j) {
  return i >= j ? lower(m, triangle, which, i, j) : std::conj(lower(m, triangle, which, j, i));
}

using vector = std::vector<wide>;

template <class Element>
vector times(std::int64_t n, const vector& x, const Element& element) {
  vector y(x.size());
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j)
      y[static_cast<std::size_t>(i)] += element(i, j) * x[static_cast<std::size_t>(j)];
  }
  return y;
}

inline vector random_vector(engine& random, std::int64_t n) {
  vector x(static_cast<std::size_t>(n));
  for (wide& e : x) e = test::random_number<double>(random);
  return x;
}

/// The matrices here have condition numbers of about 3 and norms of about 3.
template <class T>
void require_near(const vector& x, const vector& y, const char* what) {
  const double bound =
      60.0 * static_cast<double>(x.size() + 10) * static_cast<double>(std::numeric_limits<real_type<T>>::epsilon());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double error = std::abs(x[i] - y[i]);
    require(error <= bound, std::string(what) + ": error " + std::to_string(error) + " in row " + std::to_string(i));
  }
}

/// Checks L·(Lᴴ·x) = A·x, and that everything outside the triangle is unchanged.
template <class T>
void check_factor(engine& random, const problem<T>& p, const matrices<T>& l) {
  for (std::int64_t m = 0; m < p.batch; ++m) {
    for (std::int64_t i = 0; i < p.n; ++i) {
      for (std::int64_t j = i + 1; j < p.n; ++j) {
        const T& other = p.triangle == uplo::lower ? l(m, i, j) : l(m, j, i);
        require(std::isnan(std::real(other)), "cholesky: the other triangle was written");
      }
    }
    if (p.info[static_cast<std::size_t>(m)] != 0) continue;
    const vector x = random_vector(random, p.n);
    const auto ax = times(p.n, x, [&](auto i, auto j) { return hermitian(p.a, p.triangle, m, i, j); });
    const auto lhx =
        times(p.n, x, [&](auto i, auto j) { return j >= i ? std::conj(lower(l, p.triangle, m, j, i)) : 0; });
    const auto llhx = times(p.n, lhx, [&](auto i, auto j) { return i >= j ? lower(l, p.triangle, m, i, j) : 0; });
    require_near<T>(llhx, ax, "cholesky");
  }
}

/// Checks A·X = B.
template <class T>
void check_solve(const problem<T>& p, const matrices<T>& x) {
  for (std::int64_t m = 0; m < p.batch; ++m) {
    for (std::int64_t c = 0; c < p.nrhs; ++c) {
      vector column(static_cast<std::size_t>(p.n)), b(column.size());
      for (std::int64_t i = 0; i < p.n; ++i) {
        column[static_cast<std::size_t>(i)] = x(m, i, c);
        b[static_cast<std::size_t>(i)] = p.b(m, i, c);
      }
      require_near<T>(times(p.n, column, [&](auto i, auto j) { return hermitian(p.a, p.triangle, m, i, j); }), b,
                      "cholesky_solve");
    }
  }
}

/// Checks A·(A⁻¹·v) = v.
template <class T>
void check_inverse(engine& random, const problem<T>& p, const matrices<T>& inverse) {
  for (std::int64_t m = 0; m < p.batch; ++m) {
    const vector v = random_vector(random, p.n);
    const auto w = times(p.n, v, [&](auto i, auto j) { return hermitian(inverse, p.triangle, m, i, j); });
    require_near<T>(times(p.n, w, [&](auto i, auto j) { return hermitian(p.a, p.triangle, m, i, j); }), v,
                    "cholesky_inverse");
  }
}

/// 2·Σ log L(i,i), about n·log 2.
template <class T>
void check_cholesky_logdet(const problem<T>& p, const matrices<T>& l, const std::vector<real_type<T>>& value) {
  for (std::int64_t m = 0; m < p.batch; ++m) {
    double sum = 0;
    for (std::int64_t i = 0; i < p.n; ++i) sum += 2 * std::log(std::real(lower(l, p.triangle, m, i, i)));
    const double bound = 10 * static_cast<double>(p.n + 1) * double{std::numeric_limits<real_type<T>>::epsilon()};
    require(std::abs(sum - double{value[static_cast<std::size_t>(m)]}) <= bound, "cholesky_logdet");
  }
}

}  // namespace posdef::soak

#endif
