// The benchmark's Python scripts, which are compiled into the program.
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
extern const char* const accuracy_report_script;
extern const char* const arrays_script;
extern const char* const device_arrays_script;

/// The `way` of a measurement by a script.
inline constexpr const char* another_process = "another process";

/// Adds the uncounted results of NumPy, SciPy and PyTorch to the lower, column-major cholesky cells. The machine gets
/// the versions of the available libraries and the reasons of the missing ones.
void add_arrays(const std::string& python, const settings& s, std::vector<outcome>& outcomes, machine& m);

/// The same on a CUDA device, with those of PyTorch, JAX and CuPy that are requested; both times. `told` receives each
/// outcome when its results are complete; results before a failure are kept.
void add_device_arrays(const std::string& python, const settings& s, const std::vector<std::string>& names,
                       std::vector<outcome>& outcomes, machine& m, const std::function<void(outcome&)>& told);

}  // namespace posdef::bench

#endif
