#include "low_rank.hpp"

#include <algorithm>
#include <complex>
#include <vector>

#include "generate/random.hpp"
#include "numeric/parallel.hpp"

namespace posdef::bench {
namespace {

constexpr std::int64_t rank = 8, tile = 128;

// Rows of W, contiguous.
template <class W>
struct factor_rows {
  std::vector<W> all;

  explicit factor_rows(std::int64_t n) : all(static_cast<std::size_t>(n * rank)) {
    tools::random_source random(11);
    for (W& e : all) e = random.standard<W>();
  }
  W product(std::int64_t i, std::int64_t j) const {  // (W·Wᴴ/r)(i, j)
    const W *const p = all.data() + i * rank, *const q = all.data() + j * rank;
    W sum = 0;
    for (std::int64_t k = 0; k < rank; ++k) sum += p[k] * tools::conjugate(q[k]);
    return sum / static_cast<double>(rank);
  }
};

// The tile (rows, cols) of A, on or below the diagonal, and its mirror image.
template <scalar T, class W>
void write_tile(T* a, std::int64_t n, std::int64_t rows, std::int64_t cols, const factor_rows<W>& w) {
  const std::int64_t row_end = std::min(rows + tile, n), col_end = std::min(cols + tile, n);
  for (std::int64_t j = cols; j < col_end; ++j) {
    for (std::int64_t i = std::max(rows, j); i < row_end; ++i) {
      const W e = w.product(i, j);
      const auto x = static_cast<T>(i == j ? W(1 + std::real(e)) : e);
      a[i + j * n] = x;
      a[j + i * n] = tools::conjugate(x);
    }
  }
}

}  // namespace

template <scalar T>
void write_low_rank(T* a, std::int64_t n, int threads) {
  using W = std::conditional_t<tools::is_complex<T>, std::complex<double>, double>;
  const factor_rows<W> w(n);
  const std::int64_t tiles = (n + tile - 1) / tile;
  tools::parallel_for(tiles, threads, [&](std::int64_t column, int) {
    for (std::int64_t row = column; row < tiles; ++row) write_tile(a, n, row * tile, column * tile, w);
  });
}

template void write_low_rank(float*, std::int64_t, int);
template void write_low_rank(double*, std::int64_t, int);
template void write_low_rank(std::complex<float>*, std::int64_t, int);
template void write_low_rank(std::complex<double>*, std::int64_t, int);

}  // namespace posdef::bench
