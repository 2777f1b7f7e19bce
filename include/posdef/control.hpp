// posdef: query and override the device, the instruction set and the number of threads.
//
// A setting is the value given to `force`, else the environment variable, else posdef's default. The environment is
// read at the first call and again by `force`. POSDEF_NUM_THREADS and OMP_NUM_THREADS are read by each call that can
// use more than one thread. If a value of posdef's own variables is invalid, or this machine does not support it, every
// call fails.
#ifndef POSDEF_CONTROL_HPP
#define POSDEF_CONTROL_HPP

#include <posdef/types.hpp>

namespace posdef::inline POSDEF_ABI {

/// The settings that `force` overrides. An empty string means: use the environment variable, else posdef's default.
struct forced {
  /// POSDEF_DEVICE: the device of calls with engine::automatic (the default): "cpu", "reference", ...
  std::string device = {};
  /// POSDEF_ISA: the instruction set of the cpu engine: one of `instruction_sets()`.
  std::string instruction_set = {};
  /// POSDEF_ALGORITHM: the algorithm for a matrix larger than one block: "recursive" or "left-looking".
  std::string algorithm = {};
};

/// Overrides settings for the whole process, for tests and benchmarks. force({}) removes all overrides. Throws
/// invalid_argument for an unknown value, and unavailable if this machine or build does not support it; the settings
/// then stay unchanged. Must not be called while other calls run.
POSDEF_API void force(const forced& choices);

/// The device that engine::automatic selects now. Throws what a call would throw for an invalid environment.
POSDEF_API device default_device();

/// The instruction sets of the cpu engine that this build contains and this machine supports, best first: some of
/// "avx512", "avx2", "sse4", "neon", "baseline".
POSDEF_API std::vector<std::string> instruction_sets();
/// The instruction set in use.
POSDEF_API std::string instruction_set();

/// The number of threads of a call with options.threads = 0: POSDEF_NUM_THREADS; else the number given to
/// set_num_threads; else OMP_NUM_THREADS or the CPU quota of the control group (a container's limit), but not more than
/// the processors available to this process. Throws invalid_argument for an invalid POSDEF_NUM_THREADS.
POSDEF_API int num_threads();

/// Sets the number of threads of the whole process's later calls with options.threads = 0; with 0, num_threads() is
/// determined as if this had never been called. POSDEF_NUM_THREADS takes precedence. Existing plans keep their threads.
/// Returns the previous setting, to be restored later:
///     const int before = posdef::set_num_threads(1);
///     posdef::cholesky(a);
///     posdef::set_num_threads(before);
/// May be called while other calls run. Throws invalid_argument for a negative number.
POSDEF_API int set_num_threads(int threads);

/// One entry for each device, and one for each engine without a device.
struct device_info {
  posdef::device device;
  bool available;
  std::string description;  ///< processor and instruction set, or the reason why it is not available
};
POSDEF_API std::vector<device_info> devices();

/// "0.1.0"
POSDEF_API std::string_view version();

}  // namespace posdef::inline POSDEF_ABI

#endif
