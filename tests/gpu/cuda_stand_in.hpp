// A stand-in for the CUDA runtime, so that posdef's own use of it is executed where there is no GPU.
//
// It has devices in name, memory that is host memory, and kernels that do nothing or are executed on the host, as
// whoever links it decides. What it takes seriously is what a program can get wrong: commands of a stream run when
// somebody waits for them and not before; contexts are made only when a call needs one, and each thread has its own
// stack of them; a call that a stream capture forbids breaks the capture; a kernel that was not loaded cannot be
// launched in one; what is read is remembered to have been written or not. Calls are counted, and any can be made to
// fail.
#pragma once

#include <cuda.h>
#include <cuda_runtime_api.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace stand_in {

// Given by whoever has the kernels (cuda_stand_in_kernels.cpp, cuda_on_host/runtime.cpp): how many of the devices are
// visible, what every byte of new memory is, and what a launch does when its turn has come.
extern const int visible_devices, new_byte;
std::function<void()> launched(const void* kernel, dim3 grid, dim3 block, void** arguments, std::size_t shared_bytes);

/// What a fake device is like. Tests use device 1 where one will do, so that nobody has asked for device 0.
struct device {
  int major = 9, minor = 0;
  bool pools = true;      ///< has stream-ordered memory
  bool image = true;      ///< the kernels load
  bool pageable = false;  ///< reaches all host memory
  std::size_t total = std::size_t{80} << 30, free = total;
  bool context = false;  ///< the primary one has been made
};
inline constexpr int devices = 6;
inline constexpr int unused = 0, plain = 1, other = 2, without_pools = 3, too_old = 4, without_image = 5;
device& at(int index);

/// Calls of this function so far; of all functions.
int calls(const std::string& function);
int all_calls();
/// Launches, copies and clears that were enqueued or captured.
int commands();
/// The next call but `after` of the function fails.
void fail(const std::string& function, cudaError_t code, int after = 0);

/// The calling thread's contexts, innermost last; and as a thread is at its beginning.
std::vector<int> contexts_of_thread();
void reset_thread();
/// As after cuCtxCreate.
void enter_foreign_context(int device);

/// Commands that nobody has waited for.
int pending();
/// Bytes of the largest copy to the host of which some were never written; since when it was asked last.
std::size_t largest_unwritten_read();
/// Host memory that was given back while a command was to use it.
int used_after_release();

/// The captures that are under way: whether a forbidden call has broken one.
bool capture_is_whole(cudaStream_t s);

}  // namespace stand_in
