// Not instrumented (see CMakeLists.txt): this file tells the sanitizers about fibers and about the order that barriers
// and published numbers establish.
#include "gpu/cuda_on_host/machine.hpp"

#include <sched.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#if POSDEF_THREAD_SANITIZER
#include <sanitizer/tsan_interface.h>
#define WITH_TSAN(x) x
#else
#define WITH_TSAN(x)
#endif
#if POSDEF_ADDRESS_SANITIZER
#include <sanitizer/common_interface_defs.h>
#define WITH_ASAN(x) x
#else
#define WITH_ASAN(x)
#endif

namespace cuda_on_host {
namespace {

constexpr int workers = 2;
constexpr std::size_t stack_bytes = std::size_t{1} << 18, most_shared = std::size_t{1} << 18;

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "cuda_on_host: %s\n", what);
  std::abort();
}

std::byte* pages(std::size_t bytes) {
  void* const p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) fail("no memory");
  return static_cast<std::byte*>(p);
}

struct launch_state {
  const body* kernel = nullptr;
  long long blocks = 0;
  int threads = 0;
  std::size_t shared_bytes = 0;
};

void order_before([[maybe_unused]] void* key) { WITH_TSAN(__tsan_release(key)); }
void order_behind([[maybe_unused]] void* key) { WITH_TSAN(__tsan_acquire(key)); }

struct fiber {
  ucontext_t beginning;
  bool begun = false;
  void* place[5];  ///< its context for __builtin_setjmp: swapcontext() would make a system call at each barrier
  WITH_TSAN(void* identity = nullptr;)
  WITH_ASAN(const void* stack = nullptr; std::size_t stack_size = 0; void* fake_stack = nullptr;)
  bool released = false;  ///< has executed a fence, for its next publication
};

/// An operating system thread and its fibers; runs one block after another.
class worker {
 public:
  worker() : shared_end_(pages(most_shared + 4096) + most_shared) { mprotect(shared_end_, 4096, PROT_NONE); }

  void run(const launch_state& l, long long block);
  void barrier();
  int current_thread() const { return now_; }
  long long current_block() const { return block_; }
  void* launched_memory() const { return shared_; }
  fiber& current() { return *fibers_[static_cast<std::size_t>(now_)]; }

 private:
  static void begin();
  [[noreturn]] void live();
  void grow(int threads);
  /// Switches from one fiber to another; -1 is the thread itself.
  void change(int to);
  void arrive();
  void note_end(bool at_barrier);

  std::vector<std::unique_ptr<fiber>> fibers_;
  fiber home_;
  const launch_state* launch_ = nullptr;
  long long block_ = 0;
  int now_ = -1;
  // The fibers run from one barrier to the next, alternately in ascending and descending order: the last one of a phase
  // is the first one of the next.
  int turn_ = 0;
  int arrived_ = 0, ended_ = 0;
  std::byte* shared_end_;
  std::byte* shared_ = nullptr;
  // Synchronization objects for the sanitizer. Two barrier objects alternate: threads arrive at one while others still
  // leave the previous one.
  char begun_ = 0, met_[2] = {}, done_ = 0;
  bool up() const { return turn_ % 2 == 0; }
};

thread_local worker* me = nullptr;

void worker::begin() { me->live(); }

[[noreturn, gnu::noinline]] void go_on(void** place) { __builtin_longjmp(place, 1); }

[[gnu::noinline]] void worker::change(int to) {
  fiber& from = now_ < 0 ? home_ : *fibers_[static_cast<std::size_t>(now_)];
  fiber& next = to < 0 ? home_ : *fibers_[static_cast<std::size_t>(to)];
  now_ = to;
  WITH_TSAN(__tsan_switch_to_fiber(next.identity, __tsan_switch_to_fiber_no_sync));
  WITH_ASAN(__sanitizer_start_switch_fiber(&from.fake_stack, next.stack, next.stack_size));
  if (__builtin_setjmp(from.place) != 0) return arrive();
  if (std::exchange(next.begun, true)) go_on(next.place);
  setcontext(&next.beginning);
}

void worker::grow(int threads) {
  while (static_cast<int>(fibers_.size()) < threads) {
    auto f = std::make_unique<fiber>();
    getcontext(&f->beginning);
    f->beginning.uc_stack.ss_sp = pages(stack_bytes);
    f->beginning.uc_stack.ss_size = stack_bytes;
    f->beginning.uc_link = nullptr;
    makecontext(&f->beginning, &worker::begin, 0);
    WITH_TSAN(f->identity = __tsan_create_fiber(0));
    WITH_ASAN(f->stack = f->beginning.uc_stack.ss_sp; f->stack_size = stack_bytes);
    fibers_.push_back(std::move(f));
  }
}

