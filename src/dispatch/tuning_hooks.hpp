// Hooks that set trial block sizes and device settings for `posdef bench --tune`. Not part of the public interface.
//
// The program and the tests link against one C function that returns a table, so that libposdef.so exports no internal
// C++ name. Entries of an engine that is not built in are null.
#pragma once

#include "backend/gpu/settings.hpp"
#include "backend/hybrid/sizes.hpp"
#include "engine/cpu/blocking.hpp"
#include "engine/gpu/blocking.hpp"
#include "posdef/types.hpp"
#include "system/per_type.hpp"

namespace posdef::internal {

/// See dispatch/tuning.hpp.
using block_sizes = cpu::blocking;
using device_settings = gpu::blocking;

template <class T>
struct typed_tuning_hooks {
  block_sizes (*tabled_block_sizes)();
  void (*try_block_sizes)(const block_sizes*);
  device_settings (*settings_in_use)(device);
  device_settings (*settings_built_in)(device);
  bool (*settings_fit)(const device_settings&, const device_settings&);
  void (*try_settings)(const device_settings*);
};

struct tuning_hooks {
  per_type<typed_tuning_hooks> types;
  bool (*keep_settings)(device, const gpu::tuning_table&);
  std::string (*settings_text)(const gpu::tuning_table&);
};

}  // namespace posdef::internal

extern "C" POSDEF_API const posdef::internal::tuning_hooks* posdef_tuning_hooks() noexcept;

namespace posdef::internal {

/// The table row for T and the selected instruction set.
template <class T>
block_sizes tabled_block_sizes() {
  return posdef_tuning_hooks()->types.of<T>().tabled_block_sizes();
}

/// New plans and calls use these sizes, rounded to whole micro-panels; null restores the table. Existing plans keep
/// their sizes. Must not be called while other calls run.
template <class T>
void try_block_sizes(const block_sizes* sizes) {
  posdef_tuning_hooks()->types.of<T>().try_block_sizes(sizes);
}

/// The settings of new plans on this device, and its built-in ones. Throws `unavailable` if the device does not exist.
template <class T>
device_settings settings_in_use(device d) {
  return posdef_tuning_hooks()->types.of<T>().settings_in_use(d);
}
template <class T>
device_settings settings_built_in(device d) {
  return posdef_tuning_hooks()->types.of<T>().settings_built_in(d);
}

/// Whether kernels compiled for `built_in` work with the settings `s`.
template <class T>
bool settings_fit(const device_settings& s, const device_settings& built_in) {
  return posdef_tuning_hooks()->types.of<T>().settings_fit(s, built_in);
}

/// New plans on every device use these settings if they fit; null restores the device's own. Existing plans keep their
/// settings. Must not be called while other calls run.
template <class T>
void try_settings(const device_settings* s) {
  posdef_tuning_hooks()->types.of<T>().try_settings(s);
}

/// New plans of these types on this device use these settings. Returns true if they are also stored for later
/// processes.
inline bool keep_settings(device d, const gpu::tuning_table& t) { return posdef_tuning_hooks()->keep_settings(d, t); }
/// The settings as text in the cache format, one line per type.
inline std::string settings_text(const gpu::tuning_table& t) { return posdef_tuning_hooks()->settings_text(t); }

/// The same for the hybrid backend. Available inside the library only.
template <class T>
void try_hybrid_sizes(const hybrid::sizes* sizes);

}  // namespace posdef::internal
