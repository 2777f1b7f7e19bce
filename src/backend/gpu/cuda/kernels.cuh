// The kernels for one element type. kernels_<type>.cu defines POSDEF_TYPE, POSDEF_COMPLEX and POSDEF_DOUBLE and
// includes this file. The source in kernels/ is shared with OpenCL.
#include <math.h>

#include "backend/gpu/cuda/kernels.hpp"
#include "engine/gpu/engine.hpp"

namespace {
constexpr auto sizes = posdef::internal::gpu::blocking_for<POSDEF_TYPE>(posdef::internal::cuda::least_local_bytes);
}
#define POSDEF_BLOCK int(sizes.block)
#define POSDEF_SIDE int(sizes.side)

namespace {
#include "engine/gpu/kernels/prelude_cuda.h"
#ifdef __CUDACC__
#include "engine/gpu/kernels/ptx.h"
#endif
#include "engine/gpu/kernels/numbers.h"
#include "engine/gpu/kernels/triangle.h"
#include "engine/gpu/kernels/rows.h"
#include "engine/gpu/kernels/factor.cl"
#include "engine/gpu/kernels/solve.cl"
#include "engine/gpu/kernels/tiles.cl"
#include "engine/gpu/kernels/product_small.h"
#include "engine/gpu/kernels/product.cl"
#include "engine/gpu/kernels/product_large.h"
#include "engine/gpu/kernels/product.cl"
#include "engine/gpu/kernels/elements.cl"
}  // namespace

namespace posdef::internal::cuda {

namespace {
/// The address of a kernel. Checks that the number of parameters equals that of the host's launch.
template <gpu::kernel k, class... Parameters>
const void* address(void (*kernel)(Parameters...)) {
  static_assert(sizeof...(Parameters) == gpu::kernel_arguments[static_cast<std::size_t>(k)]);
  return reinterpret_cast<const void*>(kernel);
}
}  // namespace

template <>
const kernel_table& kernels_for<POSDEF_TYPE>() {
  using gpu::kernel;
  static const kernel_table table = {address<kernel::potrf_small>(&potrf_small),
                                     address<kernel::potrf_tile>(&potrf_tile),
                                     address<kernel::potrf_tiles>(&potrf_tiles),
                                     address<kernel::trsm_block>(&trsm_block),
                                     address<kernel::product_small>(&product_small),
                                     address<kernel::product_large>(&product_large),
                                     address<kernel::copy_part>(&copy_part),
                                     address<kernel::fill_part>(&fill_part),
                                     address<kernel::check_diagonal>(&check_diagonal),
                                     address<kernel::log_diagonal>(&log_diagonal)};
  return table;
}

}  // namespace posdef::internal::cuda
