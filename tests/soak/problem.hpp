// A random batch of matrices with known results: positive definite by a dominant diagonal, except some with a known
// failing minor. The other triangle is NaN.
#ifndef POSDEF_TESTS_SOAK_PROBLEM_HPP
#define POSDEF_TESTS_SOAK_PROBLEM_HPP

#include <cmath>
#include <complex>
#include <cstdint>
#include <cstring>
#include <limits>
#include <posdef/posdef.hpp>
#include <random>
#include <vector>

#include "support/matrices.hpp"

namespace posdef::soak {

using engine = std::mt19937_64;

template <class T>
inline constexpr bool is_complex = !std::is_same_v<T, real_type<T>>;

inline std::int64_t between(engine& random, std::int64_t least, std::int64_t most) {
  return std::uniform_int_distribution<std::int64_t>(least, most)(random);
}
inline bool one_in(engine& random, std::int64_t n) { return between(random, 1, n) == 1; }

template <class T>
struct matrices {
  std::int64_t rows = 0, cols = 0, ld = 1, batch = 1;
  layout order = layout::col_major;
  std::vector<T> elements;

  matrices() = default;
  matrices(std::int64_t r, std::int64_t c, std::int64_t b, std::int64_t padding, layout o)
      : rows(r), cols(c), ld(std::max<std::int64_t>(1, o == layout::col_major ? r : c) + padding), batch(b), order(o) {
    elements.resize(static_cast<std::size_t>(stride() * b));
  }
  std::int64_t stride() const { return ld * (order == layout::col_major ? cols : rows); }
  T& operator()(std::int64_t b, std::int64_t i, std::int64_t j) {
    return elements[static_cast<std::size_t>(b * stride() + (order == layout::col_major ? i + j * ld : i * ld + j))];
  }
  const T& operator()(std::int64_t b, std::int64_t i, std::int64_t j) const {
    return const_cast<matrices&>(*this)(b, i, j);
  }
  view<T> all() {
    return view<T>(elements.data(), rows, cols, ld, order).batched(batch, std::max<std::int64_t>(1, stride()));
  }
  bool same_bytes(const matrices& o) const {
    return std::memcmp(elements.data(), o.elements.data(), elements.size() * sizeof(T)) == 0;
  }
};

template <class T>
struct problem {
  std::int64_t n, batch, nrhs;
  uplo triangle;
  matrices<T> a, b;
  std::vector<std::int64_t> info;  ///< the expected info of a factorization

  problem(engine& random, std::int64_t n_, std::int64_t batch_, uplo t, layout order, bool good)
      : n(n_), batch(batch_), nrhs(between(random, 1, 5)), triangle(t), info(static_cast<std::size_t>(batch_)) {
    a = matrices<T>(n, n, batch, between(random, 0, 3), order);
    b = matrices<T>(n, nrhs, batch, between(random, 0, 3), order);
    for (T& x : b.elements) x = test::random_number<T>(random);
    for (std::int64_t m = 0; m < batch; ++m) {
      for (std::int64_t j = 0; j < n; ++j) {
        for (std::int64_t i = j; i < n; ++i) {
          at(m, i, j) =
              i == j ? T(real_type<T>(2)) : test::random_number<T>(random) / T(static_cast<real_type<T>>(2 * n));
          if (i != j) other(m, i, j) = T(std::numeric_limits<real_type<T>>::quiet_NaN());
        }
      }
      if (!good && n > 0 && one_in(random, 2)) spoil(random, m);
    }
  }

  /// Element (i, j), i >= j, of the lower triangle of A, in either layout.
  T lower(std::int64_t m, std::int64_t i, std::int64_t j) const {
    const T x = triangle == uplo::lower ? a(m, i, j) : a(m, j, i);
    if constexpr (is_complex<T>) return triangle == uplo::lower ? x : std::conj(x);
    return x;
  }

 private:
  T& at(std::int64_t m, std::int64_t i, std::int64_t j) { return triangle == uplo::lower ? a(m, i, j) : a(m, j, i); }
  T& other(std::int64_t m, std::int64_t i, std::int64_t j) { return triangle == uplo::lower ? a(m, j, i) : a(m, i, j); }

  // A bad diagonal element fails in its own column. NaN below the diagonal fails in the pivot of its row.
  void spoil(engine& random, std::int64_t m) {
    using limits = std::numeric_limits<real_type<T>>;
    const std::int64_t k = between(random, 0, n - 1);
    info[static_cast<std::size_t>(m)] = k + 1;
    switch (between(random, 0, k > 0 ? 3 : 2)) {
      case 0: at(m, k, k) = T(-1); break;
      case 1: at(m, k, k) = T(limits::quiet_NaN()); break;
      case 2: at(m, k, k) = T(limits::infinity()); break;
      default: at(m, k, between(random, 0, k - 1)) = T(limits::quiet_NaN());
    }
  }
};

}  // namespace posdef::soak

#endif
