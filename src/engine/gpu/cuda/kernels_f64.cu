#define POSDEF_TYPE double
#define POSDEF_COMPLEX 0
#define POSDEF_DOUBLE 1
#include "engine/gpu/cuda/kernels.cuh"
