// Shared by the conformance tests: matrices with known spectra, access through any layout and triangle, residuals in a
// higher precision, and the description of a device under test.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "posdef/posdef.hpp"

namespace conformance {

using posdef::layout;
using posdef::real_type;
using posdef::uplo;
using index = std::int64_t;

template <class T>
inline constexpr bool complex_type = !std::is_same_v<T, real_type<T>>;

/// The next higher precision, used for residuals.
template <class T>
struct higher_of;
template <>
struct higher_of<float> {
  using type = double;
};
template <>
struct higher_of<double> {
  using type = long double;
};
template <class R>
struct higher_of<std::complex<R>> {
  using type = std::complex<typename higher_of<R>::type>;
};
template <class T>
using higher = typename higher_of<T>::type;

template <class T>
T conj(T x) {
  if constexpr (complex_type<T>)
    return std::conj(x);
  else
    return x;
}

/// LAPACK's eps: half the distance from 1 to the next number.
template <class T>
inline constexpr double eps = std::numeric_limits<real_type<T>>::epsilon() / 2.0;

/// Slow runs (emulation, instrumentation) request fewer sizes.
inline bool reduced() { return std::getenv("POSDEF_TEST_REDUCED") != nullptr; }

/// Orders that reach every edge of every kernel: each one up to `dense`, then multiples of tiles and blocks ± 1.
inline std::vector<index> orders(index dense = 300) {
  std::vector<index> all;
  if (reduced()) return {0, 1, 2, 3, 5, 8, 15, 16, 17, 31, 33, 48, 49, 65, 97, 129, 193};
  for (index n = 0; n <= dense; ++n) all.push_back(n);
  for (index n : {383, 384, 385, 511, 512, 513, 577, 769}) all.push_back(n);
  return all;
}

/// A few orders on both sides of the engines' block.
inline std::vector<index> some_orders() {
  if (reduced()) return {0, 1, 3, 7, 16, 33, 100, 130, 200};
  return {0,  1,  2,  3,  4,  5,  7,   8,   9,   13,  16,  17,  24,  31,  32,  33,  47, 48,
          49, 64, 65, 95, 96, 97, 127, 128, 129, 191, 192, 193, 255, 256, 257, 385, 500};
}

template <class T>
T random_number(std::mt19937_64& g) {
  std::normal_distribution<double> normal;
  using R = real_type<T>;
  if constexpr (complex_type<T>) {
    const double re = normal(g);
    return {static_cast<R>(re), static_cast<R>(normal(g))};
  } else {
    return static_cast<R>(normal(g));
  }
}

/// A full column-major n × n matrix.
template <class T>
struct square {
  index n = 0;
  std::vector<T> v;
  square() = default;
  explicit square(index order) : n(order), v(static_cast<std::size_t>(order * order)) {}
  T& operator()(index i, index j) { return v[static_cast<std::size_t>(i + j * n)]; }
  const T& operator()(index i, index j) const { return v[static_cast<std::size_t>(i + j * n)]; }
};

/// A = H·Λ·H with H = I − 2·w·wᴴ and eigenvalues spaced evenly in the logarithm from 1 down to 1/condition, in random
/// order. Exactly Hermitian.
template <class T>
square<T> positive_definite(index n, unsigned seed = 1, double condition = 100) {
  using H = higher<T>;
  using R = real_type<H>;
  std::mt19937_64 g(seed * 7919u + static_cast<unsigned>(n));
  std::vector<R> lambda(static_cast<std::size_t>(n));
  for (index i = 0; i < n; ++i)
    lambda[static_cast<std::size_t>(i)] =
        std::pow(static_cast<R>(condition), -static_cast<R>(i) / static_cast<R>(std::max<index>(n - 1, 1)));
  std::shuffle(lambda.begin(), lambda.end(), g);
  std::vector<H> w(static_cast<std::size_t>(n));
  R norm = 0;
  for (auto& x : w) {
    x = H(random_number<T>(g));
    norm += std::norm(x);
  }
  for (auto& x : w) x /= std::sqrt(norm > 0 ? norm : R(1));
  R weighted = 0;  // wᴴ·Λ·w
  for (index i = 0; i < n; ++i)
    weighted += lambda[static_cast<std::size_t>(i)] * std::norm(w[static_cast<std::size_t>(i)]);
  square<T> a(n);
  for (index j = 0; j < n; ++j)
    for (index i = j; i < n; ++i) {
      const R li = lambda[static_cast<std::size_t>(i)], lj = lambda[static_cast<std::size_t>(j)];
      H x = (4 * weighted - 2 * li - 2 * lj) * (w[static_cast<std::size_t>(i)] * conj(w[static_cast<std::size_t>(j)]));
      if (i == j) x = H(std::real(x) + li);
      a(i, j) = T(x);
      a(j, i) = conj(a(i, j));
    }
  return a;
}

/// The layout of a matrix in memory.
struct placing {
  uplo triangle = uplo::lower;
  layout order = layout::col_major;
  index extra = 0;  ///< ld − n

