// How much memory this process may have, and an array that asks before it takes.
//
// A file's header may declare any size. Whatever is about to be allocated is therefore first compared with a limit:
// by default what the process may have, in tests and fuzzers something small.
#ifndef POSDEF_CLI_IO_MEMORY_HPP
#define POSDEF_CLI_IO_MEMORY_HPP

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <optional>
#include <string>

namespace posdef::tools {

/// Bytes that this process may have: the machine's memory, or less where control groups (containers, batch systems;
/// both versions) or a limit of its address space (ulimit -v) say so.
std::uint64_t usable_memory();
/// What control groups allow: `membership` is the text of /proc/self/cgroup, `mounted_at` where their files are. The
/// largest number there is without a limit.
std::uint64_t limit_of_control_groups(const std::string& membership, const std::string& mounted_at);

/// a·b·c·size in bytes, or nothing if it passes 2^63 - 1 (or a factor is negative).
std::optional<std::uint64_t> bytes_needed(std::int64_t a, std::int64_t b, std::int64_t c, std::size_t size);

/// "190.9 MB", for people.
std::string human_bytes(std::uint64_t bytes);

/// `size` elements that start as zeros, aligned for any vector unit. Moves, never copies by accident. Memory comes from
/// calloc, so that what a sparse file leaves untouched costs nothing.
template <class T>
class buffer {
 public:
  buffer() = default;
  explicit buffer(std::int64_t size) : size_(size) {
    constexpr std::size_t alignment = 64;
    memory_.reset(std::calloc(static_cast<std::size_t>(size) * sizeof(T) + alignment, 1));
    if (!memory_) throw std::bad_alloc();
    const auto address = reinterpret_cast<std::uintptr_t>(memory_.get());
    first_ = reinterpret_cast<T*>((address + alignment - 1) / alignment * alignment);
  }
  T* data() { return first_; }
  const T* data() const { return first_; }
  std::int64_t size() const { return size_; }

 private:
  struct release {
    void operator()(void* p) const { std::free(p); }
  };
  std::unique_ptr<void, release> memory_;
  T* first_ = nullptr;
  std::int64_t size_ = 0;
};

}  // namespace posdef::tools

#endif
