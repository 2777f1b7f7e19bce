// What the benchmark asks of a device: memory, copies, two events on one stream. The measuring is written over it, so
// that it runs on host memory too, where there is no device.
#ifndef POSDEF_BENCH_GPU_ACCELERATOR_HPP
#define POSDEF_BENCH_GPU_ACCELERATOR_HPP

#include <cstddef>
#include <string>
#include <utility>

namespace posdef::bench {

/// One device with one stream. What is enqueued runs in order. A call that fails throws std::exception with the
/// driver's reason.
class accelerator {
 public:
  accelerator() = default;
  virtual ~accelerator() = default;
  accelerator(const accelerator&) = delete;
  accelerator& operator=(const accelerator&) = delete;

  virtual std::string name() const = 0;         ///< "cuda:0"
  virtual std::string card() const = 0;         ///< "NVIDIA H200"
  virtual std::string description() const = 0;  ///< "NVIDIA H200 (...)"
  virtual std::size_t cache_bytes() const = 0;  ///< of the last cache in front of its memory
  virtual std::size_t free_bytes() const = 0;   ///< of its memory, now
  virtual void* stream() const = 0;             ///< as libraries of its platform take it

  virtual void* allocate(std::size_t bytes) = 0;
  virtual void release(void* memory) noexcept = 0;
  virtual void upload(void* to, const void* from, std::size_t bytes) = 0;    ///< behind what is enqueued; waits
  virtual void download(void* to, const void* from, std::size_t bytes) = 0;  ///< the same
  virtual void copy(void* to, const void* from, std::size_t bytes) = 0;      ///< within the device; enqueued
  virtual void wait() = 0;                                                   ///< until all that is enqueued is done

  virtual void begin() = 0;      ///< enqueues the first event
  virtual void end() = 0;        ///< enqueues the second one
  virtual double seconds() = 0;  ///< from the first to the second; waits for it
};

/// Device memory that is given back.
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
