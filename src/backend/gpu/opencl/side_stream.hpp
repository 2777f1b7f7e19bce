// A second command queue beside the stream's, and a thread for what the host has to do in between.
//
// OpenCL has no host functions in a queue (native kernels run on processors alone, and a callback of an event must not
// take long). So a call is an event that the thread waits for, and a user event that the thread completes and the queue
// waits for. If the device fails, the user event gets the failure, so that nothing waits for ever.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "backend/gpu/opencl/stream.hpp"
#include "backend/gpu/side_stream.hpp"

namespace posdef::internal::opencl {

class side_stream final : public gpu::side_stream {
 public:
  /// Beside `main`, whose queue keeps the order; its thread sleeps until there is a call.
  side_stream(cl_context context, cl_device_id device, const stream& main);
  ~side_stream() override;

  std::byte* reserve(std::size_t bytes, index calls) override;
  void enter() override { order(main_.queue(), queue_.get()); }
  void read(gpu::address from, std::byte* to, std::size_t bytes) override;
  void call(function f, void* data) override;
  void write(const std::byte* from, gpu::address to, std::size_t bytes) override;
  void leave() override { order(queue_.get(), main_.queue()); }
  void settle() noexcept override;

 private:
  struct task {
    function f;
    void* data;
    cl_event before, after;
  };

  /// What follows in one queue waits for what is in the other.
  static void order(cl_command_queue first, cl_command_queue then);
  void work();
  void unmap();

  const cl_context context_;
  const stream& main_;
  owned_queue queue_;
  owned_memory pinned_;
  void* mapped_ = nullptr;

  std::mutex guard_;
  std::condition_variable changed_;
  std::vector<task> tasks_;  ///< a ring: `waiting_` of them from `next_` on
  std::size_t next_ = 0, waiting_ = 0;
  bool busy_ = false, closing_ = false;
  const long process_;  ///< after fork() the thread is the parent's alone
  std::thread thread_;
};

}  // namespace posdef::internal::opencl
