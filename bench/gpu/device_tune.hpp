// Tunes the settings of posdef's device engine by measurements on the device.
#ifndef POSDEF_BENCH_GPU_DEVICE_TUNE_HPP
#define POSDEF_BENCH_GPU_DEVICE_TUNE_HPP

#include <posdef/types.hpp>
#include <string>
#include <vector>

#include "dispatch/tuning_hooks.hpp"
#include "gpu/participants.hpp"
#include "measure.hpp"
#include "tuner.hpp"

namespace posdef::bench {

using internal::device_settings;

/// One number of the settings, its candidate values, and the shapes that depend on it.
struct device_parameter {
  std::string name;
  std::int64_t device_settings::*number;
  std::vector<std::int64_t> candidates;
  std::vector<tuning_shape> shapes;
  bool by_panels = false;  ///< a parameter of panels: measured without tiles

  std::int64_t& in(device_settings& s) const { return s.*number; }
};

/// The parameters in the order of tuning, for a device with these settings. `quick`: at a quarter of the orders.
std::vector<device_parameter> device_parameters(const device_settings& built_in, bool quick);

/// Tunes device_parameters() for each of the types that the device supports, starting from the settings in use there. A
/// candidate must give the same bits as the settings in use, byte by byte for a batch, and correct results. measure_on
/// times it: cold inputs, alternating candidates. `posdef` creates plans on the device. `say` receives the results.
internal::gpu::tuning_table tune_device(accelerator& where, const device_library& posdef, device d,
                                        const std::vector<tools::dtype>& types, const settings& s, bool quick,
                                        const say_function& say);

}  // namespace posdef::bench

#endif
