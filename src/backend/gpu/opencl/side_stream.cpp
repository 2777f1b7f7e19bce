#include "backend/gpu/opencl/side_stream.hpp"

#include <unistd.h>

#include <algorithm>
#include <system_error>

namespace posdef::internal::opencl {

namespace {

owned_event mark(cl_command_queue q) {
  cl_event e = nullptr;
  check(clEnqueueMarkerWithWaitList(q, 0, nullptr, &e), "clEnqueueMarkerWithWaitList");
  return owned_event(e);
}

void wait_in(cl_command_queue q, cl_event e) {
  check(clEnqueueBarrierWithWaitList(q, 1, &e, nullptr), "clEnqueueBarrierWithWaitList");
}

}  // namespace

side_stream::side_stream(cl_context context, cl_device_id device, const stream& main)
    : context_(context), main_(main), process_(getpid()) {
  cl_int code = CL_SUCCESS;
  queue_ = owned_queue(clCreateCommandQueue(context, device, 0, &code));
  check(code, "clCreateCommandQueue");
  try {
    thread_ = std::thread([this] { work(); });
  } catch (const std::system_error& problem) {
    throw system_failure(std::string("posdef: cannot start the thread of the hybrid engine: ") + problem.what());
  }
}

side_stream::~side_stream() {
  if (process_ != getpid()) {
    thread_.detach();
    return;
  }
  settle();
  {
    const std::lock_guard lock(guard_);
    closing_ = true;
  }
  changed_.notify_all();
  thread_.join();
  unmap();
}

void side_stream::unmap() {
  if (mapped_ == nullptr) return;
  clEnqueueUnmapMemObject(queue_.get(), pinned_.get(), mapped_, 0, nullptr, nullptr);
  clFinish(queue_.get());
  mapped_ = nullptr;
}

std::byte* side_stream::reserve(std::size_t bytes, index calls) {
  unmap();
  bytes = std::max<std::size_t>(bytes, 16);  // OpenCL does not allow empty buffers
  cl_int code = CL_SUCCESS;
  pinned_ = owned_memory(clCreateBuffer(context_, CL_MEM_READ_WRITE | CL_MEM_ALLOC_HOST_PTR, bytes, nullptr, &code));
  check(code, "clCreateBuffer", bytes);
  mapped_ = clEnqueueMapBuffer(queue_.get(), pinned_.get(), CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, 0, bytes, 0, nullptr,
                               nullptr, &code);
  check(code, "clEnqueueMapBuffer", bytes);
  tasks_.resize(static_cast<std::size_t>(std::max<index>(calls, 1)));
  return static_cast<std::byte*>(mapped_);
}

void side_stream::order(cl_command_queue first, cl_command_queue then) {
  const owned_event done = mark(first);
  wait_in(then, done.get());
  check(clFlush(first), "clFlush");  // without a flush the event may never complete
}

void side_stream::read(gpu::address from, std::byte* to, std::size_t bytes) {
  if (bytes == 0) return;
  check(clEnqueueReadBuffer(queue_.get(), main_.buffer(from), CL_FALSE, from & main_.offset_bits(), bytes, to, 0,
                            nullptr, nullptr),
        "clEnqueueReadBuffer");
}

void side_stream::write(const std::byte* from, gpu::address to, std::size_t bytes) {
  if (bytes == 0) return;
  check(clEnqueueWriteBuffer(queue_.get(), main_.buffer(to), CL_FALSE, to & main_.offset_bits(), bytes, from, 0,
                             nullptr, nullptr),
        "clEnqueueWriteBuffer");
}

void side_stream::call(function f, void* data) {
  owned_event before = mark(queue_.get());
  cl_int code = CL_SUCCESS;
  owned_event after(clCreateUserEvent(context_, &code));
  check(code, "clCreateUserEvent");
  wait_in(queue_.get(), after.get());
  {
    // From here on the thread completes `after`, even if a later call fails.
    const std::lock_guard lock(guard_);
    tasks_[(next_ + waiting_++) % tasks_.size()] = {f, data, before.release_handle(), after.release_handle()};
  }
  changed_.notify_all();
  check(clFlush(queue_.get()), "clFlush");
}

void side_stream::work() {
  std::unique_lock lock(guard_);
  while (true) {
    changed_.wait(lock, [&] { return waiting_ > 0 || closing_; });
    if (waiting_ == 0) return;
    const task t = tasks_[next_];
    next_ = (next_ + 1) % tasks_.size();
    --waiting_;
    busy_ = true;
    lock.unlock();
    const cl_int status = clWaitForEvents(1, &t.before);
    if (status == CL_SUCCESS) t.f(t.data);
    clSetUserEventStatus(t.after, status == CL_SUCCESS ? CL_COMPLETE : status);
    clReleaseEvent(t.before);
    clReleaseEvent(t.after);
    lock.lock();
    busy_ = false;
    changed_.notify_all();
  }
}

void side_stream::settle() noexcept {
  if (process_ != getpid()) return;
  clFinish(queue_.get());
  std::unique_lock lock(guard_);
  changed_.wait(lock, [&] { return waiting_ == 0 && !busy_; });
}

}  // namespace posdef::internal::opencl
