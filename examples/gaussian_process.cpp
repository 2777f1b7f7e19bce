// Gaussian process regression: a curve with error bars from noisy measurements, and the choice of its length scale.
//
// 400 measurements y of sin(x) with noise of standard deviation 0.2. For each of several length scales ℓ the covariance
//     K = exp(−(x_i − x_j)²/(2ℓ²)) + 0.04·I
// is factored, all of them as one batch. The best scale maximizes the likelihood of the measurements:
//     log p(y) = −½·yᵀ·K⁻¹·y − ½·log det K − ½·n·log 2π.
// The curve at a new point t is then k(t)ᵀ·K⁻¹·y, its variance 1 − k(t)ᵀ·K⁻¹·k(t).
// Source: Rasmussen & Williams, Gaussian Processes for Machine Learning, algorithm 2.1.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numbers>
#include <posdef/posdef.hpp>
#include <random>
#include <span>
#include <vector>

namespace {

constexpr std::int64_t n = 400;
constexpr double noise = 0.2;
const std::vector<double> scales = {0.05, 0.2, 0.5, 1, 2, 4, 8};

double covariance(double x, double y, double scale) { return std::exp(-(x - y) * (x - y) / (2 * scale * scale)); }

double dot(const double* a, const double* b) {
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

int main() {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> place(0, 10);
  std::normal_distribution<double> error(0, noise);
  std::vector<double> x(n), y(n);
  for (std::int64_t i = 0; i < n; ++i) {
    x[i] = place(random);
    y[i] = std::sin(x[i]) + error(random);
  }

  const auto batch = static_cast<std::int64_t>(scales.size());
  std::vector<double> k(n * n * batch);    // one covariance per scale; overwritten by the factors
  std::vector<double> weights(n * batch);  // y for each scale; overwritten by K⁻¹·y
  std::vector<double> logdet(batch);
  for (std::int64_t b = 0; b < batch; ++b) {
    for (std::int64_t j = 0; j < n; ++j) {
      for (std::int64_t i = j; i < n; ++i) {
        k[i + j * n + b * n * n] = covariance(x[i], x[j], scales[b]) + (i == j ? noise * noise : 0);
      }
    }
    std::copy(y.begin(), y.end(), weights.begin() + b * n);
  }
  const auto l = posdef::col_major(k.data(), n).batched(batch);
  posdef::cholesky(l);
  posdef::cholesky_solve<double>(l, posdef::view<double>(weights.data(), n, 1).batched(batch));
  posdef::cholesky_logdet(l, std::span<double>(logdet));

  std::int64_t best = 0;
  double highest = -std::numeric_limits<double>::infinity();
  std::printf("length scale   log likelihood\n");
  for (std::int64_t b = 0; b < batch; ++b) {
    const double likelihood = -0.5 * (dot(y.data(), &weights[b * n]) + logdet[b] + n * std::log(2 * std::numbers::pi));
    std::printf("%12.2f   %14.1f\n", scales[b], likelihood);
    if (likelihood > highest) {
      highest = likelihood;
      best = b;
    }
  }

  std::printf("\nwith the best, %.2f:\n    t    curve   +- 2 sd   sin(t)\n", scales[best]);
  const auto factor = posdef::col_major(&k[best * n * n], n);
  double worst = 0;
  for (double t = 0.5; t < 10; t += 1) {
    std::vector<double> near(n), solved(n);
    for (std::int64_t i = 0; i < n; ++i) near[i] = solved[i] = covariance(t, x[i], scales[best]);
    posdef::cholesky_solve<double>(factor, posdef::view<double>(solved.data(), n, 1));
    const double mean = dot(near.data(), &weights[best * n]);
    const double deviation = std::sqrt(1 - dot(near.data(), solved.data()));
    std::printf("%5.1f %8.3f %9.3f %8.3f\n", t, mean, 2 * deviation, std::sin(t));
    worst = std::max(worst, std::abs(mean - std::sin(t)));
  }
  return worst < noise ? 0 : 1;  // the curve is better than a single measurement
}
