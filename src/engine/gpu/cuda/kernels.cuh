// The kernels for one element type: included by kernels_<type>.cu, which defines POSDEF_TYPE, POSDEF_COMPLEX and
// POSDEF_DOUBLE. The text is that of kernels/, which OpenCL compiles too.
#include <math.h>

#include "engine/gpu/cuda/kernels.hpp"
#include "engine/gpu/engine.hpp"

namespace {
constexpr auto sizes = posdef::internal::gpu::blocking_for<POSDEF_TYPE>(posdef::internal::cuda::least_local_bytes);
}
#define POSDEF_BLOCK int(sizes.block)
#define POSDEF_SIDE int(sizes.side)

namespace {
#include "engine/gpu/kernels/prelude_cuda.h"
#include "engine/gpu/kernels/numbers.h"
#include "engine/gpu/kernels/triangle.h"
#include "engine/gpu/kernels/rows.h"
#include "engine/gpu/kernels/factor.cl"
#include "engine/gpu/kernels/solve.cl"
#include "engine/gpu/kernels/product_small.h"
#include "engine/gpu/kernels/product.cl"
#include "engine/gpu/kernels/product_large.h"
#include "engine/gpu/kernels/product.cl"
#include "engine/gpu/kernels/elements.cl"
}  // namespace

namespace posdef::internal::cuda {

template <>
const kernel_table& kernels_for<POSDEF_TYPE>() {
  const auto address = [](auto* kernel) { return reinterpret_cast<const void*>(kernel); };
  static const kernel_table table = {address(&potrf_small),   address(&potrf_tile),    address(&trsm_block),
                                     address(&product_small), address(&product_large), address(&copy_part),
                                     address(&fill_part),     address(&check_diagonal), address(&log_diagonal)};
  return table;
}

}  // namespace posdef::internal::cuda
