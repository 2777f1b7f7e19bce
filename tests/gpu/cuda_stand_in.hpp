// A stand-in for the CUDA runtime, to test posdef's use of it without a GPU.
//
// It has fake devices, device memory that is host memory, and kernels that do nothing or run on the host, depending on
// the linked file. It reproduces what a program can get wrong: commands of a stream run only when something waits for
// them; contexts are created only when a call needs one, and each thread has its own stack of them; a call that a
// stream capture forbids invalidates the capture; a kernel that was not loaded cannot be launched during one; reads of
// unwritten memory are recorded. Calls are counted, and any call can be made to fail.
#pragma once

#include <cuda.h>
#include <cuda_runtime_api.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace stand_in {

// Defined by the file with the kernels (cuda_stand_in_kernels.cpp, cuda_on_host/runtime.cpp): the number of visible
// devices, the value of every byte of new memory, and the action of a launch.
extern const int visible_devices, new_byte;
std::function<void()> launched(const void* kernel, dim3 grid, dim3 block, void** arguments, std::size_t shared_bytes);

/// The properties of a fake device. Tests use device 1 if one suffices, so that device 0 stays unused.
struct device {
  int major = 9, minor = 0;
  bool pools = true;      ///< has stream-ordered memory
  bool image = true;      ///< kernels can be loaded
  bool pageable = false;  ///< can access all host memory
  std::size_t total = std::size_t{80} << 30, free = total;
  bool context = false;  ///< the primary context exists
};
inline constexpr int devices = 6;
inline constexpr int unused = 0, plain = 1, other = 2, without_pools = 3, too_old = 4, without_image = 5;
device& at(int index);

/// The number of calls of this function so far; of all functions.
int calls(const std::string& function);
int all_calls();
/// The number of launches, copies and clears that were enqueued or captured.
int commands();
/// Makes a later call of the function fail: the one after the next `after` calls.
void fail(const std::string& function, cudaError_t code, int after = 0);

/// The calling thread's contexts, innermost last; and a reset to the state of a new thread.
std::vector<int> contexts_of_thread();
void reset_thread();
/// Does what cuCtxCreate does.
void enter_foreign_context(int device);

/// The number of commands that have not run.
int pending();
/// The bytes of the largest copy to the host with unwritten memory, since the last query.
std::size_t largest_unwritten_read();
/// The number of host buffers that were freed while a command still used them.
int used_after_release();

/// Whether the current capture is still valid: no forbidden call was made.
bool capture_is_whole(cudaStream_t s);

}  // namespace stand_in
