// Settings of the device engine (blocking.hpp) that were measured on a device of this machine.
//
// `posdef bench --tune` measures them and stores them in the disk cache (cache.hpp). The key consists of the device,
// its driver and the posdef version. They are read at the first use of the device. Without a matching, valid file the
// built-in settings apply.
#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <string>

#include "engine/gpu/blocking.hpp"
#include "engine/gpu/engine.hpp"

namespace posdef::internal::gpu {

/// The index of a type: f32, f64, c64, c128.
template <class T>
inline constexpr std::size_t type_index = (is_complex<T> ? 2 : 0) + (sizeof(real_type<T>) == 8 ? 1 : 0);

/// The measured settings of each type, if any.
using tuning_table = std::array<std::optional<blocking>, 4>;

/// Conversion to text and back: "f32 tile 128 block 64 panel 256 ...", one line per type; nothing for invalid text.
std::string text_of(const tuning_table& t);
std::optional<tuning_table> table_of(const std::string& text);

/// Whether kernels compiled for `built_in` work with these settings: the blocks are equal, the sizes are multiples of
/// them, and no size exceeds the reserved memory.
template <class T>
bool fits(const blocking& b, const blocking& built_in);

/// Trial settings. Every device uses them if they fit.
template <class T>
inline std::optional<blocking> tried;

/// The measured settings of one device.
class measured_settings {
 public:
  /// Loads the settings from the disk cache. `device`: the key of the device without the posdef version.
  explicit measured_settings(const std::string& device);
  /// The instance shared by all plans on this device. It lives as long as the process.
  static measured_settings& of(const std::string& device);

  /// The trial settings, else the measured ones, else built_in.
  template <class T>
  blocking in_use(const blocking& built_in) const;
  bool any() const;
  /// Uses these settings from now on, replacing those of the same types. Returns true if the disk cache has stored them
  /// for later processes.
  bool keep(const tuning_table& t);

 private:
  const std::string key_;
  mutable std::mutex guard_;
  tuning_table table_;
};

}  // namespace posdef::internal::gpu
