// posdef: what runs where, made visible and forceable.
//
// Each setting is the value set here, else the environment variable, else posdef's own choice. The environment is read
// at the first call, and again by `force` (POSDEF_NUM_THREADS: also by each call that can use more than one thread). A
// value that it may not have, or that this machine cannot serve, is an error of every call.
#ifndef POSDEF_CONTROL_HPP
#define POSDEF_CONTROL_HPP

#include <posdef/types.hpp>

namespace posdef::inline POSDEF_ABI {

/// What `force` can pin. An empty string leaves the choice to the environment and then to posdef.
struct forced {
  /// POSDEF_DEVICE: the device of calls whose options say engine::automatic, the default: "cpu", "reference", ...
  std::string device = {};
  /// POSDEF_ISA: the instruction set of the cpu engine: one of `instruction_sets()`.
  std::string instruction_set = {};
  /// POSDEF_ALGORITHM: how a matrix larger than one block is factored: "recursive" or "left-looking".
  std::string algorithm = {};
};

/// Pins the choices for the whole process, for tests and benchmarks; force({}) lets go of them. Throws, and changes
/// nothing: invalid_argument for a word that posdef does not know, unavailable for one that this machine or build
/// lacks. Not to be called while other calls run.
POSDEF_API void force(const forced& choices);

/// The device that engine::automatic stands for now. Throws what a call would throw if the environment is wrong.
POSDEF_API device default_device();

/// The instruction sets of the cpu engine that this build has and this machine runs, best first: of "avx512",
/// "avx2", "sse4", "neon", "baseline".
POSDEF_API std::vector<std::string> instruction_sets();
/// The one in use now.
POSDEF_API std::string instruction_set();

/// Threads that a call uses when options.threads is 0: POSDEF_NUM_THREADS; else the processors this process may use,
/// and not more than OMP_NUM_THREADS says.
POSDEF_API int default_threads();

/// One line for each device, and one for each engine that has none: whether it is built in, and what it finds.
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
