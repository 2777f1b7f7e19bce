// A side stream on OpenCL: a second command queue, and a thread for host functions.
//
// OpenCL queues have no host functions: native kernels run on CPU devices only, and event callbacks must be short. So a
// call consists of an event that the thread waits for, and a user event that the thread completes and the queue waits
// for. If the device fails, the user event gets the error status, so that no wait blocks forever.
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
  /// Runs parallel to the queue of `main`. The thread sleeps while there is no call.
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

  /// Later commands in `then` wait for the commands in `first` so far.
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
  std::vector<task> tasks_;  ///< a ring buffer: `waiting_` tasks from `next_` on
  std::size_t next_ = 0, waiting_ = 0;
  bool busy_ = false, closing_ = false;
  const long process_;  ///< after fork() the thread exists only in the parent process
  std::thread thread_;
};

}  // namespace posdef::internal::opencl
