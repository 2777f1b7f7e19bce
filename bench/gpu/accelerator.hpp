// The benchmark's interface to a device: memory, copies, two events on one stream. The measurements use only this
// interface, so that tests can run them in host memory without a device.
#ifndef POSDEF_BENCH_GPU_ACCELERATOR_HPP
#define POSDEF_BENCH_GPU_ACCELERATOR_HPP

#include <cstddef>
#include <string>
#include <utility>

namespace posdef::bench {

/// One device with one stream. Enqueued commands run in order. A call that fails throws std::exception with the
/// driver's error.
class accelerator {
 public:
  accelerator() = default;
  virtual ~accelerator() = default;
  accelerator(const accelerator&) = delete;
  accelerator& operator=(const accelerator&) = delete;

  virtual std::string name() const = 0;         ///< "cuda:0"
  virtual std::string card() const = 0;         ///< "NVIDIA H200"
  virtual std::string description() const = 0;  ///< "NVIDIA H200 (...)"
  virtual std::size_t cache_bytes() const = 0;  ///< of the last-level cache
  virtual std::size_t free_bytes() const = 0;   ///< of its memory, currently
  virtual void* stream() const = 0;             ///< in the type of its platform

  virtual void* allocate(std::size_t bytes) = 0;
  virtual void release(void* memory) noexcept = 0;
  virtual void upload(void* to, const void* from, std::size_t bytes) = 0;    ///< after all enqueued commands; waits
  virtual void download(void* to, const void* from, std::size_t bytes) = 0;  ///< the same
  virtual void copy(void* to, const void* from, std::size_t bytes) = 0;      ///< within the device; enqueued
  virtual void wait() = 0;                                                   ///< until all enqueued commands have run

  virtual void begin() = 0;      ///< enqueues the first event
  virtual void end() = 0;        ///< enqueues the second event
  virtual double seconds() = 0;  ///< between the events; waits for the second
};

/// Device memory, freed by the destructor.
class device_memory {
 public:
  device_memory() = default;
  device_memory(accelerator& where, std::size_t bytes)
      : where_(&where), at_(bytes > 0 ? where.allocate(bytes) : nullptr) {}
  device_memory(device_memory&& other) noexcept
      : where_(std::exchange(other.where_, nullptr)), at_(std::exchange(other.at_, nullptr)) {}
  device_memory& operator=(device_memory&& other) noexcept {
    std::swap(where_, other.where_);
    std::swap(at_, other.at_);
    return *this;
  }
  ~device_memory() {
    if (at_ != nullptr) where_->release(at_);
  }

  template <class T>
  T* as() const {
    return static_cast<T*>(at_);
  }

 private:
  accelerator* where_ = nullptr;
  void* at_ = nullptr;
};

}  // namespace posdef::bench

#endif
