// One matrix of a cell, what is known about it beyond the precision of its type, and the errors of computed results.
//
// With D the diagonal matrix of powers of two next to 1/√A(i,i), all but `residual` are measured on D·A·D, whose factor
// is D·L, whose solution is D⁻¹·x for D·b, and whose inverse is D⁻¹·A⁻¹·D⁻¹: so nothing overflows, and large rows do
// not hide the errors of small ones. D changes no rounding.
//
//     residual           ‖A − L·Lᴴ‖₁ / (n·‖A‖₁·ε)                           LAPACK's ratio, xPOT01
//     scaled_residual    the same of D·A·D
//     diagonal_ulp       largest |L(i,i) − exact| in units of the spacing of numbers at the exact value
//     below_ulp          largest |L(i,j) − exact|, j < i, in units of the spacing at √A(i,i), the norm of row i
//     solve_backward     ‖b − A·x‖∞ / ((‖A‖∞·‖x‖∞ + ‖b‖∞)·ε)
//     solve_forward      ‖x − exact‖∞ / (‖exact‖∞·ε)
//     inverse_residual   ‖I − A·X‖₁ / (n·‖A‖₁·‖X‖₁·ε)                       xPOT03
//
// ε is half the spacing of numbers at 1. Residuals of float types are computed in double precision, where the products
// are exact; those of double types as sums of twice that precision.
#ifndef POSDEF_BENCH_ACCURACY_REFERENCE_HPP
#define POSDEF_BENCH_ACCURACY_REFERENCE_HPP

#include <posdef/types.hpp>
#include <vector>

#include "accuracy/exact_factor.hpp"

namespace posdef::bench {

struct factor_errors {
  double residual = 0, scaled_residual = 0, diagonal_ulp = 0, below_ulp = 0;
};
struct solution_errors {
  double backward = 0, forward = 0;
};

template <scalar T>
class reference {
 public:
  using real = real_type<T>;

  /// Reads the lower triangle of a, column-major with leading dimension n. The matrix must outlive this.
  reference(const T* a, std::int64_t n);

  /// False: the matrix is not positive definite, and nothing else may be asked.
  bool definite() const { return info_ == 0; }
  /// A right-hand side: numbers between −1 and 1, divided by D.
  const std::vector<T>& right_side() const { return right_side_; }
  /// The residuals of the exact factor, rounded to T.
  factor_errors floor() const;

  factor_errors of_factor(const T* l) const;
  solution_errors of_solution(const T* x) const;
  /// Reads the lower triangle of the inverse.
  double of_inverse(const T* x) const;

 private:
  complex_double_double scaled(std::int64_t i, std::int64_t j) const;  // an element of D·A·D, i >= j
  double unscaled(double size, std::int64_t i, std::int64_t j) const;  // the size of that element without D
  strips scaled_factor(const T* l) const;
  factor_errors residuals(const strips& l) const;

  const T* a_;
  std::int64_t n_;
  std::vector<double> d_, inverse_d_;
  double norm_ = 0, scaled_norm_ = 0;  // ‖A‖₁, ‖D·A·D‖₁
  strips exact_;
  std::int64_t info_;
  std::vector<T> right_side_;
  std::vector<complex_double_double> solution_;
};

}  // namespace posdef::bench

#endif
