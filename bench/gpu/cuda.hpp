// A CUDA device for the benchmark.
#ifndef POSDEF_BENCH_GPU_CUDA_HPP
#define POSDEF_BENCH_GPU_CUDA_HPP

#include <memory>

#include "gpu/accelerator.hpp"

namespace posdef::bench {

/// Device `index`, made current, with a stream of its own. Throws tools::input_error with the reason, and with "no CUDA
/// device" in it, if there is none.
std::unique_ptr<accelerator> open_cuda(int index);

}  // namespace posdef::bench

#endif
