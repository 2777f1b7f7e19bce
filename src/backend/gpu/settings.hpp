// Settings of the device engine (blocking.hpp) that were measured on a device of this machine.
//
// `posdef bench --tune` measures them and keeps them in the cache folder (cache.hpp), under all that a measurement
// depends on: the device, its driver, posdef's version. They are read when the device is first used. A file that is
// damaged, or of another driver or version, is as good as absent; then the settings that are built in serve.
#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <string>

#include "engine/gpu/blocking.hpp"
#include "engine/gpu/engine.hpp"

namespace posdef::internal::gpu {

/// f32, f64, c64, c128.
template <class T>
inline constexpr std::size_t type_index = (is_complex<T> ? 2 : 0) + (sizeof(real_type<T>) == 8 ? 1 : 0);

/// For each type what was measured, if anything.
using tuning_table = std::array<std::optional<blocking>, 4>;

/// "f32 tile 128 block 64 panel 256 ...", a line for each type that has settings; and back. Nothing for other text.
std::string text_of(const tuning_table& t);
std::optional<tuning_table> table_of(const std::string& text);

/// Whether kernels that were compiled for `built_in` can do with these: they have the same blocks, whole numbers of
/// them, and go no further than the memory that was reckoned with.
template <class T>
bool fits(const blocking& b, const blocking& built_in);

/// On trial: used by every device in place of its own, where they fit.
template <class T>
inline std::optional<blocking> tried;

/// What was measured on one device.
class measured_settings {
 public:
  /// As the cache folder has it. `device`: all that tells it apart, but for posdef's version.
  explicit measured_settings(const std::string& device);
  /// The one that all plans on this device go by; it lives as long as the process.
  static measured_settings& of(const std::string& device);

  /// Those on trial, else those measured, else built_in.
  template <class T>
  blocking in_use(const blocking& built_in) const;
  bool any() const;
  /// In use from now on, in place of what there was for the same types; and by later processes if the answer is true: a
  /// cache folder took it.
  bool keep(const tuning_table& t);

 private:
  const std::string key_;
  mutable std::mutex guard_;
  tuning_table table_;
};

}  // namespace posdef::internal::gpu
