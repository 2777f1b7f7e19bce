// A generic tuner: improves a set of parameters one by one.
#ifndef POSDEF_BENCH_TUNER_HPP
#define POSDEF_BENCH_TUNER_HPP

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "suites.hpp"

namespace posdef::bench {

/// The shape of a trial.
struct tuning_shape {
  std::int64_t batch, n;
  operation op = operation::cholesky;
};

using say_function = std::function<void(const std::string&)>;

/// The time of each candidate divided by that of the first: the geometric mean over the shapes. race(candidates, shape)
/// returns the seconds of each candidate, NaN for one that is disqualified.
template <class Settings, class Race>
std::vector<double> compare(const std::vector<Settings>& candidates, const std::vector<tuning_shape>& shapes,
                            const Race& race) {
  std::vector<double> ratios(candidates.size(), 1);
  for (const tuning_shape& shape : shapes) {
    const std::vector<double> times = race(candidates, shape);
    for (std::size_t k = 0; k < ratios.size(); ++k) {
      ratios[k] *= std::pow(times[k] / times[0], 1 / static_cast<double>(shapes.size()));
    }
  }
  for (double& r : ratios) r = std::isnan(r) ? std::numeric_limits<double>::infinity() : r;
  return ratios;
}

/// Tunes one parameter after another: tries each candidate value, with the values found so far for the others. A value
/// changes only for a gain of more than two per cent. A parameter has a name, candidates, shapes, and in(settings), the
/// number. possible(settings) adapts the other numbers to a candidate, or returns that the candidate cannot be tried.
template <class Parameter, class Settings, class Possible, class Race>
Settings optimize(const std::vector<Parameter>& parameters, Settings best, const Possible& possible, const Race& race,
                  const say_function& say) {
  constexpr double worth_it = 0.98;
  for (const Parameter& q : parameters) {
    std::vector<Settings> candidates = {best};  // the current value comes first
    for (const std::int64_t value : q.candidates) {
      Settings s = best;
      if (value == q.in(s)) continue;
      q.in(s) = value;
      if (possible(s)) candidates.push_back(s);
    }
    const auto of_this = [&](const std::vector<Settings>& those, const tuning_shape& shape) {
      return race(q, those, shape);
    };
    const std::vector<double> ratios = compare(candidates, q.shapes, of_this);
    const auto winner = static_cast<std::size_t>(std::min_element(ratios.begin(), ratios.end()) - ratios.begin());
    // The best of many candidates may be lucky: it must win again against the current value alone.
    double gain = ratios[winner];
    if (winner != 0)
      gain = std::max(gain, compare(std::vector<Settings>{best, candidates[winner]}, q.shapes, of_this)[1]);
    const std::int64_t was = q.in(best);
    if (gain < worth_it) best = candidates[winner];
    char text[160];
    std::snprintf(text, sizeof text, "%s %ld -> %ld (best candidate takes %.3f of the time)", q.name.c_str(),
                  static_cast<long>(was), static_cast<long>(q.in(best)), gain);
    say(text);
  }
  return best;
}

}  // namespace posdef::bench

#endif
