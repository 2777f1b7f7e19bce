#include "schedule/task_list.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace posdef::bench {

void task_list::add(double seconds, double bytes) {
  seconds_.push_back(seconds);
  bytes_.push_back(bytes);
  end_.push_back(needs_.size());
}

void task_list::needs(range earlier) {
  if (earlier.first < 0 || earlier.first > earlier.last || earlier.last >= size())
    throw std::logic_error("task_list: a task can only need earlier ones");
  if (earlier.first == earlier.last) return;
  needs_.push_back(earlier);
  end_.back() = needs_.size();
}

std::span<const task_list::range> task_list::needs_of(std::int32_t task) const {
  const auto t = static_cast<std::size_t>(task);
  const std::size_t first = t == 0 ? 0 : end_[t - 1];
  return {needs_.data() + first, end_[t] - first};
}

double task_list::work() const { return std::accumulate(seconds_.begin(), seconds_.end(), 0.0); }

std::vector<double> task_list::paths() const {
  std::vector<double> path(seconds_.size());
  for (std::int32_t t = size() - 1; t >= 0; --t) {
    const double own = path[static_cast<std::size_t>(t)] += seconds(t);
    for (const range r : needs_of(t))
      for (auto e = static_cast<std::size_t>(r.first); e < static_cast<std::size_t>(r.last); ++e)
        path[e] = std::max(path[e], own);
  }
  return path;
}

double task_list::critical_path() const {
  const std::vector<double> all = paths();
  return all.empty() ? 0 : *std::max_element(all.begin(), all.end());
}

}  // namespace posdef::bench
