// Random numbers that are the same on every machine.
//
// The C++ standard fixes the engine std::mt19937_64 but not its distributions, which are therefore implemented here.
// uniform: the upper 53 bits of a draw times 2^-53. normal: Marsaglia's polar method.
// Source: Marsaglia & Bray, A convenient method for generating normal variables, SIAM Review 6 (1964).
#ifndef POSDEF_TOOLS_GENERATE_RANDOM_HPP
#define POSDEF_TOOLS_GENERATE_RANDOM_HPP

#include <cmath>
#include <complex>
#include <cstdint>
#include <random>

#include "io/matrices.hpp"

namespace posdef::tools {

class random_source {
 public:
  explicit random_source(std::uint64_t seed) : engine_(seed) {}

  /// In [0, 1).
  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  /// In [low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }

  /// Mean 0, variance 1.
  double normal() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    double u, v, s;
    do {
      u = uniform(-1, 1);
      v = uniform(-1, 1);
      s = u * u + v * v;
    } while (s >= 1 || s == 0);
    const double scale = std::sqrt(-2 * std::log(s) / s);
    spare_ = v * scale;
    has_spare_ = true;
    return u * scale;
  }

  /// Mean 0, mean square 1, real or complex.
  template <class W>
  W standard() {
    if constexpr (is_complex<W>) {
      const double re = normal();
      return W(re, normal()) * std::sqrt(0.5);
    } else {
      return normal();
    }
  }

 private:
  std::mt19937_64 engine_;
  double spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace posdef::tools

#endif
