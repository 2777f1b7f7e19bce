#define POSDEF_TYPE std::complex<float>
#define POSDEF_COMPLEX 1
#define POSDEF_DOUBLE 0
#include "backend/gpu/cuda/kernels.cuh"
