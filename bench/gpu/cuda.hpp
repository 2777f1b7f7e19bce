// A CUDA device for the benchmark.
#ifndef POSDEF_BENCH_GPU_CUDA_HPP
#define POSDEF_BENCH_GPU_CUDA_HPP

#include <memory>

#include "gpu/accelerator.hpp"

namespace posdef::bench {

/// Device `index`, made current, with its own stream. If there is none, throws tools::input_error with "no CUDA device"
/// and the reason.
std::unique_ptr<accelerator> open_cuda(int index);

}  // namespace posdef::bench

#endif
