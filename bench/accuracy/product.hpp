// Tiles of P·Qᴴ beyond double precision: sums of products with all rounding errors added separately.
//
//     s, e ← s + p·q, the errors of the product and of the sum           (error-free transformations)
//     t ← t + e + p_hi·q_lo + p_lo·q_hi                                  (in double precision)
//
// and s + t is the result, as accurate as if computed with twice the digits of a double and rounded: the error is below
// n²·2^-106·Σ|p·q|. Source: Ogita, Rump & Oishi, Accurate sum and dot product, SIAM J. Sci. Comput. 26 (2005), Dot2.
#ifndef POSDEF_BENCH_ACCURACY_PRODUCT_HPP
#define POSDEF_BENCH_ACCURACY_PRODUCT_HPP

#include <cstdint>

#include "accuracy/double_double.hpp"
#include "io/memory.hpp"

namespace posdef::bench {

/// How the elements of a product are represented and summed.
enum class precision {
  plain,     ///< doubles, summed in double precision: enough for the residual of a float type
  doubled,   ///< doubles, summed as described above
  extended,  ///< double-doubles, summed as described above
};

/// A matrix, rows × depth, in strips of 8 rows. One plane of real numbers, or two: real and imaginary parts. Rows are
/// padded with zeros.
class strips {
 public:
  static constexpr std::int64_t height = 8;

  strips(std::int64_t rows, std::int64_t depth, bool is_complex, precision p);

  std::int64_t rows() const { return rows_; }
  std::int64_t depth() const { return depth_; }
  int planes() const { return planes_; }
  precision kind() const { return precision_; }
  /// The strip that holds this row: 8 numbers of each plane for each k.
  const double* hi(std::int64_t row) const { return hi_.data() + row / height * height * depth_ * planes_; }
  /// Without low parts the same as hi.
  const double* lo(std::int64_t row) const {
    return precision_ == precision::extended ? lo_.data() + (hi(row) - hi_.data()) : hi(row);
  }

  complex_double_double get(std::int64_t i, std::int64_t k) const;
  /// Keeps the low parts only if extended.
  void set(std::int64_t i, std::int64_t k, complex_double_double value);

 private:
  std::int64_t place(std::int64_t i, std::int64_t k) const {
    return (i / height * depth_ + k) * planes_ * height + i % height;
  }

  std::int64_t rows_, depth_;
  int planes_;
  precision precision_;
  tools::buffer<double> hi_, lo_;
};

/// Columns of a tile: they divide the height of a strip.
constexpr std::int64_t tile_columns = 4;

/// A tile of the product, element (i, j) at [j][i].
struct product_tile {
  alignas(64) double hi[2][tile_columns][strips::height];
  alignas(64) double lo[2][tile_columns][strips::height];

  complex_double_double at(std::int64_t i, std::int64_t j) const {
    return {double_double::sum(hi[0][j][i], lo[0][j][i]), double_double::sum(hi[1][j][i], lo[1][j][i])};
  }
};

/// Rows [i, i + 8) of P times rows [j, j + 4) of Q, conjugated, over k in [0, depth). i is a multiple of 8, j of 4. P
/// and Q have the same number of planes and the same precision. For one plane the imaginary parts are zero.
void multiply(const strips& p, std::int64_t i, const strips& q, std::int64_t j, std::int64_t depth, product_tile& out);

}  // namespace posdef::bench

#endif
