// Covariance matrix of a Gaussian process observed with noise:  A(i,j) = s²·ρ(|x_i − x_j|/ℓ) + σ²·(i == j), where
//     rbf        ρ(r) = exp(−r²/2)
//     matern32   ρ(r) = (1 + √3·r)·exp(−√3·r)
//     matern52   ρ(r) = (1 + √5·r + 5r²/3)·exp(−√5·r)
// The points x are in the unit cube of a given dimension: drawn uniformly, or the first n of the smallest regular grid.
// ρ is a positive definite function, so the smallest eigenvalue is at least σ² and the largest at most n·s² + σ²: the
// condition number is at most n·s²/σ² + 1.
// Source: Rasmussen & Williams, Gaussian Processes for Machine Learning, section 4.2.
#include <cmath>

#include "generate/generate.hpp"
#include "generate/random.hpp"

namespace posdef::tools {
namespace {

double correlation(gp_kernel kernel, double r) {
  switch (kernel) {
    case gp_kernel::rbf: return std::exp(-r * r / 2);
    case gp_kernel::matern32: {
      const double x = std::sqrt(3.0) * r;
      return (1 + x) * std::exp(-x);
    }
    default: {
      const double x = std::sqrt(5.0) * r;
      return (1 + x + x * x / 3) * std::exp(-x);
    }
  }
}

std::vector<double> points(const gp_options& o) {
  std::vector<double> x(static_cast<std::size_t>(o.n * o.dimension));
  if (o.points == gp_points::uniform) {
    random_source random(o.seed);
    for (double& value : x) value = random.uniform();
    return x;
  }
  std::int64_t side = 1;
  while (std::pow(static_cast<double>(side), static_cast<double>(o.dimension)) < static_cast<double>(o.n)) ++side;
  for (std::int64_t i = 0; i < o.n; ++i) {
    std::int64_t rest = i;
    for (std::int64_t d = 0; d < o.dimension; ++d, rest /= side) {
      x[static_cast<std::size_t>(i * o.dimension + d)] =
          side == 1 ? 0 : static_cast<double>(rest % side) / static_cast<double>(side - 1);
    }
  }
  return x;
}

}  // namespace

matrices<double> generate_gp(const gp_options& o) {
  require(o.n >= 0, "n of 0 or more");
  require(o.dimension >= 1 && o.dimension <= 16, "a dimension from 1 to 16");
  require(o.length_scale > 0 && o.variance > 0 && o.noise >= 0, "length scale and variance above 0, noise 0 or more");
  matrices<double> a(1, o.n, o.n);
  const std::vector<double> x = points(o);
  for (std::int64_t j = 0; j < o.n; ++j) {
    for (std::int64_t i = j; i < o.n; ++i) {
      double square = 0;
      for (std::int64_t d = 0; d < o.dimension; ++d) {
        const double step =
            x[static_cast<std::size_t>(i * o.dimension + d)] - x[static_cast<std::size_t>(j * o.dimension + d)];
        square += step * step;
      }
      const double value = o.variance * correlation(o.kernel, std::sqrt(square) / o.length_scale);
      a(0, i, j) = a(0, j, i) = i == j ? value + o.noise : value;
    }
  }
  return a;
}

}  // namespace posdef::tools
