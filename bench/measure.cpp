#include "measure.hpp"

#include <algorithm>
#include <cmath>

#include "problem.hpp"

namespace posdef::bench {

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

bool timing::right() const { return residual <= wrong_residual; }

std::map<std::string, double> outcome::best(bool counted, clock by) const {
  std::map<std::string, double> all;
  for (std::size_t k = 1; k < ways.size(); ++k) {
    const timing& t = ways[k];
    const double seconds = time_of(t, by);
    if (t.counted != counted || !t.usable() || std::isnan(seconds)) continue;
    const auto [at, added] = all.try_emplace(t.name, seconds);
    if (!added) at->second = std::min(at->second, seconds);
  }
  return all;
}

std::optional<std::pair<std::string, double>> outcome::best_peer() const {
  std::optional<std::pair<std::string, double>> found;
  for (const auto& [name, seconds] : best(true)) {
    if (!found || seconds < found->second) found = {name, seconds};
  }
  return found;
}

std::optional<double> outcome::ratio() const {
  const auto peer = best_peer();
  if (!peer || !posdef().usable()) return {};
  return peer->second / time_of(posdef(), ratio_clock());
}

}  // namespace posdef::bench
