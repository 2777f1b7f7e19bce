#include "numeric/probes.hpp"

#include <array>

#include "generate/random.hpp"
#include "numeric/scaled_matrix.hpp"

namespace posdef::tools {
namespace {

// Element i of all four vectors is one array.
template <class W>
using probes = std::vector<std::array<W, probe_count>>;

constexpr double mean_square = 7.0 / 3;  // of a number that is uniform between 1 and 2

template <class W>
probes<W> random_probes(std::int64_t n) {
  random_source random(20260101);
  probes<W> x(static_cast<std::size_t>(n));
  for (auto& row : x)
    for (W& value : row) value = random.uniform(1, 2) * (random.uniform() < 0.5 ? -1 : 1);
  return x;
}

// Sums add(i, j, y) over the lower triangle, tile by tile. A fixed number of partial sums makes the result independent
// of the number of threads.
template <class W, class Add>
probes<W> sum_over_triangle(std::int64_t n, int threads, const Add& add) {
  constexpr std::int64_t tile = 64, parts = 8;
  const std::int64_t tiles = (n + tile - 1) / tile, used = std::min(parts, tiles);
  std::vector<probes<W>> partial(static_cast<std::size_t>(used), probes<W>(static_cast<std::size_t>(n)));
  parallel_for(used, threads, [&](std::int64_t part, int) {
    probes<W>& y = partial[static_cast<std::size_t>(part)];
    for (std::int64_t i0 = part * tile; i0 < n; i0 += used * tile)
      for (std::int64_t j0 = 0; j0 <= i0; j0 += tile)
        for (std::int64_t j = j0; j < std::min(n, j0 + tile); ++j)
          for (std::int64_t i = std::max(i0, j); i < std::min(n, i0 + tile); ++i) add(i, j, y);
  });
  probes<W> total = std::move(partial.front());
  for (std::size_t part = 1; part < partial.size(); ++part)
    for (std::size_t i = 0; i < total.size(); ++i)
      for (std::size_t p = 0; p < probe_count; ++p) total[i][p] += partial[part][i][p];
  return total;
}

template <class W>
void add_product(std::array<W, probe_count>& y, W factor, const std::array<W, probe_count>& x) {
  for (std::size_t p = 0; p < probe_count; ++p) y[p] += factor * x[p];
}

template <class W, class Matrix>
probes<W> hermitian_times(const Matrix& a, const probes<W>& x, int threads) {
  return sum_over_triangle<W>(static_cast<std::int64_t>(x.size()), threads,
                              [&](std::int64_t i, std::int64_t j, probes<W>& y) {
                                const auto r = static_cast<std::size_t>(i), c = static_cast<std::size_t>(j);
                                const W value = a(i, j);
                                add_product(y[r], value, x[c]);
                                if (r != c) add_product(y[c], conjugate(value), x[r]);
                              });
}

// L·(Lᴴ·x)
template <class W, class Factor>
probes<W> product_times(const Factor& l, const probes<W>& x, int threads) {
  const auto n = static_cast<std::int64_t>(x.size());
  const probes<W> half = sum_over_triangle<W>(n, threads, [&](std::int64_t i, std::int64_t j, probes<W>& y) {
    add_product(y[static_cast<std::size_t>(j)], conjugate(l(i, j)), x[static_cast<std::size_t>(i)]);
  });
  return sum_over_triangle<W>(n, threads, [&](std::int64_t i, std::int64_t j, probes<W>& y) {
    add_product(y[static_cast<std::size_t>(i)], l(i, j), half[static_cast<std::size_t>(j)]);
  });
}

// The estimate of ‖E‖_F from E·x = p − q.
template <class W>
double estimated_norm(const probes<W>& p, const probes<W>& q) {
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i)
    for (std::size_t k = 0; k < probe_count; ++k) sum += std::norm(p[i][k] - q[i][k]);
  return std::sqrt(sum / (probe_count * mean_square));
}

// ratio(b, scales of matrix b, probes, threads) for every matrix with info 0.
template <scalar T, class Ratio>
std::vector<double> over_probes(view<const T> a, std::span<const std::int64_t> info, int threads, const Ratio& ratio) {
  if (a.rows == 0) return std::vector<double>(info.size());
  const probes<wide<T>> x = random_probes<wide<T>>(a.rows);
  return over_batch(a.batch, a.rows, info, threads,
                    [&](std::int64_t b, int inner) { return ratio(b, scales(element_of(a, b), a.rows), x, inner); });
}

}  // namespace

template <scalar T>
std::vector<double> probed_factor_residuals(view<const T> a, view<const T> l, uplo which,
                                            std::span<const std::int64_t> info, int threads) {
  const auto ratio = [&](std::int64_t b, const scales& s, const probes<wide<T>>& x, int inner) {
    const hermitian_of<T> original{{element_of(a, b), which}, s.d.data()};
    const lower_of<T> stored{element_of(l, b), which};
    const auto factor = [&](std::int64_t i, std::int64_t j) { return stored(i, j) * s.d[static_cast<std::size_t>(i)]; };
    const double error = estimated_norm(hermitian_times(original, x, inner), product_times(factor, x, inner));
    return error / (static_cast<double>(a.rows) * norm1(original, a.rows) * epsilon<T>());
  };
  return over_probes(a, info, threads, ratio);
}

template <scalar T>
std::vector<double> probed_inverse_residuals(view<const T> a, view<const T> inverse, uplo which,
                                             std::span<const std::int64_t> info, int threads) {
  const auto ratio = [&](std::int64_t b, const scales& s, const probes<wide<T>>& x, int inner) {
    const hermitian_of<T> matrix{{element_of(a, b), which}, s.d.data()};
    const hermitian_of<T> inverted{{element_of(inverse, b), which}, s.inverse.data()};
    const double error = estimated_norm(x, hermitian_times(matrix, hermitian_times(inverted, x, inner), inner));
    return error / (static_cast<double>(a.rows) * norm1(matrix, a.rows) * norm1(inverted, a.rows) * epsilon<T>());
  };
  return over_probes(a, info, threads, ratio);
}

#define POSDEF_INSTANTIATE(T)                                                                  \
  template std::vector<double> probed_factor_residuals<T>(view<const T>, view<const T>, uplo,  \
                                                          std::span<const std::int64_t>, int); \
  template std::vector<double> probed_inverse_residuals<T>(view<const T>, view<const T>, uplo, \
                                                           std::span<const std::int64_t>, int);
POSDEF_INSTANTIATE(float)
POSDEF_INSTANTIATE(double)
POSDEF_INSTANTIATE(std::complex<float>)
POSDEF_INSTANTIATE(std::complex<double>)
#undef POSDEF_INSTANTIATE

}  // namespace posdef::tools
