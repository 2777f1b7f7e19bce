#include "accuracy/exact_factor.hpp"

#include <algorithm>

namespace posdef::bench {
namespace {

// Subtracts from columns [first, last) the product of the columns before them.
void update(strips& l, std::int64_t first, std::int64_t last) {
  product_tile tile;
  for (std::int64_t i = first / strips::height * strips::height; i < l.rows(); i += strips::height) {
    multiply(l, i, l, first, first, tile);
    for (std::int64_t j = first; j < last; ++j) {
      for (std::int64_t row = std::max(i, j); row < std::min(i + strips::height, l.rows()); ++row) {
        l.set(row, j, l.get(row, j) - tile.at(row - i, j - first));
      }
    }
  }
}

// Divides column j by the root of its pivot, then subtracts its product from the columns before `last`. Returns whether
// the pivot is positive.
bool finish_column(strips& l, std::int64_t j, std::int64_t last) {
  const double_double pivot = l.get(j, j).re;
  if (!(pivot.hi > 0 && std::isfinite(pivot.hi))) return false;
  const double_double root = sqrt(pivot);
  l.set(j, j, {root, {}});
  for (std::int64_t i = j + 1; i < l.rows(); ++i) {
    const complex_double_double x = l.get(i, j);
    l.set(i, j, {x.re / root, x.im / root});
  }
  for (std::int64_t k = j + 1; k < last; ++k) {
    const complex_double_double pivot_row = l.get(k, j);
    for (std::int64_t i = k; i < l.rows(); ++i) {
      l.set(i, k, l.get(i, k) - times_conjugate(l.get(i, j), pivot_row));
    }
  }
  return true;
}

}  // namespace

std::int64_t factor_exactly(strips& a) {
  const std::int64_t n = a.rows();
  for (std::int64_t first = 0; first < n; first += tile_columns) {
    const std::int64_t last = std::min(first + tile_columns, n);
    update(a, first, last);
    for (std::int64_t j = first; j < last; ++j) {
      if (!finish_column(a, j, last)) return j + 1;
    }
  }
  return 0;
}

std::vector<complex_double_double> solve_exactly(const strips& l, std::vector<complex_double_double> b) {
  const auto at = [&b](std::int64_t i) -> complex_double_double& { return b[static_cast<std::size_t>(i)]; };
  const auto conjugated = [](complex_double_double x) { return complex_double_double{x.re, -x.im}; };
  const auto divide = [&](std::int64_t i) {
    const double_double d = l.get(i, i).re;
    at(i) = {at(i).re / d, at(i).im / d};
  };
  for (std::int64_t i = 0; i < l.rows(); ++i) {
    for (std::int64_t k = 0; k < i; ++k) at(i) = at(i) - times_conjugate(l.get(i, k), conjugated(at(k)));
    divide(i);
  }
  for (std::int64_t i = l.rows() - 1; i >= 0; --i) {
    divide(i);
    for (std::int64_t k = 0; k < i; ++k) at(k) = at(k) - times_conjugate(at(i), l.get(i, k));
  }
  return b;
}

}  // namespace posdef::bench
