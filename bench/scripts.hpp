// The Python scripts of the benchmark, which the program carries with it, and their interpreter.
#ifndef POSDEF_BENCH_SCRIPTS_HPP
#define POSDEF_BENCH_SCRIPTS_HPP

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "machine.hpp"
#include "measure.hpp"

namespace posdef::bench {

extern const char* const report_script;
extern const char* const arrays_script;
extern const char* const device_arrays_script;

/// Debian's own Python, which has Debian's packages, where there is one.
std::string default_python();

/// Runs a script, `input` on its stdin; gives what it writes to stdout. Throws tools::input_error with what it wrote to
/// stderr if it fails.
std::string run_script(const std::string& python, const char* script, const std::vector<std::string>& arguments,
                       const std::string& input);

/// Adds the times of NumPy and PyTorch, uncounted, to the lower cholesky cells. What is missing is named in the result.
std::vector<missing_peer> add_arrays(const std::string& python, const settings& s, std::vector<outcome>& outcomes);

/// The same on a CUDA device with those of PyTorch, JAX and CuPy that are asked for; both times and residuals. Those
/// that are there have their versions in the machine, the others their reasons.
void add_device_arrays(const std::string& python, const settings& s, const std::vector<std::string>& names,
                       std::vector<outcome>& outcomes, machine& m);

}  // namespace posdef::bench

#endif
