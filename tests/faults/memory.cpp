// The malloc family. Calls glibc's internal names for it, which need no symbol lookup.
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

#include "chances.hpp"

extern "C" {
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
void __libc_free(void*);
}

namespace posdef::faults {
namespace {

std::atomic<long> live{0};

void* counted(void* block) {
  if (block != nullptr) live.fetch_add(1, std::memory_order_relaxed);
  return block;
}

bool refused() {
  if (!strikes(kind::memory)) return false;
  errno = ENOMEM;
  return true;
}

void* aligned(size_t alignment, size_t bytes) {
  return refused() ? nullptr : counted(__libc_memalign(alignment, bytes));
}

void* mapped(void* where, size_t bytes, int protection, int flags, int fd, off_t offset) {
  if ((flags & MAP_ANONYMOUS) != 0) {
    if (refused()) return MAP_FAILED;
  } else {
    chance_of_signal();
    if (strikes(kind::files)) {
      errno = ordered_number();
      return MAP_FAILED;
    }
  }
  void* const result = reinterpret_cast<void*>(syscall(SYS_mmap, where, bytes, protection, flags, fd, offset));
  if ((flags & MAP_ANONYMOUS) == 0) chance_of_signal();
  return result;
}

}  // namespace

long live_allocations() { return live; }

}  // namespace posdef::faults

using namespace posdef::faults;

#define POSDEF_STANDS_IN extern "C" __attribute__((visibility("default")))

POSDEF_STANDS_IN void* malloc(size_t bytes) noexcept { return refused() ? nullptr : counted(__libc_malloc(bytes)); }

POSDEF_STANDS_IN void* calloc(size_t count, size_t bytes) noexcept {
  return refused() ? nullptr : counted(__libc_calloc(count, bytes));
}

POSDEF_STANDS_IN void* realloc(void* block, size_t bytes) noexcept {
  if (bytes != 0 && refused()) return nullptr;
  void* const result = __libc_realloc(block, bytes);
  if (block == nullptr) return counted(result);
  if (bytes == 0) live.fetch_sub(1, std::memory_order_relaxed);
  return result;
}

POSDEF_STANDS_IN void* reallocarray(void* block, size_t count, size_t bytes) noexcept {
  size_t whole = 0;
  if (__builtin_mul_overflow(count, bytes, &whole)) {
    errno = ENOMEM;
    return nullptr;
  }
  return realloc(block, whole);
}

POSDEF_STANDS_IN void free(void* block) noexcept {
  if (block != nullptr) live.fetch_sub(1, std::memory_order_relaxed);
  __libc_free(block);
}

POSDEF_STANDS_IN void* memalign(size_t alignment, size_t bytes) noexcept { return aligned(alignment, bytes); }
POSDEF_STANDS_IN void* aligned_alloc(size_t alignment, size_t bytes) noexcept { return aligned(alignment, bytes); }

POSDEF_STANDS_IN int posix_memalign(void** block, size_t alignment, size_t bytes) noexcept {
  void* const result = aligned(alignment, bytes);
  if (result == nullptr) return ENOMEM;
  *block = result;
  return 0;
}

POSDEF_STANDS_IN void* mmap(void* where, size_t bytes, int protection, int flags, int fd, off_t offset) noexcept {
  return mapped(where, bytes, protection, flags, fd, offset);
}
POSDEF_STANDS_IN void* mmap64(void* where, size_t bytes, int protection, int flags, int fd, off_t offset) noexcept {
  return mapped(where, bytes, protection, flags, fd, offset);
}

// The call is one chance. Allocations inside it are not counted: glibc's dlopen ends the process if it has no memory
// for its own error.
POSDEF_STANDS_IN void* dlopen(const char* name, int mode) noexcept {
  static const auto call = reinterpret_cast<void* (*)(const char*, int)>(real_function("dlopen"));
  if (refused()) return nullptr;
  const suspended glibcs_own;
  return call(name, mode);
}
