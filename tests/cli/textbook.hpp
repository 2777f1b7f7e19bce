// Textbook loops that share no code with the tested code.
#ifndef POSDEF_TESTS_CLI_TEXTBOOK_HPP
#define POSDEF_TESTS_CLI_TEXTBOOK_HPP

#include <cmath>
#include <vector>

#include "io/matrices.hpp"

namespace posdef::test {

/// The pivots D of A − shift·I = L·D·Lᴴ, from the lower triangle of matrix b. By Sylvester's law of inertia, the number
/// of negative pivots is the number of eigenvalues of A below `shift`.
template <class T>
std::vector<double> pivots(const tools::matrices<T>& a, std::int64_t b = 0, double shift = 0) {
  using W = std::conditional_t<tools::is_complex<T>, std::complex<double>, double>;
  const std::int64_t n = a.rows;
  std::vector<W> l(static_cast<std::size_t>(n * n));
  std::vector<double> d(static_cast<std::size_t>(n));
  const auto at = [&](std::int64_t i, std::int64_t j) -> W& { return l[static_cast<std::size_t>(i + j * n)]; };
  for (std::int64_t j = 0; j < n; ++j) {
    for (std::int64_t i = j; i < n; ++i) {
      W sum = W(a(b, i, j)) - W(i == j ? shift : 0);
      for (std::int64_t k = 0; k < j; ++k)
        sum -= at(i, k) * d[static_cast<std::size_t>(k)] * tools::conjugate(at(j, k));
      if (i == j) d[static_cast<std::size_t>(j)] = std::real(sum);
      at(i, j) = sum / d[static_cast<std::size_t>(j)];
    }
  }
  return d;
}

/// 0, or the order of the first leading minor that is not positive definite.
template <class T>
std::int64_t first_failure(const tools::matrices<T>& a, std::int64_t b = 0) {
  const std::vector<double> d = pivots(a, b);
  for (std::size_t k = 0; k < d.size(); ++k) {
    if (!(d[k] > 0 && d[k] < std::numeric_limits<double>::infinity())) return static_cast<std::int64_t>(k) + 1;
  }
  return 0;
}

template <class T>
std::int64_t eigenvalues_below(const tools::matrices<T>& a, double shift, std::int64_t b = 0) {
  std::int64_t count = 0;
  for (const double d : pivots(a, b, shift)) count += d < 0 ? 1 : 0;
  return count;
}

/// The lower factor; a must be positive definite.
template <class T>
tools::matrices<T> textbook_factor(const tools::matrices<T>& a) {
  tools::matrices<T> l(a.batch, a.rows, a.cols, a.order);
  for (std::int64_t b = 0; b < a.batch; ++b) {
    for (std::int64_t j = 0; j < a.rows; ++j) {
      for (std::int64_t i = j; i < a.rows; ++i) {
        T sum = a(b, i, j);
        for (std::int64_t k = 0; k < j; ++k) sum -= l(b, i, k) * tools::conjugate(l(b, j, k));
        l(b, i, j) = i == j ? T(std::sqrt(std::real(sum))) : sum / l(b, j, j);
      }
    }
  }
  return l;
}

template <class T>
bool hermitian(const tools::matrices<T>& a) {
  for (std::int64_t b = 0; b < a.batch; ++b) {
    for (std::int64_t i = 0; i < a.rows; ++i) {
      for (std::int64_t j = 0; j <= i; ++j) {
        if (a(b, i, j) != tools::conjugate(a(b, j, i))) return false;
      }
    }
  }
  return true;
}

}  // namespace posdef::test

#endif
