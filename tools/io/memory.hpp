// How much memory this process may use, and an array that allocates no more than that.
//
// A file's header may declare any size. Every allocation is therefore first compared with a limit: by default what the
// process may use, in tests and fuzzers a small one.
#ifndef POSDEF_TOOLS_IO_MEMORY_HPP
#define POSDEF_TOOLS_IO_MEMORY_HPP

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <optional>
#include <string>

namespace posdef::tools {

/// Bytes that this process may use: the machine's memory, or less if control groups (containers, batch systems; both
/// versions) or a limit of the address space (ulimit -v) say so.
std::uint64_t usable_memory();
/// The limit of the control groups: `membership` is the text of /proc/self/cgroup, `mounted_at` the folder of their
/// files. Without a limit the largest number.
std::uint64_t limit_of_control_groups(const std::string& membership, const std::string& mounted_at);

/// a·b·c·size in bytes; nothing if it exceeds 2^63 - 1 or a factor is negative.
std::optional<std::uint64_t> bytes_needed(std::int64_t a, std::int64_t b, std::int64_t c, std::size_t size);

/// "190.9 MB", for messages.
std::string human_bytes(std::uint64_t bytes);

/// `size` elements, zero at first, aligned for any vector unit. Movable, not copyable. The memory comes from calloc, so
/// that the untouched zeros of a sparse file take no memory.
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
