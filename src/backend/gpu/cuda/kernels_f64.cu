#define POSDEF_TYPE double
#define POSDEF_COMPLEX 0
#define POSDEF_DOUBLE 1
#include "backend/gpu/cuda/kernels.cuh"
