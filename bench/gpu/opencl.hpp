// An OpenCL device for the benchmark's tuner.
#ifndef POSDEF_BENCH_GPU_OPENCL_HPP
#define POSDEF_BENCH_GPU_OPENCL_HPP

#include <memory>

#include "gpu/participants.hpp"

namespace posdef::bench {

/// Device `index` of posdef::devices(), with its own queue. A pointer into its memory encodes a buffer and an offset in
/// bytes. Throws tools::input_error with the reason if there is none.
std::unique_ptr<accelerator> open_opencl(int index);

/// posdef::opencl::plan on the accelerator's queue; for an accelerator of open_opencl.
device_library posdef_on_opencl(accelerator& where);

}  // namespace posdef::bench

#endif
