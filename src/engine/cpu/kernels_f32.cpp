// The kernel tables for float.
#include <complex>

#define POSDEF_ELEMENT float
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/cpu/kernels_f32.cpp"
#define HWY_DISABLED_TARGETS HWY_SSSE3
#include "hwy/foreach_target.h"
#include "engine/cpu/kernels-inl.hpp"
