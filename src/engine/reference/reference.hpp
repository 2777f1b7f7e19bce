// The reference engine: unblocked loops that follow the definition of each primitive.
//
// Its block order is unlimited, so the algorithms never split a matrix. All other engines are tested against it.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

#include "engine/host.hpp"

namespace posdef::internal::reference {

template <class T>
class engine : public host<T> {
 public:
  using value_type = T;
  using real = real_type<T>;
  using input = strided<const T>;
  using output = strided<T>;

  /// The number of scratch elements for matrices of order n.
  static std::size_t scratch_elements(index n) { return 2 * static_cast<std::size_t>(n) * static_cast<std::size_t>(n); }
  engine(T* scratch, index n) : scratch_(scratch), n_(n) {}

  index block() const { return std::numeric_limits<index>::max() / 4; }

  /// Column by column: L(j,j) = √(A(j,j) − Σ|L(j,k)|²),  L(i,j) = (A(i,j) − Σ L(i,k)·conj L(j,k)) / L(j,j).
  index potrf_block(output a, index first) const {
    for (index j = 0; j < a.rows; ++j) {
      real pivot = std::real(a.get(j, j));
      for (index k = 0; k < j; ++k) pivot -= std::norm(a.get(j, k));
      if (!(pivot > 0 && pivot < std::numeric_limits<real>::infinity())) return first + j + 1;
      const real d = std::sqrt(pivot);
      a.set(j, j, T(d));
      for (index i = j + 1; i < a.rows; ++i) {
        T x = a.get(i, j);
        for (index k = 0; k < j; ++k) x -= a.get(i, k) * conjugate(a.get(j, k));
        a.set(i, j, x / d);
      }
    }
    return 0;
  }

  void trsm_block(input l, output b, bool unit) const { host<T>::solve_by_division(l, b, unit); }

  void gemm(int sign, input a, input b, output c, part which) const {
    for_part(c.rows, c.cols, which, true, [&](index i, index j) {
      T x{};
      for (index k = 0; k < a.cols; ++k) x += a.get(i, k) * b.get(k, j);
      x = c.get(i, j) + real(sign) * x;
      c.set(i, j, which == part::lower && i == j ? T(std::real(x)) : x);
    });
  }

  output scratch(index k, index m, index n) const { return {scratch_ + k * n_ * n_, m, n, 1, n_, false}; }

 private:
  T* scratch_;
  index n_;
};

}  // namespace posdef::internal::reference
