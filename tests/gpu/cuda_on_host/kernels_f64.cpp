#include "gpu/cuda_on_host/words.hpp"
// After words.hpp, which defines CUDA's keywords.
#include "backend/gpu/cuda/kernels_f64.cu"
#include "gpu/cuda_on_host/known.hpp"