  std::string text() const {
    return std::string(triangle == uplo::lower ? "lower" : "upper") +
           (order == layout::col_major ? " col_major" : " row_major") + " ld = n + " + std::to_string(extra);
  }
};

inline const std::vector<placing>& placings() {
  static const std::vector<placing> all = {{uplo::lower, layout::col_major, 0},
                                           {uplo::upper, layout::col_major, 3},
                                           {uplo::lower, layout::row_major, 5},
                                           {uplo::upper, layout::row_major, 0}};
  return all;
}

/// A matrix in memory; elements outside its triangle are NaN and must stay unchanged.
template <class T>
struct placed {
  placing how;
  index n, ld;
  std::vector<T> memory;

  static T nan() {
    const auto x = std::numeric_limits<real_type<T>>::quiet_NaN();
    if constexpr (complex_type<T>)
      return {x, x};
    else
      return x;
  }

  placed(const square<T>& a, placing p) : how(p), n(a.n), ld(std::max<index>(1, a.n + p.extra)) {
    memory.assign(static_cast<std::size_t>(ld * std::max<index>(n, 1)), nan());
    for (index j = 0; j < n; ++j)
      for (index i = 0; i < n; ++i)
        if (in_triangle(i, j)) at(i, j) = a(i, j);
  }
  bool in_triangle(index i, index j) const { return how.triangle == uplo::lower ? i >= j : i <= j; }
  std::size_t where(index i, index j) const {
    return static_cast<std::size_t>(how.order == layout::col_major ? i + j * ld : i * ld + j);
  }
  T& at(index i, index j) { return memory[where(i, j)]; }
  const T& at(index i, index j) const { return memory[where(i, j)]; }
  posdef::view<T> view() { return {memory.data(), n, n, ld, how.order}; }
  /// Element (i, j) of the lower factor, whichever triangle holds it.
  T lower(index i, index j) const {
    if (j > i) return T(0);
    return how.triangle == uplo::lower ? at(i, j) : conj(at(j, i));
  }
  /// Whether every element outside the triangle is still NaN.
  bool rest_untouched() const {
    std::vector<bool> mine(memory.size(), false);
    for (index j = 0; j < n; ++j)
      for (index i = 0; i < n; ++i)
        if (in_triangle(i, j)) mine[where(i, j)] = true;
    for (std::size_t k = 0; k < memory.size(); ++k)
      if (!mine[k] && !std::isnan(std::real(memory[k]))) return false;
    return true;
  }
};

/// Whether b, starting at element `from`, has the same bits as a.
template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b, std::size_t from = 0) {
  return a.empty() || std::memcmp(a.data(), b.data() + from, a.size() * sizeof(T)) == 0;
}

template <class T>
double norm1(const square<T>& a) {
  double most = 0;
  for (index j = 0; j < a.n; ++j) {
    double sum = 0;
    for (index i = 0; i < a.n; ++i) sum += std::abs(a(i, j));
    most = std::max(most, sum);
  }
  return most;
}

