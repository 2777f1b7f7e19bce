#include "gpu/cuda_on_host/words.hpp"
// Behind the words.
#include "backend/gpu/cuda/kernels_c128.cu"
#include "gpu/cuda_on_host/known.hpp"
