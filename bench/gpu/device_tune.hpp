// Settings of posdef's device engine, from measurements on the device itself.
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

/// One number of the settings, what it is tried with, and where it matters.
struct device_question {
  std::string name;
  std::int64_t device_settings::*number;
  std::vector<std::int64_t> candidates;
  std::vector<tuning_shape> shapes;
  bool by_panels = false;  ///< it is about panels: matrices are not factored by tiles meanwhile

  std::int64_t& in(device_settings& s) const { return s.*number; }
};

/// The questions, in the order in which they are asked, for a device with these settings. `quick`: at a quarter of the
/// orders.
std::vector<device_question> device_questions(const device_settings& built_in, bool quick);

/// Tries, for each of the types that the device has, what device_questions asks, from what is in use there now. A
/// candidate is in the race if it gives the bits of the settings in use, byte by byte of a batch of matrices, and right
/// results. It is timed by measure_on: cold inputs, candidates in turn. `posdef` makes plans on the device. `say` is
/// told what was found.
internal::gpu::tuning_table tune_device(accelerator& where, const device_library& posdef, device d,
                                        const std::vector<tools::dtype>& types, const settings& s, bool quick,
                                        const say_function& say);

}  // namespace posdef::bench

#endif
