// Shared by the files of the stand-in: handles, memory, streams, and the beginning of a call.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "gpu/cuda_stand_in.hpp"

// The runtime's handle types, which its headers only declare.
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
  bool of_memory = false;  ///< an allocation or a deallocation
};
struct CUstream_st {
  int device;
  std::deque<command> queue = {};
  bool capturing = false, broken = false;
  cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal;
  std::vector<command> captured = {};
};
using moment = std::chrono::steady_clock::time_point;
struct CUevent_st {
  CUstream_st* stream = nullptr;
  std::shared_ptr<std::optional<moment>> done;
};
struct CUgraph_st {
  std::vector<command> commands;
};
struct CUgraphExec_st : CUgraph_st {};

namespace stand_in {

struct block {
  std::size_t bytes;
  cudaMemoryType type;
  int device;
  std::vector<bool> written;
  std::byte* pages;
  std::size_t page_bytes;
  CUstream_st* only_on = nullptr;  ///< the only stream that may use it until that stream has executed the allocation
};

// Shared memory of a block: the default limit and the maximum.
inline constexpr std::size_t usual_shared_bytes = 49152;
inline constexpr int most_shared_bytes = 232448;
inline constexpr int multiprocessors = 132;

struct machine {
  std::recursive_mutex guard;
  device all[devices];
  CUctx_st contexts[devices];
  CUmemPoolHandle_st pools[devices];
  CUstream_st null_streams[devices];
  std::set<CUstream_st*> streams;
  std::map<std::byte*, block> memory;
  std::map<std::pair<int, const void*>, std::size_t> loaded;  ///< with the limit of shared memory of a block
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
inline machine& m() {
  static auto& one = *new machine;
  return one;
}

inline thread_local std::vector<CUcontext> stack;
inline thread_local cudaStreamCaptureMode thread_mode = cudaStreamCaptureModeGlobal;

/// One call of the runtime: holds the lock, counts, and decides whether to fail.
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

/// The calling thread's device; creates its context if it has none.
inline int here() {
  if (stack.empty()) stack.push_back(&m().contexts[0]);
  const int d = stack.back()->device;
  m().all[d].context = true;
  return d;
}

/// The error of a call that a current capture forbids.
inline cudaError_t beside_captures() {
  if (thread_mode == cudaStreamCaptureModeRelaxed) return cudaSuccess;
  cudaError_t code = cudaSuccess;
  for (auto* s : m().streams)
    if (s->capturing && s->mode == cudaStreamCaptureModeGlobal) {
      s->broken = true;
      code = cudaErrorStreamCaptureUnsupported;
    }
  return code;
}

inline CUstream_st* stream_of(cudaStream_t s) { return s == nullptr ? &m().null_streams[here()] : s; }

inline cudaError_t enqueue(cudaStream_t stream, command c) {
  auto* s = stream_of(stream);
  if (s->device != here()) return cudaErrorInvalidResourceHandle;
  (s->capturing ? static_cast<void>(s->captured.push_back(std::move(c))) : s->queue.push_back(std::move(c)));
  return cudaSuccess;
}

inline void run_first(CUstream_st* s) {
  const command c = std::move(s->queue.front());
  s->queue.pop_front();
  c.run();
}
inline void drain(CUstream_st* s) {
  while (!s->queue.empty()) run_first(s);
}

inline std::map<std::byte*, block>::iterator find(const void* p) {
  auto* const q = const_cast<std::byte*>(static_cast<const std::byte*>(p));
  auto i = m().memory.upper_bound(q);
  if (i == m().memory.begin()) return m().memory.end();
  --i;
  return q < i->first + i->second.bytes ? i : m().memory.end();
}

inline void write(void* to, const void* from, std::size_t bytes) {
  if (from != nullptr) std::memcpy(to, from, bytes);
  if (from == nullptr) std::memset(to, 0, bytes);
  const auto b = find(to);
  if (b == m().memory.end()) return;
  const auto at = static_cast<std::ptrdiff_t>(static_cast<std::byte*>(to) - b->first);
  std::fill_n(b->second.written.begin() + at, bytes, true);
}

inline void look_for_unwritten(const void* from, std::size_t bytes) {
  const auto b = find(from);
  const auto at = static_cast<const std::byte*>(from) - b->first;
  const auto first = b->second.written.begin() + at, last = first + static_cast<std::ptrdiff_t>(bytes);
  if (std::find(first, last, false) != last) m().unwritten = std::max(m().unwritten, bytes);
}

inline cudaError_t allocate(void** p, std::size_t bytes, cudaMemoryType type, int device) {
  if (type == cudaMemoryTypeDevice) {
    if (bytes > m().all[device].free) return cudaErrorMemoryAllocation;
    m().all[device].free -= bytes;
  }
  // Accesses past the end hit an unmapped page.
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE)), room = (bytes + 15) / 16 * 16;
  const std::size_t whole = (room + page - 1) / page * page;
  void* const all = mmap(nullptr, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED) return cudaErrorMemoryAllocation;
  auto* const pages = static_cast<std::byte*>(all);
  mprotect(pages + whole, page, PROT_NONE);
  std::byte* const at = pages + whole - std::max<std::size_t>(room, 16);
  std::memset(at, new_byte, room);
  m().memory[at] = {bytes, type, device, std::vector<bool>(bytes, false), pages, whole + page};
  *p = at;
  return cudaSuccess;
}

inline void release(void* p) {
  const auto b = m().memory.find(static_cast<std::byte*>(p));
  if (b == m().memory.end()) std::abort();  // a driver also crashes, sooner or later
  for (auto* s : m().streams)
    for (const auto& c : s->queue)
      if (c.bytes > 0 && find(c.host) == b) ++m().used_after_release;
  if (b->second.type == cudaMemoryTypeDevice) m().all[b->second.device].free += b->second.bytes;
  munmap(b->second.pages, b->second.page_bytes);
  m().memory.erase(b);
}

}  // namespace stand_in

#define CALL                        \
  const stand_in::call c(__func__); \
  if (c.code != cudaSuccess) return c.code
#define UNSAFE_CALL \
  CALL;             \
  if (const auto forbidden = beside_captures(); forbidden != cudaSuccess) return forbidden
