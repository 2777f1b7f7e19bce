#define POSDEF_TYPE float
#define POSDEF_COMPLEX 0
#define POSDEF_DOUBLE 0
#include "backend/gpu/cuda/kernels.cuh"
