// Double-double numbers: an unevaluated sum hi + lo of two doubles, about 106 bits.
//
// The sum and the product of two doubles and their rounding errors are doubles: these error-free transformations need a
// compiler that neither reorders nor contracts. Every file that includes this one is compiled with -ffp-contract=off.
// The relative error of each operation is a few units of 2^-104. Nothing here treats overflow or underflow: callers
// scale their matrices.
// Sources: Dekker, A floating-point technique for extending the available precision, Numer. Math. 18 (1971); Hida, Li &
// Bailey, Algorithms for quad-double precision floating point arithmetic, ARITH 2001.
#ifndef POSDEF_BENCH_ACCURACY_DOUBLE_DOUBLE_HPP
#define POSDEF_BENCH_ACCURACY_DOUBLE_DOUBLE_HPP

#include <cmath>

namespace posdef::bench {

struct double_double {
  double hi = 0, lo = 0;

  constexpr double_double() = default;
  constexpr double_double(double x) : hi(x) {}
  constexpr double_double(double h, double l) : hi(h), lo(l) {}
  /// a + b exactly, for |a| >= |b| or a = 0.
  static double_double ordered(double a, double b) {
    const double s = a + b;
    return {s, b - (s - a)};
  }
  /// a + b exactly.
  static double_double sum(double a, double b) {
    const double s = a + b, t = s - a;
    return {s, (a - (s - t)) + (b - t)};
  }
  /// a·b exactly.
  static double_double product(double a, double b) {
    const double p = a * b;
    return {p, std::fma(a, b, -p)};
  }
  explicit operator double() const { return hi + lo; }
};

inline double_double operator-(double_double a) { return {-a.hi, -a.lo}; }

inline double_double operator+(double_double a, double_double b) {
  const double_double high = double_double::sum(a.hi, b.hi), low = double_double::sum(a.lo, b.lo);
  const double_double s = double_double::ordered(high.hi, high.lo + low.hi);
  return double_double::ordered(s.hi, s.lo + low.lo);
}

inline double_double operator-(double_double a, double_double b) { return a + -b; }

inline double_double operator*(double_double a, double_double b) {
  const double_double p = double_double::product(a.hi, b.hi);
  return double_double::ordered(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

inline double_double operator/(double_double a, double_double b) {
  const double first = a.hi / b.hi;
  const double_double rest = a - b * first;
  const double second = rest.hi / b.hi;
  const double_double last = rest - b * second;
  return double_double::ordered(first, second) + last.hi / b.hi;
}

/// √a for a > 0: one Newton step from the double-precision root.
inline double_double sqrt(double_double a) {
  const double root = std::sqrt(a.hi);
  const double_double rest = a - double_double::product(root, root);
  return double_double::ordered(root, rest.hi / (2 * root));
}

/// Complex numbers of such parts; real ones have im = 0.
struct complex_double_double {
  double_double re, im;
};

inline complex_double_double operator-(complex_double_double a, complex_double_double b) {
  return {a.re - b.re, a.im - b.im};
}
/// a·conj(b)
inline complex_double_double times_conjugate(complex_double_double a, complex_double_double b) {
  if (a.im.hi == 0 && b.im.hi == 0) return {a.re * b.re, {}};  // a quarter of the time for real numbers
  return {a.re * b.re + a.im * b.im, a.im * b.re - a.re * b.im};
}

}  // namespace posdef::bench

#endif
