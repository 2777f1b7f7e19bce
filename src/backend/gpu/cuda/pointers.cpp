#include "backend/gpu/cuda/pointers.hpp"

#include <algorithm>
#include <string>

namespace posdef::internal::cuda {

namespace {

std::string name_of(int index) { return "\"" + posdef::device{engine::cuda, index}.name() + "\""; }

}  // namespace

void check_stream(const place& p, cudaStream_t s, std::string_view function) {
#if CUDART_VERSION >= 12080
  if (s == nullptr) return;  // the null stream belongs to the current device
  int device = p.index;
  const own_work here(p);
  const cudaError_t code = cudaStreamGetDevice(s, &device);
  // A driver older than the runtime does not support the query.
  if (code != cudaErrorCallRequiresNewerDriver) check(code, "cudaStreamGetDevice");
  if (code != cudaSuccess) cudaGetLastError();
  if (device != p.index)
    throw invalid_argument(function, "stream", "a stream of " + name_of(device),
                           "a stream of the current device, " + name_of(p.index));
#else  // older runtimes do not support the query
  static_cast<void>(p), static_cast<void>(s), static_cast<void>(function);
#endif
}

void pointer_check::operator()(std::string_view function, std::string_view argument, const void* p) {
  if (p == nullptr || std::find(good_.begin(), good_.end(), p) == good_.end()) ask(function, argument, p);
}

bool pointer_check::capturing() const {
  cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
  check(cudaStreamIsCapturing(stream_, &status), "cudaStreamIsCapturing");
  return status != cudaStreamCaptureStatusNone;
}

void pointer_check::ask(std::string_view function, std::string_view argument, const void* p) {
  const auto refuse = [&](const std::string& where) {
    throw invalid_argument(function, argument, where, "memory of " + name_of(place_.index) + ", the plan's device");
  };
  const own_work here(place_);
  if (p == nullptr) refuse("null");
  cudaPointerAttributes a{};
  check(cudaPointerGetAttributes(&a, p), "cudaPointerGetAttributes");
  if (a.type == cudaMemoryTypeDevice && a.device != place_.index) refuse("memory of " + name_of(a.device));
  if (a.type == cudaMemoryTypeUnregistered) {
    int reaches_all = 0;
    check(cudaDeviceGetAttribute(&reaches_all, cudaDevAttrPageableMemoryAccess, place_.index),
          "cudaDeviceGetAttribute");
    // During capture, memory that the graph will allocate is not known yet.
    if (reaches_all == 0 && !capturing()) refuse("host memory that the device cannot access");
    if (reaches_all == 0) return;
  }
  good_[next_++ % good_.size()] = p;
}

}  // namespace posdef::internal::cuda
