// The part of the stand-in runtime that depends on the kernels: launches run them.
#include "gpu/cuda_on_host/machine.hpp"
#include "gpu/cuda_stand_in.hpp"

namespace stand_in {

const int visible_devices = 1, new_byte = 0xff;  // NaN

std::function<void()> launched(const void* kernel, dim3 grid, dim3 block, void** arguments, std::size_t shared_bytes) {
  return [body = cuda_on_host::bound(kernel, arguments), blocks = grid.x, threads = static_cast<int>(block.x),
          shared_bytes] { cuda_on_host::launch(body, blocks, threads, shared_bytes); };
}

}  // namespace stand_in
