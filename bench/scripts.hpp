// The Python scripts of the benchmark, which the program carries with it.
#ifndef POSDEF_BENCH_SCRIPTS_HPP
#define POSDEF_BENCH_SCRIPTS_HPP

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "machine.hpp"
#include "measure.hpp"

namespace posdef::bench {

extern const char* const report_script;
extern const char* const arrays_script;
extern const char* const device_arrays_script;

/// The `way` of what a script measured.
inline constexpr const char* another_process = "another process";

/// Adds the times of NumPy and PyTorch, uncounted, to the lower cholesky cells. What is missing is named in the result.
std::vector<missing_peer> add_arrays(const std::string& python, const settings& s, std::vector<outcome>& outcomes);

/// The same on a CUDA device with those of PyTorch, JAX and CuPy that are asked for; both times and residuals. Those
/// that are there have their versions in the machine, the others their reasons. `told` is given each outcome when its
/// results are in; those before a failure stay.
void add_device_arrays(const std::string& python, const settings& s, const std::vector<std::string>& names,
                       std::vector<outcome>& outcomes, machine& m, const std::function<void(outcome&)>& told);

}  // namespace posdef::bench

#endif
