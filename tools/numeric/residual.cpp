#include "numeric/residual.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "numeric/product.hpp"
#include "numeric/scaled_matrix.hpp"

namespace posdef::tools {
namespace {

// The power of two that scales the largest element of D⁻¹·x, for a column x, to about one.
template <class T>
double column_scale(const strided<T>& x, std::int64_t n, std::int64_t j, const std::vector<double>& inverse_scale) {
  constexpr int most = 1000;
  int exponent = std::numeric_limits<int>::min();
  for (std::int64_t i = 0; i < n; ++i) {
    const double size = std::abs(x(i, j));
    if (size > 0 && std::isfinite(size))
      exponent = std::max(exponent, std::ilogb(size) + std::ilogb(inverse_scale[static_cast<std::size_t>(i)]));
  }
  return exponent == std::numeric_limits<int>::min() ? 1 : std::ldexp(1.0, std::clamp(-exponent, -most, most));
}

}  // namespace

double worst_ratio(const std::vector<double>& ratios, std::span<const std::int64_t> info) {
  const auto failed = [](std::int64_t k) { return k != 0; };
  if (!ratios.empty() && info.size() == ratios.size() && std::all_of(info.begin(), info.end(), failed)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return largest(ratios);
}

template <scalar T>
std::vector<double> factor_residuals(view<const T> a, view<const T> l, uplo which, std::span<const std::int64_t> info,
                                     int threads) {
  const std::int64_t n = a.rows;
  if (n == 0) return std::vector<double>(info.size());
  return over_batch(a.batch, n, info, threads, [&](std::int64_t b, int inner) {
    const scales s(element_of(a, b), n);
    const hermitian_of<T> original{{element_of(a, b), which}, s.d.data()};
    const lower_of<T> factor{element_of(l, b), which};
    const auto row = [&](std::int64_t i, std::int64_t k) {
      return k <= i ? factor(i, k) * s.d[static_cast<std::size_t>(i)] : wide<T>(0);
    };
    column_sums sums(n, inner);
    for_each_product_block<wide<T>>(n, n, n, product_part::lower, true, inner, row, row,
                                    [&](const product_view& block, int worker) {
                                      for (std::int64_t j = block.j0; j < block.j1; ++j) {
                                        for (std::int64_t i = std::max(block.i0, j); i < block.i1; ++i) {
                                          const double magnitude = std::abs(original(i, j) - block.at<wide<T>>(i, j));
                                          sums.add(worker, j, magnitude);
                                          if (i != j) sums.add(worker, i, magnitude);
                                        }
                                      }
                                    });
    return largest(sums.total()) / (static_cast<double>(n) * norm1(original, n) * epsilon<T>());
  });
}

template <scalar T>
std::vector<double> solve_residuals(view<const T> a, view<const T> x, view<const T> b, uplo which,
                                    std::span<const std::int64_t> info, int threads) {
  const std::int64_t n = a.rows;
  if (n == 0 || x.cols == 0) return std::vector<double>(info.size());
  return over_batch(a.batch, n, info, threads, [&](std::int64_t m, int inner) {
    const scales s(element_of(a, m), n);
    const hermitian_of<T> matrix{{element_of(a, m), which}, s.d.data()};
    const strided<T> stored = element_of(x, m), right = element_of(b, b.batch == 1 ? 0 : m);
    std::vector<double> column(static_cast<std::size_t>(x.cols));
    for (std::int64_t j = 0; j < x.cols; ++j)
      column[static_cast<std::size_t>(j)] = column_scale(stored, n, j, s.inverse);
    const auto solution = [&](std::int64_t i, std::int64_t j) {
      return stored(i, j) * column[static_cast<std::size_t>(j)] * s.inverse[static_cast<std::size_t>(i)];
    };
    const auto wanted = [&](std::int64_t i, std::int64_t j) {
      return right(i, j) * column[static_cast<std::size_t>(j)] * s.d[static_cast<std::size_t>(i)];
    };
    column_sums errors(x.cols, inner);
    column_sums sizes(x.cols, inner);
    for_each_product_block<wide<T>>(
        n, x.cols, n, product_part::all, false, inner, matrix,
        [&](std::int64_t j, std::int64_t k) { return conjugate(solution(k, j)); },
        [&](const product_view& block, int worker) {
          for (std::int64_t j = block.j0; j < block.j1; ++j) {
            for (std::int64_t i = block.i0; i < block.i1; ++i) {
              errors.add(worker, j, std::abs(wanted(i, j) - block.at<wide<T>>(i, j)));
              sizes.add(worker, j, std::abs(solution(i, j)));
            }
          }
        });
    const double scale = norm1(matrix, n) * epsilon<T>();
    std::vector<double> ratios = errors.total();
    const std::vector<double> size = sizes.total();
    for (std::size_t j = 0; j < ratios.size(); ++j) ratios[j] = ratios[j] == 0 ? 0 : ratios[j] / (scale * size[j]);
    return largest(ratios);
  });
}

template <scalar T>
std::vector<double> inverse_residuals(view<const T> a, view<const T> inverse, uplo which,
                                      std::span<const std::int64_t> info, int threads) {
  const std::int64_t n = a.rows;
  if (n == 0) return std::vector<double>(info.size());
  return over_batch(a.batch, n, info, threads, [&](std::int64_t m, int inner) {
    const scales s(element_of(a, m), n);
    const hermitian_of<T> matrix{{element_of(a, m), which}, s.d.data()};
    const hermitian_of<T> inverted{{element_of(inverse, m), which},
                                   s.inverse.data()};  // Hermitian, so A·A⁻¹ = A·(A⁻¹)ᴴ
    column_sums sums(n, inner);
    for_each_product_block<wide<T>>(
        n, n, n, product_part::all, false, inner, matrix, inverted, [&](const product_view& block, int worker) {
          for (std::int64_t j = block.j0; j < block.j1; ++j) {
            for (std::int64_t i = block.i0; i < block.i1; ++i) {
              sums.add(worker, j, std::abs(wide<T>(i == j ? 1 : 0) - block.at<wide<T>>(i, j)));
            }
          }
        });
    const double scale = norm1(matrix, n) * norm1(inverted, n);
    return largest(sums.total()) / (static_cast<double>(n) * scale * epsilon<T>());
  });
}

#define POSDEF_INSTANTIATE(T)                                                                                          \
  template std::vector<double> factor_residuals<T>(view<const T>, view<const T>, uplo, std::span<const std::int64_t>,  \
                                                   int);                                                               \
  template std::vector<double> solve_residuals<T>(view<const T>, view<const T>, view<const T>, uplo,                   \
                                                  std::span<const std::int64_t>, int);                                 \
  template std::vector<double> inverse_residuals<T>(view<const T>, view<const T>, uplo, std::span<const std::int64_t>, \
                                                    int);
POSDEF_INSTANTIATE(float)
POSDEF_INSTANTIATE(double)
POSDEF_INSTANTIATE(std::complex<float>)
POSDEF_INSTANTIATE(std::complex<double>)
#undef POSDEF_INSTANTIATE

}  // namespace posdef::tools