/// max |(A − L·Lᴴ)·x| / (n·‖A‖₁·eps) over a few vectors of ±1: n² work, in the higher precision. `l(i, j)` is the
/// factor. LAPACK's ratio is an upper bound; a wrong element changes a component of some vector.
template <class T, class L>
double factor_ratio(const square<T>& a, const L& l) {
  using H = higher<T>;
  if (a.n == 0) return 0;
  std::mt19937_64 g(99);
  double most = 0;
  for (int probe = 0; probe < 3; ++probe) {
    std::vector<H> x(static_cast<std::size_t>(a.n)), y(x.size(), H(0)), r(x.size(), H(0));
    for (auto& e : x) e = H((g() & 1u) != 0 ? 1 : -1);
    for (index j = 0; j < a.n; ++j)
      for (index i = j; i < a.n; ++i)
        y[static_cast<std::size_t>(j)] += conj(H(l(i, j))) * x[static_cast<std::size_t>(i)];
    for (index j = 0; j < a.n; ++j)
      for (index i = 0; i < a.n; ++i) {
        r[static_cast<std::size_t>(i)] += H(a(i, j)) * x[static_cast<std::size_t>(j)];
        if (i >= j) r[static_cast<std::size_t>(i)] -= H(l(i, j)) * y[static_cast<std::size_t>(j)];
      }
    for (const auto& e : r) {
      const double size = static_cast<double>(std::abs(e));
      most = std::isnan(size) ? size : std::max(most, size);
    }
  }
  return most / (static_cast<double>(a.n) * norm1(a) * eps<T>);
}

/// The results of every operation on one matrix or a batch of copies, concatenated.
template <class T>
std::vector<T> everything(const square<T>& a, index count, const posdef::options& o) {
  const index n = a.n, nrhs = 3;
  std::vector<T> l, b(static_cast<std::size_t>(n * nrhs * count)), all;
  for (index i = 0; i < count; ++i) l.insert(l.end(), a.v.begin(), a.v.end());
  for (index i = 0; i < count; ++i)
    for (index k = 0; k < n * nrhs; ++k)
      b[static_cast<std::size_t>(i * n * nrhs + k)] = T(static_cast<real_type<T>>(k % 7 + 1));
  const auto v = posdef::col_major(l.data(), n).batched(count);
  posdef::cholesky(v, o);
  auto inverse = l, triangle = l;
  posdef::cholesky_solve(v, posdef::view<T>(b.data(), n, nrhs).batched(count), o);
  posdef::cholesky_inverse(posdef::col_major(inverse.data(), n).batched(count), o);
  posdef::inv_triangular(posdef::col_major(triangle.data(), n).batched(count), o);
  std::vector<real_type<T>> det(static_cast<std::size_t>(count));
  posdef::cholesky_logdet(v, std::span(det), o);
  // Matrix by matrix, so that a batch of copies repeats the single result.
  for (index i = 0; i < count; ++i) {
    const auto add = [&](const std::vector<T>& from, index size) {
      all.insert(all.end(), from.begin() + i * size, from.begin() + (i + 1) * size);
    };
    add(l, n * n);
    add(inverse, n * n);
    add(triangle, n * n);
    add(b, n * nrhs);
    all.push_back(T(det[static_cast<std::size_t>(i)]));
  }
  return all;
}

/// A device under test.
struct tested {
  std::string name;
  posdef::device device;
  bool slow = false;    ///< textbook loops: fewer and smaller matrices
  bool driver = false;  ///< has a driver, which may allocate at any time and does not work in a forked child
};
inline void PrintTo(const tested& t, std::ostream* to) { *to << t.name; }

/// The devices under test, defined by each program: devices.cpp, example_device.cpp.
const std::vector<tested>& devices();

/// A test suite that runs for every device.
class OnDevice : public testing::TestWithParam<tested> {
 protected:
  posdef::device device() const { return GetParam().device; }
  posdef::options options(placing p = {}) const {
    posdef::options o;
    o.uplo = p.triangle;
    o.device = device();
    return o;
  }
  bool slow() const { return GetParam().slow; }
  bool has_driver() const { return GetParam().driver; }
};

inline std::string device_name(const testing::TestParamInfo<tested>& i) {
  std::string s = i.param.name;
  for (char& c : s)
    if (c == ':') c = '_';
  return s;
}

#define CONFORMANCE_SUITE(name) \
  INSTANTIATE_TEST_SUITE_P(Devices, name, testing::ValuesIn(conformance::devices()), conformance::device_name)

/// Runs f.template operator()<T>() for the four types.
template <class F>
void for_each_type(const F& f) {
  {
    SCOPED_TRACE("float");
    f.template operator()<float>();
  }
  {
    SCOPED_TRACE("double");
    f.template operator()<double>();
  }
  {
    SCOPED_TRACE("complex<float>");
    f.template operator()<std::complex<float>>();
  }
  {
    SCOPED_TRACE("complex<double>");
    f.template operator()<std::complex<double>>();
  }
}

}  // namespace conformance
