// OpenCL device memory for problems in host memory.
#pragma once

#include <algorithm>

#include "backend/gpu/opencl/side_stream.hpp"
#include "backend/gpu/staging.hpp"

namespace posdef::internal::opencl {

/// The buffers of one plan on an own queue. Buffers are mapped for transfers, so that nothing is copied if host and
/// device share memory.
class staging final : public gpu::staging {
 public:
  staging(cl_context context, cl_device_id device, const lane& l)
      : context_(context), device_(device), stream_(l.queue.get(), l.kernels) {}

  gpu::stream& queue() { return stream_; }
  /// The side stream must be destroyed before this object.
  std::unique_ptr<gpu::side_stream> make_side_stream() {
    return std::make_unique<side_stream>(context_, device_, stream_);
  }

  std::size_t most_bytes(std::size_t wanted) const override {
    const auto one = device_value<cl_ulong>(device_, CL_DEVICE_MAX_MEM_ALLOC_SIZE);
    const auto all = device_value<cl_ulong>(device_, CL_DEVICE_GLOBAL_MEM_SIZE);
    return static_cast<std::size_t>(std::min<cl_ulong>({wanted, one, all / 8}));
  }

  void reserve(purpose p, std::size_t bytes) override {
    cl_int code = CL_SUCCESS;
    // OpenCL does not allow empty buffers.
    owned_memory m(clCreateBuffer(context_, CL_MEM_READ_WRITE, std::max<std::size_t>(bytes, 16), nullptr, &code));
    check(code, "clCreateBuffer", std::max<std::size_t>(bytes, 16));
    memory_[p] = std::move(m);
    stream_.set_buffer(number(p), memory_[p].get());
  }

  gpu::address at(purpose p) const override { return address_of(number(p)); }

  std::byte* map(purpose p, std::size_t bytes, bool for_writing) override {
    cl_int code = CL_SUCCESS;
    void* here = clEnqueueMapBuffer(stream_.queue(), memory_[p].get(), CL_TRUE,
                                    for_writing ? CL_MAP_WRITE_INVALIDATE_REGION : CL_MAP_READ, 0, bytes, 0, nullptr,
                                    nullptr, &code);
    check(code, "clEnqueueMapBuffer");
    mapped_[p] = here;
    return static_cast<std::byte*>(here);
  }

  void unmap(purpose p) override {
    check(clEnqueueUnmapMemObject(stream_.queue(), memory_[p].get(), mapped_[p], 0, nullptr, nullptr),
          "clEnqueueUnmapMemObject");
  }

 private:
  static int number(purpose p) { return p + 1; }

  cl_context context_;
  cl_device_id device_;
  stream stream_;
  owned_memory memory_[purposes];
  void* mapped_[purposes] = {};
};

}  // namespace posdef::internal::opencl
