#include "gpu/cuda_stand_in.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

// The handles of the runtime, which its headers only name.
struct CUctx_st {
  int device;
};
struct CUmemPoolHandle_st {
  int device;
};
struct command {
  std::function<void()> run;
  const void* host = nullptr;
  std::size_t bytes = 0;
  bool of_memory = false;  ///< takes or gives back; no work
};
struct CUstream_st {
  int device;
  std::deque<command> queue;
  bool capturing = false, broken = false;
  cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal;
};
struct CUevent_st {
  CUstream_st* stream = nullptr;
  std::shared_ptr<bool> done;
};

namespace stand_in {
namespace {

struct block {
  std::size_t bytes;
  cudaMemoryType type;
  int device;
  std::vector<bool> written;
  CUstream_st* only_on = nullptr;  ///< where alone it is there, until that stream has come past its allocation
};

struct machine {
  std::recursive_mutex guard;
  device all[devices];
  CUctx_st contexts[devices];
  CUmemPoolHandle_st pools[devices];
  CUstream_st null_streams[devices];
  std::set<CUstream_st*> streams;
  std::map<std::byte*, block> memory;
  std::set<std::pair<int, const void*>> loaded;
  std::map<std::string, int> calls;
  std::map<std::string, std::pair<int, cudaError_t>> failures;
  int commands = 0, used_after_release = 0;
  std::size_t unwritten = 0;
  machine() {
    for (int i = 0; i < devices; ++i) {
      contexts[i].device = pools[i].device = null_streams[i].device = i;
      streams.insert(&null_streams[i]);
    }
    all[without_pools].pools = false;
    all[too_old].major = 3;
    all[without_image].image = false;
  }
};
machine& m() {
  static auto& one = *new machine;
  return one;
}

thread_local std::vector<CUcontext> stack;
thread_local cudaStreamCaptureMode thread_mode = cudaStreamCaptureModeGlobal;

/// One call of the runtime: alone in the machine, counted, and perhaps to fail.
class call {
 public:
  explicit call(const char* function) : lock_(m().guard) {
    ++m().calls[function];
    const auto f = m().failures.find(function);
    if (f == m().failures.end() || f->second.first-- > 0) return;
    code = f->second.second;
    m().failures.erase(f);
  }
  cudaError_t code = cudaSuccess;

 private:
  std::lock_guard<std::recursive_mutex> lock_;
};

/// The calling thread's device, whose context is made now if it has not been.
int here() {
  if (stack.empty()) stack.push_back(&m().contexts[0]);
  const int d = stack.back()->device;
  m().all[d].context = true;
  return d;
}

/// What a call is told that a capture under way forbids.
cudaError_t beside_captures() {
  if (thread_mode == cudaStreamCaptureModeRelaxed) return cudaSuccess;
  cudaError_t code = cudaSuccess;
  for (auto* s : m().streams)
    if (s->capturing && s->mode == cudaStreamCaptureModeGlobal) {
      s->broken = true;
      code = cudaErrorStreamCaptureUnsupported;
    }
  return code;
}

CUstream_st* stream_of(cudaStream_t s) { return s == nullptr ? &m().null_streams[here()] : s; }

cudaError_t enqueue(cudaStream_t stream, command c) {
  auto* s = stream_of(stream);
  if (s->device != here()) return cudaErrorInvalidResourceHandle;
  if (!s->capturing) s->queue.push_back(std::move(c));
  return cudaSuccess;
}

void run_first(CUstream_st* s) {
  const command c = std::move(s->queue.front());
  s->queue.pop_front();
  c.run();
}
void drain(CUstream_st* s) {
  while (!s->queue.empty()) run_first(s);
}

std::map<std::byte*, block>::iterator find(const void* p) {
  auto* const q = const_cast<std::byte*>(static_cast<const std::byte*>(p));
  auto i = m().memory.upper_bound(q);
  if (i == m().memory.begin()) return m().memory.end();
  --i;
  return q < i->first + i->second.bytes ? i : m().memory.end();
}

void write(void* to, const void* from, std::size_t bytes) {
  if (from != nullptr) std::memcpy(to, from, bytes);
  if (from == nullptr) std::memset(to, 0, bytes);
  const auto b = find(to);
  if (b == m().memory.end()) return;
  const auto at = static_cast<std::ptrdiff_t>(static_cast<std::byte*>(to) - b->first);
  std::fill_n(b->second.written.begin() + at, bytes, true);
}

void look_for_unwritten(const void* from, std::size_t bytes) {
  const auto b = find(from);
  const auto at = static_cast<const std::byte*>(from) - b->first;
  const auto first = b->second.written.begin() + at, last = first + static_cast<std::ptrdiff_t>(bytes);
  if (std::find(first, last, false) != last) m().unwritten = std::max(m().unwritten, bytes);
}

cudaError_t allocate(void** p, std::size_t bytes, cudaMemoryType type, int device) {
  if (type == cudaMemoryTypeDevice) {
    if (bytes > m().all[device].free) return cudaErrorMemoryAllocation;
    m().all[device].free -= bytes;
  }
  *p = std::calloc(1, std::max<std::size_t>(bytes, 1));
  m().memory[static_cast<std::byte*>(*p)] = {bytes, type, device, std::vector<bool>(bytes, false)};
  return cudaSuccess;
}

void release(void* p) {
  const auto b = m().memory.find(static_cast<std::byte*>(p));
  if (b == m().memory.end()) std::abort();  // as a driver does, sooner or later
  for (auto* s : m().streams)
    for (const auto& c : s->queue)
      if (c.bytes > 0 && find(c.host) == b) ++m().used_after_release;
  if (b->second.type == cudaMemoryTypeDevice) m().all[b->second.device].free += b->second.bytes;
  m().memory.erase(b);
  std::free(p);
}

}  // namespace

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

#define CALL                        \
  const stand_in::call c(__func__); \
  if (c.code != cudaSuccess) return c.code
#define UNSAFE_CALL \
  CALL;             \
  if (const auto forbidden = beside_captures(); forbidden != cudaSuccess) return forbidden

extern "C" {

// -- Devices and contexts.

cudaError_t cudaGetLastError() { return cudaSuccess; }
const char* cudaGetErrorString(cudaError_t e) {
  if (e == cudaErrorMemoryAllocation) return "out of memory";
  return e == cudaErrorLaunchFailure ? "unspecified launch failure" : "some error";
}
cudaError_t cudaGetDeviceCount(int* count) {
  CALL;
  *count = devices;
  return cudaSuccess;
}
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* p, int d) {
  CALL;
  *p = {};
  std::strcpy(p->name, "Stand-in");
  p->major = at(d).major;
  p->minor = at(d).minor;
  p->totalGlobalMem = at(d).total;
  return cudaSuccess;
}
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr what, int d) {
  CALL;
  *value = what == cudaDevAttrMemoryPoolsSupported     ? at(d).pools
           : what == cudaDevAttrPageableMemoryAccess   ? at(d).pageable
           : what == cudaDevAttrComputeCapabilityMajor ? at(d).major
           : what == cudaDevAttrComputeCapabilityMinor ? at(d).minor
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
  while (!at->queue.empty() && at->queue.front().of_memory) run_first(at);  // nothing is before it
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
  // Of pageable memory a copy is complete when the call returns.
  if (find(host) == m().memory.end()) drain(stream_of(s));
  return code;
}
cudaError_t cudaMemsetAsync(void* p, int, std::size_t bytes, cudaStream_t s) {
  CALL;
  ++m().commands;
  const auto b = find(p);
  if (b != m().memory.end() && b->second.only_on != nullptr && b->second.only_on != stream_of(s))
    return cudaErrorIllegalAddress;
  return enqueue(s, {[=] { write(p, nullptr, bytes); }});
}

