// Matrices for the checks of results: double precision, both triangles from the stored one, the diagonal scaled to one
// by powers of two. Also norms of such matrices.
#ifndef POSDEF_TOOLS_NUMERIC_SCALED_MATRIX_HPP
#define POSDEF_TOOLS_NUMERIC_SCALED_MATRIX_HPP

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <posdef/types.hpp>
#include <span>
#include <type_traits>
#include <vector>

#include "io/matrices.hpp"
#include "numeric/parallel.hpp"

namespace posdef::tools {

/// D(i, i) for the diagonal element a: a power of two; 1 unless a is positive and finite.
inline double diagonal_scale(double a) {
  if (!(a > 0 && std::isfinite(a))) return 1;
  return std::ldexp(1.0, static_cast<int>(-std::lround(std::log2(a) / 2)));
}

template <class T>
using wide = std::conditional_t<is_complex<T>, std::complex<double>, double>;

// One matrix of a view, with strides.
template <class T>
struct strided {
  const T* first;
  std::int64_t row_step, col_step;
  wide<T> operator()(std::int64_t i, std::int64_t j) const { return wide<T>(first[i * row_step + j * col_step]); }
};

template <class T>
strided<T> element_of(const view<const T>& v, std::int64_t b) {
  const bool by_column = v.order == layout::col_major;
  return {v.data + b * v.stride, by_column ? 1 : v.ld, by_column ? v.ld : 1};
}

// A triangle as a lower one: an upper triangle U stands for its conjugate transpose.
template <class T>
struct lower_of {
  strided<T> stored;
  uplo which;
  wide<T> operator()(std::int64_t i, std::int64_t j) const {
    return which == uplo::lower ? stored(i, j) : conjugate(stored(j, i));
  }
};

// The Hermitian matrix given by one triangle, rows and columns multiplied by `scale`; imaginary parts of the diagonal
// are ignored.
template <class T>
struct hermitian_of {
  lower_of<T> lower;
  const double* scale;
  wide<T> operator()(std::int64_t i, std::int64_t j) const {
    if (i == j) return wide<T>(std::real(lower(i, i)) * scale[i] * scale[i]);
    return (i > j ? lower(i, j) : conjugate(lower(j, i))) * scale[i] * scale[j];
  }
};

// The diagonals of D and of its inverse.
struct scales {
  template <class T>
  scales(const strided<T>& a, std::int64_t n) : d(static_cast<std::size_t>(n)), inverse(d.size()) {
    for (std::int64_t i = 0; i < n; ++i) {
      const auto k = static_cast<std::size_t>(i);
      d[k] = diagonal_scale(std::real(a(i, i)));
      inverse[k] = 1 / d[k];
    }
  }
  std::vector<double> d, inverse;
};

// Sums |element| by columns, one row of sums per worker; the 1-norm is the largest total.
class column_sums {
 public:
  column_sums(std::int64_t cols, int workers)
      : cols_(static_cast<std::size_t>(cols)), sums_(cols_ * static_cast<std::size_t>(workers)) {}
  void add(int worker, std::int64_t j, double magnitude) {
    sums_[static_cast<std::size_t>(worker) * cols_ + static_cast<std::size_t>(j)] += magnitude;
  }
  std::vector<double> total() const {
    std::vector<double> out(cols_);
    for (std::size_t e = 0; e < sums_.size(); ++e) out[e % cols_] += sums_[e];
    return out;
  }

 private:
  std::size_t cols_;
  std::vector<double> sums_;
};

// The largest, or NaN if any is NaN.
inline double largest(const std::vector<double>& values) {
  double most = 0;
  for (const double x : values) {
    if (!(x <= most)) most = x;
    if (std::isnan(most)) break;
  }
  return most;
}

template <class T>
double norm1(const hermitian_of<T>& a, std::int64_t n) {
  constexpr std::int64_t tile = 64;  // good locality for both storage orders
  column_sums sums(n, 1);
  for (std::int64_t j0 = 0; j0 < n; j0 += tile) {
    for (std::int64_t i0 = j0; i0 < n; i0 += tile) {
      for (std::int64_t j = j0; j < std::min(n, j0 + tile); ++j) {
        for (std::int64_t i = std::max(i0, j); i < std::min(n, i0 + tile); ++i) {
          const double magnitude = std::abs(a(i, j));
          sums.add(0, j, magnitude);
          if (i != j) sums.add(0, i, magnitude);
        }
      }
    }
  }
  return largest(sums.total());
}

/// Half the spacing of numbers at 1.
template <class T>
double epsilon() {
  return static_cast<double>(std::numeric_limits<real_type<T>>::epsilon()) / 2;
}

// ratio(b, threads) for every matrix with info 0: small ones in parallel, large ones one after another.
template <class Ratio>
std::vector<double> over_batch(std::int64_t batch, std::int64_t n, std::span<const std::int64_t> info, int threads,
                               const Ratio& ratio) {
  constexpr std::int64_t side_by_side = 192;
  const bool small = n <= side_by_side;
  std::vector<double> ratios(static_cast<std::size_t>(batch));
  const auto one = [&](std::int64_t b, int) {
    const auto k = static_cast<std::size_t>(b);
    if (k >= info.size() || info[k] == 0) ratios[k] = ratio(b, small ? 1 : threads);
  };
  parallel_for(batch, small ? threads : 1, one);
  return ratios;
}

}  // namespace posdef::tools

#endif
