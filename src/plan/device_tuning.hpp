// The door of whoever measures the settings of device engines (engine/gpu/blocking.hpp). No part of the public
// interface. Throws `unavailable` for a device that is not there.
#pragma once

#include "engine/gpu/blocking.hpp"
#include "engine/gpu/tuning.hpp"
#include "posdef/types.hpp"

namespace posdef::internal {

using device_settings = gpu::blocking;

/// What new plans on this device go by; what is built in for it.
template <class T>
POSDEF_API device_settings settings_in_use(device d);
template <class T>
POSDEF_API device_settings settings_built_in(device d);

/// Whether kernels for `built_in` can do with these.
template <class T>
POSDEF_API bool settings_fit(const device_settings& s, const device_settings& built_in);

/// New plans on every device go by these where they fit; null: by their own again. Plans keep what they were made with.
/// Not to be called while other calls run.
template <class T>
POSDEF_API void try_settings(const device_settings* s);

/// New plans of these types go by these on this device; those of later processes too if the answer is true: a cache
/// folder took them.
POSDEF_API bool keep_settings(device d, const gpu::tuning_table& t);
/// As they are kept, a line for each type.
POSDEF_API std::string settings_text(const gpu::tuning_table& t);

}  // namespace posdef::internal
