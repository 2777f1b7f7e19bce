// Devices, contexts and memory of the stand-in, and its queries for tests.
#include <cstdlib>

#include "gpu/cuda_stand_in_state.hpp"

namespace stand_in {

device& at(int index) { return m().all[index]; }
int calls(const std::string& function) {
  const std::lock_guard lock(m().guard);
  return m().calls[function];
}
int all_calls() {
  const std::lock_guard lock(m().guard);
  int sum = 0;
  for (const auto& [name, count] : m().calls) sum += count;
  return sum;
}
int commands() { return m().commands; }
void fail(const std::string& function, cudaError_t code, int after) { m().failures[function] = {after, code}; }
std::vector<int> contexts_of_thread() {
  std::vector<int> all;
  for (const CUcontext c : stack) all.push_back(c->device);
  return all;
}
void reset_thread() { stack.clear(); }
void enter_foreign_context(int device) { stack.push_back(new CUctx_st{device}); }
int pending() {
  const std::lock_guard lock(m().guard);
  std::size_t sum = 0;
  for (auto* s : m().streams)
    sum += static_cast<std::size_t>(
        std::count_if(s->queue.begin(), s->queue.end(), [](const auto& c) { return !c.of_memory; }));
  return static_cast<int>(sum);
}
std::size_t largest_unwritten_read() { return std::exchange(m().unwritten, 0); }
int used_after_release() { return m().used_after_release; }
bool capture_is_whole(cudaStream_t s) { return s->capturing && !s->broken; }

}  // namespace stand_in

using namespace stand_in;

extern "C" {

// -- Devices and contexts.

cudaError_t cudaGetLastError() { return cudaSuccess; }
const char* cudaGetErrorString(cudaError_t e) {
  if (e == cudaErrorMemoryAllocation) return "out of memory";
  return e == cudaErrorLaunchFailure ? "unspecified launch failure" : "some error";
}
cudaError_t cudaGetDeviceCount(int* count) {
  CALL;
  *count = visible_devices;
  return cudaSuccess;
}
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* p, int d) {
  CALL;
  *p = {};
  std::strcpy(p->name, "Stand-in");
  p->major = at(d).major;
  p->minor = at(d).minor;
  p->totalGlobalMem = at(d).total;
  p->multiProcessorCount = multiprocessors;
  return cudaSuccess;
}
cudaError_t cudaDriverGetVersion(int* version) {
  CALL;
  *version = CUDART_VERSION;
  return cudaSuccess;
}
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr what, int d) {
  CALL;
  *value = what == cudaDevAttrMemoryPoolsSupported           ? at(d).pools
           : what == cudaDevAttrPageableMemoryAccess         ? at(d).pageable
           : what == cudaDevAttrComputeCapabilityMajor       ? at(d).major
           : what == cudaDevAttrComputeCapabilityMinor       ? at(d).minor
           : what == cudaDevAttrMultiProcessorCount          ? multiprocessors
           : what == cudaDevAttrMaxSharedMemoryPerBlockOptin ? most_shared_bytes
                                                             : 0;
  return cudaSuccess;
}
cudaError_t cudaGetDevice(int* d) {
  CALL;
  *d = stack.empty() ? 0 : stack.back()->device;
  return cudaSuccess;
}
cudaError_t cudaSetDevice(int d) {
  CALL;
  if (!stack.empty()) stack.pop_back();
  stack.push_back(&m().contexts[d]);
  here();
  return cudaSuccess;
}

CUresult stand_in_retain(CUcontext* context, CUdevice d) {
  const stand_in::call c("cuDevicePrimaryCtxRetain");
  at(d).context = true;
  *context = &m().contexts[d];
  return CUDA_SUCCESS;
}
CUresult stand_in_current(CUcontext* context) {
  const stand_in::call c("cuCtxGetCurrent");
  *context = stack.empty() ? nullptr : stack.back();
  return CUDA_SUCCESS;
}
CUresult stand_in_push(CUcontext context) {
  const stand_in::call c("cuCtxPushCurrent");
  stack.push_back(context);
  return CUDA_SUCCESS;
}
CUresult stand_in_pop(CUcontext* context) {
  const stand_in::call c("cuCtxPopCurrent");
  *context = stack.back();
  stack.pop_back();
  return CUDA_SUCCESS;
}
cudaError_t cudaGetDriverEntryPointByVersion(const char* name, void** f, unsigned, unsigned long long,
                                             cudaDriverEntryPointQueryResult* found) {
  CALL;
  const std::map<std::string, void*> all = {{"cuDevicePrimaryCtxRetain", reinterpret_cast<void*>(&stand_in_retain)},
                                            {"cuCtxGetCurrent", reinterpret_cast<void*>(&stand_in_current)},
                                            {"cuCtxPushCurrent", reinterpret_cast<void*>(&stand_in_push)},
                                            {"cuCtxPopCurrent", reinterpret_cast<void*>(&stand_in_pop)}};
  *f = all.at(name);
  *found = cudaDriverEntryPointSuccess;
  return cudaSuccess;
}

