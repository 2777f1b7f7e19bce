#include "schedule/validate.hpp"

#include <algorithm>
#include <chrono>
#include <complex>

#include "engine/cpu/blocking.hpp"
#include "engine/cpu/panels.hpp"
#include "schedule/task_times.hpp"

namespace posdef::bench {
namespace {

using internal::cpu::kernels;

/// The seconds of the fastest of the factorizations that take about `seconds` together, at least two.
template <class T>
double fastest_factorization(const kernels<T>& k, index n, index nb, const internal::team& team,
                             const internal::cpu::panel_layout& layout, double seconds) {
  using workspace = internal::cpu::panel_workspace<real_type<T>>;
  internal::carver measure(nullptr);
  workspace::place(measure, layout);
  const internal::buffer memory(measure.used());
  internal::carver c(memory.data());
  const workspace w = workspace::place(c, layout);
  const internal::buffer matrix(static_cast<std::size_t>(n * n) * sizeof(T));
  const internal::strided<T> a{reinterpret_cast<T*>(matrix.data()), n, n, 1, n, false};
  double best = 0, spent = 0;
  for (int round = 0; round < 2 || spent < seconds; ++round) {
    fill(a, n);
    const auto begin = std::chrono::steady_clock::now();
    internal::cpu::factor_by_panels(k, nb, a, w, team);
    const double once = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    spent += once;
    if (best == 0 || once < best) best = once;
  }
  return best;
}

}  // namespace

template <class T>
validation validate(const std::string& type, const kernels<T>& k, index n, index nb, int cores,
                    const prediction_settings& s, double seconds) {
  const auto layout =
      internal::cpu::lay_out_panels(k, nb, n, cores, internal::cpu::blocking{}.updates_per_thread(cores));
  measured_grid m{type, {.n = n, .nb = nb, .tile = layout.tile}, {}};
  prediction_settings only = s;
  only.cores = {cores};
  const internal::team team(cores);
  validation v{type, m.grid, cores, 0, 0};
  for (int turn = 0; turn < 2; ++turn) {
    m.times = measure_tasks(k, m.grid, seconds / 2);
    const double simulated = predict(m, only).front().time.seconds;
    const double measured = fastest_factorization(k, n, nb, team, layout, seconds / 2);
    v.simulated = turn == 0 ? simulated : std::min(v.simulated, simulated);
    v.measured = turn == 0 ? measured : std::min(v.measured, measured);
  }
  return v;
}

#define POSDEF_VALIDATE(T)                                                                                           \
  template validation validate(const std::string&, const kernels<T>&, index, index, int, const prediction_settings&, \
                               double);
POSDEF_VALIDATE(float)
POSDEF_VALIDATE(double)
POSDEF_VALIDATE(std::complex<float>)
POSDEF_VALIDATE(std::complex<double>)
#undef POSDEF_VALIDATE

}  // namespace posdef::bench
