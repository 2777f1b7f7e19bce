// A well-conditioned matrix (a known spectrum, condition number 10) with NaN or an infinity at (row, col) and (col,
// row).
//
// A factorization must report it at column max(row, col): the value affects only row max(row, col) of the factor and so
// that row's pivot; no earlier pivot depends on it. So info = max(row, col).
#include <algorithm>
#include <cmath>

#include "generate/generate.hpp"

namespace posdef::tools {

matrices<double> generate_planted(const planted_options& o) {
  require(o.n >= 1 && o.row >= 1 && o.row <= o.n && o.col >= 1 && o.col <= o.n, "row and col from 1 to n");
  require(!std::isfinite(o.value), "a value that is nan or inf");
  spectrum_options healthy;
  healthy.n = o.n;
  healthy.condition = 10;
  healthy.seed = o.seed;
  matrices<double> a = generate_spectrum<double>(healthy);
  a(0, o.row - 1, o.col - 1) = a(0, o.col - 1, o.row - 1) = o.value;
  return a;
}

}  // namespace posdef::tools
