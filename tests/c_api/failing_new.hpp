// An operator new that counts allocations and can fail. It replaces the operator of the whole program and its
// libraries: include it in one source file of a program.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

thread_local long allocations = 0;  // by this thread so far
thread_local long fail_at = -1;     // the allocation that fails, counted like `allocations`; -1: none

void* allocate(std::size_t bytes, std::size_t alignment) {
  // A sanitizer's allocator would end the program for such a huge size instead of failing.
  if (allocations++ == fail_at || bytes > std::size_t{1} << 40) throw std::bad_alloc();
  const std::size_t whole = (bytes / alignment + 1) * alignment;
  if (void* const p = std::aligned_alloc(alignment, whole)) return p;
  throw std::bad_alloc();
}

// Not inlined: g++ warns about free() of memory that it knows to come from new.
[[gnu::noinline]] void release(void* p) noexcept { std::free(p); }

template <class New>
void* or_null(New new_) noexcept {
  try {
    return new_();
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

}  // namespace

// All forms are defined, because a sanitizer would define the missing ones.
void* operator new(std::size_t bytes) { return allocate(bytes, alignof(std::max_align_t)); }
void* operator new[](std::size_t bytes) { return ::operator new(bytes); }
void* operator new(std::size_t bytes, std::align_val_t to) { return allocate(bytes, static_cast<std::size_t>(to)); }
void* operator new[](std::size_t bytes, std::align_val_t to) { return ::operator new(bytes, to); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return or_null([=] { return ::operator new(bytes); });
}
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
  return or_null([=] { return ::operator new(bytes); });
}
void* operator new(std::size_t bytes, std::align_val_t to, const std::nothrow_t&) noexcept {
  return or_null([=] { return ::operator new(bytes, to); });
}
void* operator new[](std::size_t bytes, std::align_val_t to, const std::nothrow_t&) noexcept {
  return or_null([=] { return ::operator new(bytes, to); });
}
void operator delete(void* p) noexcept { release(p); }
void operator delete[](void* p) noexcept { release(p); }
void operator delete(void* p, std::size_t) noexcept { release(p); }
void operator delete[](void* p, std::size_t) noexcept { release(p); }
void operator delete(void* p, std::align_val_t) noexcept { release(p); }
void operator delete[](void* p, std::align_val_t) noexcept { release(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { release(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { release(p); }