// -- Streams and events.

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* s, unsigned) {
  CALL;
  *s = new CUstream_st{here(), {}};
  m().streams.insert(*s);
  return cudaSuccess;
}
cudaError_t cudaStreamDestroy(cudaStream_t s) {
  CALL;
  drain(s);
  m().streams.erase(s);
  delete s;
  return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t s) {
  UNSAFE_CALL;
  drain(stream_of(s));
  return cudaSuccess;
}
cudaError_t cudaStreamGetDevice(cudaStream_t s, int* d) {
  CALL;
  *d = stream_of(s)->device;
  return cudaSuccess;
}
cudaError_t cudaStreamIsCapturing(cudaStream_t s, cudaStreamCaptureStatus* status) {
  CALL;
  *status = stream_of(s)->capturing ? cudaStreamCaptureStatusActive : cudaStreamCaptureStatusNone;
  return cudaSuccess;
}
cudaError_t cudaStreamBeginCapture(cudaStream_t s, cudaStreamCaptureMode mode) {
  CALL;
  s->capturing = true;
  s->broken = false;
  s->mode = mode;
  return cudaSuccess;
}
cudaError_t cudaStreamEndCapture(cudaStream_t s, cudaGraph_t* graph) {
  CALL;
  *graph = nullptr;
  s->capturing = false;
  return s->broken ? cudaErrorStreamCaptureInvalidated : cudaSuccess;
}
cudaError_t cudaThreadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
  CALL;
  here();
  std::swap(*mode, thread_mode);
  return cudaSuccess;
}
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* e, unsigned) {
  CALL;
  here();
  *e = new CUevent_st;
  return cudaSuccess;
}
cudaError_t cudaEventDestroy(cudaEvent_t e) {
  CALL;
  delete e;
  return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t e, cudaStream_t s) {
  CALL;
  e->stream = stream_of(s);
  e->done = std::make_shared<bool>(false);
  return enqueue(s, {[done = e->done] { *done = true; }});
}
cudaError_t cudaStreamWaitEvent(cudaStream_t s, cudaEvent_t e, unsigned) {
  CALL;
  return enqueue(s, {[first = e->stream, done = e->done] {
                   while (!*done) run_first(first);
                 }});
}
cudaError_t cudaLaunchHostFunc(cudaStream_t s, cudaHostFn_t f, void* data) {
  CALL;
  return enqueue(s, {[=] { f(data); }});
}

// -- Kernels.

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes*, const void* kernel) {
  UNSAFE_CALL;
  if (!at(here()).image) return cudaErrorNoKernelImageForDevice;
  m().loaded.insert({here(), kernel});
  return cudaSuccess;
}
cudaError_t cudaFuncSetAttribute(const void* kernel, cudaFuncAttribute, int) {
  UNSAFE_CALL;
  return m().loaded.contains({here(), kernel}) ? cudaSuccess : cudaErrorInvalidDeviceFunction;
}
cudaError_t cudaLaunchKernel(const void* kernel, dim3, dim3, void**, std::size_t, cudaStream_t s) {
  CALL;
  ++m().commands;
  if (!at(here()).image) return cudaErrorNoKernelImageForDevice;
  if (m().loaded.insert({here(), kernel}).second)  // loaded by the first launch
    if (const auto forbidden = beside_captures(); forbidden != cudaSuccess) return forbidden;
  return enqueue(s, {[] {}});
}

}  // extern "C"
