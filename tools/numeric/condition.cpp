#include "numeric/condition.hpp"

#include <algorithm>
#include <cmath>

namespace posdef::tools {
namespace {

using vector = std::vector<std::complex<double>>;

double norm1(const vector& x) {
  double sum = 0;
  for (const auto& value : x) sum += std::abs(value);
  return sum;
}

}  // namespace

double estimate_inverse_norm(std::int64_t n, const std::function<void(vector& x)>& solve) {
  constexpr int most_steps = 5;
  const auto size = static_cast<std::size_t>(n);
  if (n == 0) return 0;
  vector x(size, 1.0 / static_cast<double>(n));
  double estimate = 0;
  std::size_t last = size;
  for (int step = 0; step < most_steps; ++step) {
    solve(x);
    const double norm = norm1(x);
    if (!(norm > estimate)) break;
    estimate = norm;
    for (auto& value : x) value = value == 0.0 ? 1.0 : value / std::abs(value);
    solve(x);  // A is its own conjugate transpose
    const auto largest =
        std::max_element(x.begin(), x.end(), [](const auto& a, const auto& b) { return std::abs(a) < std::abs(b); });
    const auto place = static_cast<std::size_t>(largest - x.begin());
    if (place == last) break;
    last = place;
    std::fill(x.begin(), x.end(), 0.0);
    x[place] = 1;
  }
  // Some matrices defeat the search: also try a growing vector of alternating signs.
  for (std::size_t i = 0; i < size; ++i) {
    const double growth = n == 1 ? 1 : 1 + static_cast<double>(i) / static_cast<double>(n - 1);
    x[i] = i % 2 == 0 ? growth : -growth;
  }
  solve(x);
  return std::max(estimate, 2 * norm1(x) / (3 * static_cast<double>(n)));
}

}  // namespace posdef::tools
