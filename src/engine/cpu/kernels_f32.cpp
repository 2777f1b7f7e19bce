// The kernel tables for float.
#include <complex>

#define POSDEF_ELEMENT float
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/cpu/kernels_f32.cpp"
#define HWY_DISABLED_TARGETS HWY_SSSE3
// Must come first: it includes this file again for every instruction set but the last.
#include "hwy/foreach_target.h"

// The kernels.
#include "engine/cpu/kernels-inl.hpp"
