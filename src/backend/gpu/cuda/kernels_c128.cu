#define POSDEF_TYPE std::complex<double>
#define POSDEF_COMPLEX 1
#define POSDEF_DOUBLE 1
#include "backend/gpu/cuda/kernels.cuh"
