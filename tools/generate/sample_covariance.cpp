// Sample covariance  S = X·Xᵀ/(m − 1)  of m draws of n normal variables, centred by their sample means.
//
// Neighbouring variables are correlated as a first-order autoregression of coefficient c: x_i = c·x_{i−1} + √(1−c²)·z,
// so the true covariance is c^|i−j|. S has rank min(n, m − 1): positive definite for m > n, singular otherwise. For c =
// 0 the eigenvalues fill the Marchenko-Pastur interval [(1 − √(n/m))², (1 + √(n/m))²]. Source: Bai & Silverstein,
// Spectral Analysis of Large Dimensional Random Matrices, 2nd ed., chapter 3.
#include <cmath>

#include "generate/generate.hpp"
#include "generate/random.hpp"
#include "numeric/product.hpp"

namespace posdef::tools {

matrices<double> generate_sample_covariance(const sample_covariance_options& o) {
  require(o.n >= 0 && o.samples >= 2, "n of 0 or more and at least 2 samples");
  require(std::abs(o.correlation) < 1, "a correlation between -1 and 1");
  matrices<double> x(1, o.n, o.samples);  // a draw is a column
  random_source random(o.seed);
  const double fresh = std::sqrt(1 - o.correlation * o.correlation);
  for (std::int64_t s = 0; s < o.samples; ++s) {
    for (std::int64_t i = 0; i < o.n; ++i) {
      const double z = random.normal();
      x(0, i, s) = i == 0 ? z : o.correlation * x(0, i - 1, s) + fresh * z;
    }
  }
  for (std::int64_t i = 0; i < o.n; ++i) {
    double mean = 0;
    for (std::int64_t s = 0; s < o.samples; ++s) mean += x(0, i, s) / static_cast<double>(o.samples);
    for (std::int64_t s = 0; s < o.samples; ++s) x(0, i, s) -= mean;
  }

  matrices<double> covariance(1, o.n, o.n);
  const auto row = [&](std::int64_t i, std::int64_t s) { return x(0, i, s); };
  const double scale = 1 / static_cast<double>(o.samples - 1);
  for_each_product_block<double>(o.n, o.n, o.samples, product_part::lower, false, 1, row, row,
                                 [&](const product_view& block, int) {
                                   for (std::int64_t j = block.j0; j < block.j1; ++j) {
                                     for (std::int64_t i = std::max(block.i0, j); i < block.i1; ++i) {
                                       const double value = scale * block.at<double>(i, j);
                                       covariance(0, i, j) = covariance(0, j, i) = value;
                                     }
                                   }
                                 });
  return covariance;
}

}  // namespace posdef::tools