// -- Memory.

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  UNSAFE_CALL;
  *free = at(here()).free;
  *total = at(here()).total;
  return cudaSuccess;
}
cudaError_t cudaMalloc(void** p, std::size_t bytes) {
  UNSAFE_CALL;
  return allocate(p, bytes, cudaMemoryTypeDevice, here());
}
cudaError_t cudaFree(void* p) {
  UNSAFE_CALL;
  for (auto* s : m().streams)
    if (s->device == here()) drain(s);
  release(p);
  return cudaSuccess;
}
cudaError_t cudaMallocManaged(void** p, std::size_t bytes, unsigned) {
  UNSAFE_CALL;
  return allocate(p, bytes, cudaMemoryTypeManaged, here());
}
cudaError_t cudaMallocHost(void** p, std::size_t bytes) {
  UNSAFE_CALL;
  return allocate(p, bytes, cudaMemoryTypeHost, here());
}
cudaError_t cudaFreeHost(void* p) {
  UNSAFE_CALL;
  release(p);
  return cudaSuccess;
}
cudaError_t cudaMemPoolCreate(cudaMemPool_t* pool, const cudaMemPoolProps* how) {
  CALL;
  here();
  *pool = &m().pools[how->location.id];
  return cudaSuccess;
}
cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t, cudaMemPoolAttr, void*) {
  CALL;
  return cudaSuccess;
}
cudaError_t cudaMallocFromPoolAsync(void** p, std::size_t bytes, cudaMemPool_t pool, cudaStream_t s) {
  CALL;
  const auto code = allocate(p, bytes, cudaMemoryTypeDevice, pool->device);
  if (code != cudaSuccess) return code;
  const auto b = find(*p);
  b->second.only_on = stream_of(s);
  return enqueue(s, {[b] { b->second.only_on = nullptr; }, nullptr, 0, true});
}
cudaError_t cudaFreeAsync(void* p, cudaStream_t s) {
  CALL;
  const auto code = enqueue(s, {[p] { release(p); }, nullptr, 0, true});
  auto* const at = stream_of(s);
  while (!at->queue.empty() && at->queue.front().of_memory) run_first(at);  // no command precedes it
  return code;
}
cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* a, const void* p) {
  CALL;
  here();
  *a = {};
  const auto b = find(p);
  a->type = b == m().memory.end() ? cudaMemoryTypeUnregistered : b->second.type;
  a->device = b == m().memory.end() ? -1 : b->second.device;
  return cudaSuccess;
}
cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t s) {
  CALL;
  ++m().commands;
  const bool down = kind == cudaMemcpyDeviceToHost;
  const void* const host = down ? to : from;
  const auto copy = [=] {
    if (down) look_for_unwritten(from, bytes);
    write(to, from, bytes);
  };
  const auto code = enqueue(s, {copy, host, bytes});
  // A copy of pageable memory is complete when the call returns.
  if (find(host) == m().memory.end()) drain(stream_of(s));
  return code;
}
cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  const auto code = cudaMemcpyAsync(to, from, bytes, kind, nullptr);
  return code == cudaSuccess ? cudaStreamSynchronize(nullptr) : code;
}
cudaError_t cudaMemsetAsync(void* p, int, std::size_t bytes, cudaStream_t s) {
  CALL;
  ++m().commands;
  const auto b = find(p);
  if (b != m().memory.end() && b->second.only_on != nullptr && b->second.only_on != stream_of(s))
    return cudaErrorIllegalAddress;
  return enqueue(s, {[=] { write(p, nullptr, bytes); }});
}

}  // extern "C"
