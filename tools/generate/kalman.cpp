// A batch of covariance matrices of a tracking program: each is the result of running a Kalman filter.
//
// The state of an object is its position and velocity in d dimensions, n = 2d. Every step of length T first predicts,
//     P ← F·P·Fᵀ + Q,    F = [I T·I; 0 I],    Q = q·[T³/3·I T²/2·I; T²/2·I T·I]      (white noise acceleration),
// then includes a measured position (H = [I 0]) with an elongated, randomly rotated error ellipse R, as of a radar:
//     K = P·Hᵀ·(H·P·Hᵀ + R)⁻¹,    P ← (I − K·H)·P·(I − K·H)ᵀ + K·R·Kᵀ                 (Joseph's form).
// Joseph's form keeps P symmetric positive definite. Every track has its own T, q and R.
// Source: Bar-Shalom, Li & Kirubarajan, Estimation with Applications to Tracking and Navigation, chapters 5 and 6.
#include <array>
#include <cmath>

#include "generate/generate.hpp"
#include "generate/random.hpp"

namespace posdef::tools {
namespace {

// A small matrix; a call uses only its leading rows and columns.
using small = std::array<std::array<double, 6>, 6>;

// C = A·B, A rows × depth, B depth × cols.
small multiply(const small& a, const small& b, std::size_t rows, std::size_t depth, std::size_t cols) {
  small c{};
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t k = 0; k < depth; ++k) {
      for (std::size_t j = 0; j < cols; ++j) c[i][j] += a[i][k] * b[k][j];
    }
  }
  return c;
}

small transpose(const small& a) {
  small t{};
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = 0; j < 6; ++j) t[j][i] = a[i][j];
  }
  return t;
}

// S⁻¹ of a positive definite d × d matrix by Gauss-Jordan elimination without pivoting.
small inverse(small s, std::size_t d) {
  small x{};
  for (std::size_t i = 0; i < d; ++i) x[i][i] = 1;
  for (std::size_t p = 0; p < d; ++p) {
    const double pivot = s[p][p];
    for (std::size_t j = 0; j < d; ++j) {
      s[p][j] /= pivot;
      x[p][j] /= pivot;
    }
    for (std::size_t i = 0; i < d; ++i) {
      if (i == p) continue;
      const double factor = s[i][p];
      for (std::size_t j = 0; j < d; ++j) {
        s[i][j] -= factor * s[p][j];
        x[i][j] -= factor * x[p][j];
      }
    }
  }
  return x;
}

// Errors of 3 m to 30 m along axes that random plane rotations have turned.
small measurement_noise(random_source& random, std::size_t d) {
  small r{};
  for (std::size_t i = 0; i < d; ++i) {
    const double sigma = random.uniform(3, 30);
    r[i][i] = sigma * sigma;
  }
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = i + 1; j < d; ++j) {
      const double angle = random.uniform(0, 3.14159265358979);
      small turn{};
      for (std::size_t k = 0; k < d; ++k) turn[k][k] = 1;
      turn[i][i] = turn[j][j] = std::cos(angle);
      turn[i][j] = -std::sin(angle);
      turn[j][i] = std::sin(angle);
      r = multiply(multiply(turn, r, d, d, d), transpose(turn), d, d, d);
    }
  }
  return r;
}

}  // namespace

matrices<double> generate_kalman(const kalman_options& o) {
  require(o.batch >= 0 && o.steps >= 0, "a batch and a number of steps of 0 or more");
  require(o.dimension >= 1 && o.dimension <= 3, "a dimension of 1, 2 or 3");
  const auto d = static_cast<std::size_t>(o.dimension);
  const std::size_t n = 2 * d;
  matrices<double> out(o.batch, 2 * o.dimension, 2 * o.dimension, layout::row_major);
  random_source random(o.seed);

  for (std::int64_t b = 0; b < o.batch; ++b) {
    const double step = random.uniform(0.1, 2);       // s
    const double intensity = random.uniform(0.1, 5);  // m²/s³
    const small r = measurement_noise(random, d);
    small f{}, q{}, p{};
    for (std::size_t i = 0; i < d; ++i) {
      f[i][i] = f[d + i][d + i] = 1;
      f[i][d + i] = step;
      q[i][i] = intensity * step * step * step / 3;
      q[i][d + i] = q[d + i][i] = intensity * step * step / 2;
      q[d + i][d + i] = intensity * step;
      p[i][i] = 1e4;  // the initial position is unknown
      p[d + i][d + i] = 1e2;
    }
    for (std::int64_t s = 0; s < o.steps; ++s) {
      p = multiply(multiply(f, p, n, n, n), transpose(f), n, n, n);
      small innovation{};
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) p[i][j] += q[i][j];
      }
      for (std::size_t i = 0; i < d; ++i) {
        for (std::size_t j = 0; j < d; ++j) innovation[i][j] = p[i][j] + r[i][j];
      }
      const small gain = multiply(p, inverse(innovation, d), n, d, d);
      small keep{};
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) keep[i][j] = (i == j ? 1.0 : 0.0) - (j < d ? gain[i][j] : 0.0);
      }
      const small kept = multiply(multiply(keep, p, n, n, n), transpose(keep), n, n, n);
      const small added = multiply(multiply(gain, r, n, d, d), transpose(gain), n, d, n);
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) p[i][j] = p[j][i] = kept[i][j] + added[i][j];
      }
    }
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) out(b, static_cast<std::int64_t>(i), static_cast<std::int64_t>(j)) = p[i][j];
    }
  }
  return out;
}

}  // namespace posdef::tools
