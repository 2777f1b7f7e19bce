#include "backend/gpu/cuda/buffers.hpp"

namespace posdef::internal::cuda {

static_assert(gpu::staging::value < lane::parts, "what is transferred comes first");

void staging::settle() noexcept {
  if (after_fork()) return;
  const own_work here(device_);
  cudaStreamSynchronize(lane_->stream.get());
}

/// At most 1 GiB, which is enough to keep a device busy. At most an eighth of the free memory: all buffers of a plan
/// together are less than six times the largest one, and other programs use the device too.
std::size_t staging::most_bytes(std::size_t wanted) const {
  constexpr std::size_t always = std::size_t{1} << 20, most = std::size_t{1} << 30;
  if (wanted <= always) return wanted;  // skip the driver call
  const own_work here(device_);
  std::size_t free = 0, total = 0;
  check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
  return std::min({wanted, most, free / 8});
}

void staging::reserve(purpose p, std::size_t bytes) {
  memory_[p] = memory();  // frees the old buffer first, because both may not fit
  memory_[p] = memory(device_, lane_->stream.get(), bytes);
  if (p < lane::parts) lane_->host[p].grow(device_, bytes);
  // These are copied to the host completely, but kernels write only a triangle and no padding.
  if (bytes > 0 && (p == result || p == blocks)) stream_.clear(at(p), bytes);
}

std::byte* staging::map(purpose p, std::size_t bytes, bool for_writing) {
  written_[p] = for_writing ? bytes : 0;
  std::byte* const host = lane_->host[p].data();
  if (!for_writing) {
    const own_work here(device_);
    check(cudaMemcpyAsync(host, memory_[p].get(), bytes, cudaMemcpyDeviceToHost, lane_->stream.get()),
          "cudaMemcpyAsync");
    check(cudaStreamSynchronize(lane_->stream.get()), "cudaStreamSynchronize");
  }
  return host;
}

void staging::unmap(purpose p) {
  if (written_[p] == 0) return;
  const own_work here(device_);
  check(cudaMemcpyAsync(memory_[p].get(), lane_->host[p].data(), written_[p], cudaMemcpyHostToDevice,
                        lane_->stream.get()),
        "cudaMemcpyAsync");
}

}  // namespace posdef::internal::cuda
