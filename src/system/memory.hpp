// Workspace memory: one block, aligned to cache lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include "posdef/types.hpp"

namespace posdef::internal {

inline constexpr std::size_t alignment = 64;

constexpr std::size_t round_up(std::size_t n, std::size_t to) { return (n + to - 1) / to * to; }

/// Owns `bytes` aligned bytes, or nothing. Throws out_of_memory.
///
/// Aligns the address itself, because an aligned allocation takes longer than a factorization with n <= compact_max.
class buffer {
 public:
  buffer() = default;
  explicit buffer(std::size_t bytes) {
    if (bytes == 0) return;
    p_ = static_cast<std::byte*>(::operator new(bytes + alignment, std::nothrow));
    if (p_ == nullptr) throw out_of_memory(bytes);
  }
  ~buffer() { ::operator delete(p_); }
  buffer(buffer&& o) noexcept : p_(std::exchange(o.p_, nullptr)) {}
  buffer& operator=(buffer&& o) noexcept {
    std::swap(p_, o.p_);
    return *this;
  }
  std::byte* data() const {
    if (p_ == nullptr) return nullptr;
    const auto at = reinterpret_cast<std::uintptr_t>(p_);
    return p_ + (round_up(at, alignment) - at);
  }

 private:
  std::byte* p_ = nullptr;
};

/// Divides a block into aligned parts, in order. With a null base it computes the total size.
class carver {
 public:
  explicit carver(std::byte* base) : base_(base) {}
  template <class R>
  R* take(std::size_t count) {
    R* p = base_ != nullptr ? reinterpret_cast<R*>(base_ + used_) : nullptr;
    used_ += round_up(count * sizeof(R), alignment);
    return p;
  }
  std::size_t used() const { return used_; }

 private:
  std::byte* base_;
  std::size_t used_ = 0;
};

}  // namespace posdef::internal
