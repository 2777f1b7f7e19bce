// Compares simulated times with measured ones, for numbers of cores that this machine has.
#ifndef POSDEF_BENCH_SCHEDULE_VALIDATE_HPP
#define POSDEF_BENCH_SCHEDULE_VALIDATE_HPP

#include "engine/cpu/kernels.hpp"
#include "schedule/predict.hpp"

namespace posdef::bench {

struct validation {
  std::string type;
  panel_grid grid;
  int cores;
  double measured, simulated;  ///< seconds: the fastest factorization, and the simulation with the fastest tasks
};

/// Factors matrices of order n in block columns of width nb with that many threads, and measures the tasks of the same
/// grid on one thread, in turns, for about `seconds` each.
template <class T>
validation validate(const std::string& type, const internal::cpu::kernels<T>& k, index n, index nb, int cores,
                    const prediction_settings& s, double seconds);

}  // namespace posdef::bench

#endif
