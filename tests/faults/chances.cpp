// The current order, the counters, and the environment variables.
#include "chances.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace posdef::faults {
namespace {

struct counters {
  std::atomic<long> chances{0}, faults{0};
};

struct ordered {
  std::atomic<kind> what{kind::none};
  std::atomic<long> first{0};
  std::atomic<bool> onwards{false};
  std::atomic<int> number{0};

  void set(const order& o) {
    what = kind::none;
    first = o.first;
    onwards = o.onwards;
    number = o.number;
    what = o.what;
  }
  bool strikes(kind asked, counters& count) {
    if (what.load(std::memory_order_relaxed) != asked) return false;
    const long chance = count.chances.fetch_add(1) + 1, wanted = first;
    if (chance != wanted && !(onwards && chance > wanted)) return false;
    ++count.faults;
    return true;
  }
};

ordered process_order;
counters own_counts;
std::atomic<counters*> counts{&own_counts};
std::atomic<bool> waits_for_file{false};
std::atomic<int> renames_fail{0};

// Thread-local memory that needs no dynamic linker, which would allocate.
__attribute__((tls_model("initial-exec"))) thread_local constinit ordered mine;
__attribute__((tls_model("initial-exec"))) thread_local constinit counters my_counts;
__attribute__((tls_model("initial-exec"))) thread_local constinit int suspensions = 0;

tally take(ordered& o, counters& c) {
  o.what = kind::none;
  return {c.chances, c.faults};
}

void start(ordered& o, counters& c, const order& given) {
  o.what = kind::none;
  c.chances = 0;
  c.faults = 0;
  o.set(given);
}

kind kind_named(const char* name) {
  constexpr const char* names[] = {"none", "memory", "threads", "files", "partial", "signals"};
  for (int i = 0; i < 6; ++i) {
    if (std::strcmp(name, names[i]) == 0) return static_cast<kind>(i);
  }
  std::fprintf(stderr, "POSDEF_FAULT: unknown kind %s\n", name);
  std::abort();
}

// Uses the system call, because the injector's own mmap would count.
void share_counts(const char* path) {
  const int fd = open(path, O_RDWR | O_CLOEXEC);
  constexpr long readable_and_writable = 3, shared = 1;
  const long at = syscall(SYS_mmap, nullptr, sizeof(counters), readable_and_writable, shared, fd, 0L);
  if (fd < 0 || at == -1) {
    std::fprintf(stderr, "POSDEF_FAULT_COUNTS: cannot map %s\n", path);
    std::abort();
  }
  close(fd);
  counts = reinterpret_cast<counters*>(at);
}

void read_environment() {
  const char* const text = std::getenv("POSDEF_FAULT");
  if (text == nullptr) return;
  if (const char* const path = std::getenv("POSDEF_FAULT_COUNTS")) share_counts(path);
  char name[16] = "", how[16] = "";
  order o;
  if (std::sscanf(text, "%15[a-z],%ld,%15[a-z],%d", name, &o.first, how, &o.number) != 4) std::abort();
  o.what = kind_named(name);
  o.onwards = std::strcmp(how, "onwards") == 0;
  if (const char* const error = std::getenv("POSDEF_FAULT_RENAME")) renames_fail = std::atoi(error);
  waits_for_file = std::getenv("POSDEF_FAULT_LATE") != nullptr;
  arm(o);
}

using main_function = int (*)(int, char**, char**);
main_function programs_main;

// Active during main(). Before it, the program cannot yet handle failing allocations.
int watched_main(int argc, char** argv, char** environment) {
  read_environment();
  const int status = programs_main(argc, argv, environment);
  disarm();
  return status;
}

}  // namespace

void arm(const order& o) { start(process_order, *counts, o); }
tally disarm() { return take(process_order, *counts); }
void arm_thread(const order& o) { start(mine, my_counts, o); }
tally disarm_thread() { return take(mine, my_counts); }

suspended::suspended() noexcept { ++suspensions; }
suspended::~suspended() { --suspensions; }

bool strikes(kind what) noexcept {
  if (suspensions > 0) return false;
  const bool here = mine.strikes(what, my_counts);
  if (what == kind::memory && waits_for_file) return here;
  return process_order.strikes(what, *counts) || here;
}

int ordered_number() noexcept { return mine.what != kind::none ? mine.number : process_order.number; }

void chance_of_signal() noexcept {
  if (strikes(kind::signals)) raise(ordered_number());
}

void file_opened() noexcept { waits_for_file = false; }

int rename_error() noexcept { return renames_fail; }

void* real_function(const char* name) noexcept { return dlsym(RTLD_NEXT, name); }

}  // namespace posdef::faults

extern "C" __attribute__((visibility("default"))) int __libc_start_main(int (*main)(int, char**, char**), int argc,
                                                                        char** argv, void (*init)(), void (*fini)(),
                                                                        void (*loader_fini)(), void* stack_end) {
  using start_main = int (*)(int (*)(int, char**, char**), int, char**, void (*)(), void (*)(), void (*)(), void*);
  const auto real = reinterpret_cast<start_main>(posdef::faults::real_function("__libc_start_main"));
  posdef::faults::programs_main = main;
  return real(posdef::faults::watched_main, argc, argv, init, fini, loader_fini, stack_end);
}
