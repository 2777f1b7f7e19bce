#include "io/hermitian.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace posdef::tools {
namespace {

// f(i, j) for i >= j, tile by tile, so that a(i,j) and a(j,i) stay in cache for large matrices.
template <class F>
void for_each_pair(std::int64_t n, const F& f) {
  constexpr std::int64_t tile = 64;
  for (std::int64_t j0 = 0; j0 < n; j0 += tile)
    for (std::int64_t i0 = j0; i0 < n; i0 += tile)
      for (std::int64_t j = j0; j < std::min(j0 + tile, n); ++j)
        for (std::int64_t i = std::max(i0, j); i < std::min(i0 + tile, n); ++i) f(i, j);
}

// The square roots of |a(i,i)|: their products do not overflow.
template <scalar T>
std::vector<double> roots(const matrices<T>& m, std::int64_t b) {
  std::vector<double> all(static_cast<std::size_t>(m.rows));
  for (std::int64_t i = 0; i < m.rows; ++i)
    all[static_cast<std::size_t>(i)] = std::sqrt(std::abs(static_cast<double>(std::real(m(b, i, i)))));
  return all;
}

template <scalar T>
asymmetry find(const matrices<T>& m) {
  asymmetry worst;
  for (std::int64_t b = 0; b < m.batch; ++b) {
    const std::vector<double> root = roots(m, b);
    for_each_pair(m.rows, [&](std::int64_t i, std::int64_t j) {
      const T lower = m(b, i, j), upper = conjugate(m(b, j, i));
      if (lower == upper || (!finite(lower) && !finite(upper))) return;
      double ratio = std::numeric_limits<double>::infinity();
      if (finite(lower) && finite(upper)) {
        // If the diagonal is too small for a positive definite matrix, compare with the elements themselves.
        const double size = std::max({root[static_cast<std::size_t>(i)] * root[static_cast<std::size_t>(j)],
                                      static_cast<double>(std::abs(lower)), static_cast<double>(std::abs(upper))});
        ratio = static_cast<double>(std::abs(lower / T(2) - upper / T(2))) / size * 2;
      }
      if (ratio > worst.ratio) worst = {ratio, b, i, j};
    });
  }
  return worst;
}

std::string number(double x, const char* format = "%.17g") {
  char text[40];
  std::snprintf(text, sizeof text, format, x);
  return text;
}
std::string number(std::complex<double> x) { return number(x.real()) + " + " + number(x.imag()) + "i"; }

template <scalar T>
std::string complaint(const matrices<T>& m, const asymmetry& a) {
  using wide = std::conditional_t<is_complex<T>, std::complex<double>, double>;
  const auto shown = [&](std::int64_t i, std::int64_t j) { return number(static_cast<wide>(m(a.matrix, i, j))); };
  std::string text = std::string("not ") + (is_complex<T> ? "Hermitian" : "symmetric") + ": ";
  if (m.batch > 1) text += "matrix " + std::to_string(a.matrix) + ": ";
  if (a.row == a.col) {
    text += "diagonal element " + place_text(a.row, a.col) + " is " + shown(a.row, a.col) + "; expected a real one";
  } else {
    text += "element " + place_text(a.row, a.col) + " is " + shown(a.row, a.col) + " but " + place_text(a.col, a.row) +
            " is " + shown(a.col, a.row) + "; expected one to be the " +
            (is_complex<T> ? "conjugate of the other" : "other");
  }
  return text + " up to rounding. --uplo selects one triangle, --symmetrize takes the mean of both";
}

}  // namespace

asymmetry asymmetry_of(const any_matrices& m) {
  return std::visit([](const auto& x) { return find(x); }, m);
}

bool is_rounding(const asymmetry& a, const any_matrices& m) {
  return std::visit(
      [&](const auto& x) {
        using real = real_type<typename std::remove_cvref_t<decltype(x)>::element>;
        return a.ratio <= (64 + 4 * static_cast<double>(x.rows)) * std::numeric_limits<real>::epsilon();
      },
      m);
}

void require_hermitian(const any_matrices& m, std::string_view name) {
  std::visit(
      [&](const auto& x) {
        const asymmetry a = find(x);
        if (!is_rounding(a, m)) throw input_error(std::string(name) + ": " + complaint(x, a));
      },
      m);
}

std::string text_of(const asymmetry& a, const any_matrices& m) {
  const bool complex =
      std::visit([](const auto& x) { return is_complex<typename std::remove_cvref_t<decltype(x)>::element>; }, m);
  return std::string("largest |a(i,j) - ") + (complex ? "conj a(j,i)" : "a(j,i)") + "| / sqrt(a(i,i) a(j,j)) is " +
         number(a.ratio, "%.2g") + ", at " + place_text(a.row, a.col);
}

void add_jitter(any_matrices& m, double factor) {
  std::visit(
      [&](auto& x) {
        using real = real_type<typename std::remove_cvref_t<decltype(x)>::element>;
        for (std::int64_t b = 0; b < x.batch; ++b) {
          double mean = 0;
          for (std::int64_t i = 0; i < x.rows; ++i)
            mean += static_cast<double>(std::real(x(b, i, i))) / static_cast<double>(x.rows);
          for (std::int64_t i = 0; i < x.rows; ++i) x(b, i, i) += static_cast<real>(factor * mean);
        }
      },
      m);
}

void symmetrize(any_matrices& m) {
  std::visit(
      [](auto& x) {
        using T = typename std::remove_cvref_t<decltype(x)>::element;
        for (std::int64_t b = 0; b < x.batch; ++b)
          for_each_pair(x.rows, [&](std::int64_t i, std::int64_t j) {
            const T mean = x(b, i, j) / T(2) + conjugate(x(b, j, i)) / T(2);
            x(b, i, j) = mean;
            x(b, j, i) = conjugate(mean);
          });
      },
      m);
}

}  // namespace posdef::tools
