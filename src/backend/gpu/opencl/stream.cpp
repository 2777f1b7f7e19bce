#include "backend/gpu/opencl/stream.hpp"

#include <limits>

namespace posdef::internal::opencl {

stream::stream(cl_command_queue queue, std::span<const owned_kernel> kernels) : queue_(queue), kernels_(kernels) {
  cl_command_queue_properties p = 0;
  check(clGetCommandQueueInfo(queue, CL_QUEUE_PROPERTIES, sizeof(p), &p, nullptr), "clGetCommandQueueInfo");
  ordered_ = (p & CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE) == 0;
}

template <class F>
void stream::in_order(const char* function, const F& enqueue) {
  cl_event before = last_.get(), done = nullptr;
  const cl_event* list = waiting_.empty() ? &before : waiting_.data();
  const auto count = static_cast<cl_uint>(waiting_.empty() ? (before != nullptr ? 1 : 0) : waiting_.size());
  check(enqueue(count, count > 0 ? list : nullptr, ordered_ ? nullptr : &done), function);
  waiting_.clear();
  if (!ordered_) last_ = owned_event(done);
}

void stream::launch(gpu::kernel k, index groups, int items, std::initializer_list<gpu::argument> arguments) {
  if (groups == 0) return;
  if (groups > std::numeric_limits<std::int32_t>::max())
    throw system_failure("posdef: OpenCL: batch too large: " + std::to_string(groups) + " work-groups in one launch");
  const cl_kernel kernel = kernels_[static_cast<std::size_t>(k)].get();
  cl_uint i = 0;
  for (const auto& a : arguments) {
    const bool is_buffer = a.is == gpu::argument::kind::buffer;
    const cl_mem memory = is_buffer ? buffer(a.memory) : nullptr;
    // A size without data is local memory of the work-group.
    check(is_buffer ? clSetKernelArg(kernel, i, sizeof(memory), &memory) : clSetKernelArg(kernel, i, a.size, a.data),
          "clSetKernelArg");
    ++i;
  }
  const auto local = static_cast<std::size_t>(items), global = static_cast<std::size_t>(groups) * local;
  in_order("clEnqueueNDRangeKernel", [&](cl_uint n, const cl_event* events, cl_event* done) {
    return clEnqueueNDRangeKernel(queue_, kernel, 1, nullptr, &global, &local, n, events, done);
  });
}

void stream::clear(gpu::address a, std::size_t bytes) {
  if (bytes == 0) return;
  const cl_uint zero = 0;
  in_order("clEnqueueFillBuffer", [&](cl_uint n, const cl_event* events, cl_event* done) {
    return clEnqueueFillBuffer(queue_, buffer(a), &zero, sizeof(zero), a & offset_bits(), bytes, n, events, done);
  });
}

owned_event stream::mark() {
  cl_event done = nullptr, before = last_.get();
  // Without a launch, the marker waits for the events that a launch would have waited for. In an in-order queue a
  // marker without a list waits for all earlier commands.
  const cl_event* list = waiting_.empty() ? &before : waiting_.data();
  const auto count = static_cast<cl_uint>(waiting_.empty() ? (before != nullptr ? 1 : 0) : waiting_.size());
  check(clEnqueueMarkerWithWaitList(queue_, count, count > 0 ? list : nullptr, &done), "clEnqueueMarkerWithWaitList");
  waiting_.clear();
  return owned_event(done);
}

}  // namespace posdef::internal::opencl