/// Checks that all threads of a phase reach a barrier, or all reach their end.
void worker::note_end(bool at_barrier) {
  ++(at_barrier ? arrived_ : ended_);
  if (arrived_ > 0 && ended_ > 0) fail("a barrier that not all threads of the block come to");
}

void worker::barrier() {
  char* const here = &met_[turn_ % 2];
  order_before(here);
  note_end(true);
  if (arrived_ == launch_->threads) {
    arrived_ = 0;
    ++turn_;
  } else {
    change(up() ? now_ + 1 : now_ - 1);
  }
  order_behind(here);
}

/// Called after a switch, in a fiber or in the thread itself.
void worker::arrive() {
#if POSDEF_ADDRESS_SANITIZER
  fiber& f = now_ < 0 ? home_ : current();
  const bool from_home = home_.stack == nullptr;  // the first switch reports the thread's own stack
  __sanitizer_finish_switch_fiber(f.fake_stack, from_home ? &home_.stack : nullptr,
                                  from_home ? &home_.stack_size : nullptr);
#endif
}

void worker::live() {
  arrive();
  for (;;) {
    order_behind(&begun_);
    (*launch_->kernel)();
    order_before(&done_);
    note_end(false);
    change(ended_ == launch_->threads ? -1 : up() ? now_ + 1 : now_ - 1);
  }
}

void worker::run(const launch_state& l, long long block) {
  grow(l.threads);
  home_.begun = true;
  WITH_TSAN(home_.identity = __tsan_get_current_fiber());
  launch_ = &l;
  block_ = block;
  arrived_ = ended_ = 0;
  turn_ = static_cast<int>(block % 2);
  shared_ = shared_end_ - (l.shared_bytes + 15) / 16 * 16;
  std::memset(shared_, 0xff, static_cast<std::size_t>(shared_end_ - shared_));
  order_before(&begun_);
  change(up() ? 0 : l.threads - 1);
  order_behind(&done_);
}

/// The workers and their current launch. Worker k modulo the number of workers runs block k: adjacent blocks run at the
/// same time.
struct crew {
  std::mutex guard;
  std::condition_variable change;
  launch_state now;
  unsigned launches = 0;
  int busy = 0;
  std::vector<std::thread> threads;

  void work(int number) {
    me = new worker;
    unsigned seen = 0;
    for (;;) {
      std::unique_lock lock(guard);
      change.wait(lock, [&] { return launches != seen; });
      seen = launches;
      lock.unlock();
      for (long long b = number; b < now.blocks; b += workers) me->run(now, b);
      lock.lock();
      if (--busy == 0) change.notify_all();
    }
  }
};

/// Exists as long as the process, because its threads wait for work until then.
crew& all() {
  static auto& one = *new crew;
  return one;
}

struct kernels {
  std::mutex guard;
  std::map<const void*, std::function<body(void**)>> known;
};
kernels& table() {
  static auto& one = *new kernels;
  return one;
}

}  // namespace

int current_thread() { return me->current_thread(); }
long long current_block() { return me->current_block(); }
void barrier() { me->barrier(); }
void* launched_memory() { return me->launched_memory(); }
void release() { me->current().released = true; }

void published(const int* p) {
  if (std::exchange(me->current().released, false)) order_before(const_cast<int*>(p));
}

void watched(const int* p) {
  order_behind(const_cast<int*>(p));
  sched_yield();  // another block may be waiting for this one
}

void add(const void* kernel, std::function<body(void**)> bind) {
  const std::lock_guard lock(table().guard);
  table().known[kernel] = std::move(bind);
}

body bound(const void* kernel, void** arguments) {
  const std::lock_guard lock(table().guard);
  return table().known.at(kernel)(arguments);
}

void launch(const body& kernel, long long blocks, int threads, std::size_t shared_bytes) {
  if (shared_bytes > most_shared) fail("more shared memory than there is");
  crew& c = all();
  std::unique_lock lock(c.guard);
  while (static_cast<int>(c.threads.size()) < workers) {
    const int number = static_cast<int>(c.threads.size());
    c.threads.emplace_back([&c, number] { c.work(number); });
  }
  c.now = {&kernel, blocks, threads, shared_bytes};
  c.busy = workers;
  ++c.launches;
  c.change.notify_all();
  c.change.wait(lock, [&] { return c.busy == 0; });
}

}  // namespace cuda_on_host
