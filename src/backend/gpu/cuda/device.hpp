// The CUDA devices of this machine. For each device posdef keeps the primary context, a memory pool and idle lanes (a
// stream with pinned host memory). A plan takes a lane and returns it. So a call without a plan creates no stream, pins
// no memory and allocates device memory without synchronization.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "backend/gpu/cuda/handles.hpp"
#include "backend/gpu/cuda/kernels.hpp"
#include "backend/gpu/settings.hpp"
#include "posdef/control.hpp"

namespace posdef::internal::cuda {

/// The resources of a plan: a stream, and pinned host memory for each kind of transfer.
struct lane {
  static constexpr int parts = 5;
  explicit lane(const place& p) : stream(p) {}
  owned_stream stream;
  transfer_memory host[parts];
  std::unique_ptr<lane> next;  ///< next in the list of idle lanes
};

class device_state : public place {
 public:
  explicit device_state(int index);

  /// The kernels for one element type. All kernels are loaded here, because loading at the first launch is not allowed
  /// during stream capture. Throws `unavailable` if no kernel was compiled for this device.
  template <class T>
  const kernel_table& kernels();
  /// The settings for this device: measured or built in.
  template <class T>
  gpu::blocking blocking() const {
    return settings_.in_use<T>(built_in<T>());
  }
  template <class T>
  gpu::blocking built_in() const {
    return blocking_with<T>(local_bytes_, multiprocessors_);
  }
  gpu::measured_settings& settings() { return settings_; }
  /// Whether kernels() found no kernels for this device.
  bool lacks_kernels() const { return lacks_kernels_; }

  /// Allocates memory that any stream may use immediately.
  memory allocate(std::size_t bytes);

  std::unique_ptr<lane> take_lane();
  /// The lane's stream must be idle.
  void give_back(std::unique_ptr<lane> l) noexcept;

 private:
  std::size_t local_bytes_;
  int multiprocessors_;
  gpu::measured_settings& settings_;
  owned_stream stream_;  ///< the stream that orders the allocations of allocate()
  std::atomic<bool> loaded_[4] = {}, lacks_kernels_{false};
  std::mutex guard_;
  std::unique_ptr<lane> idle_;
};

/// Owns a lane for its lifetime.
class borrowed_lane {
 public:
  explicit borrowed_lane(device_state& d) : device_(d), lane_(d.take_lane()) {}
  ~borrowed_lane() { device_.give_back(std::move(lane_)); }
  borrowed_lane(const borrowed_lane&) = delete;
  borrowed_lane& operator=(const borrowed_lane&) = delete;
  lane* operator->() const { return lane_.get(); }

 private:
  device_state& device_;
  std::unique_ptr<lane> lane_;
};

/// Throws `unavailable` in the child process if the parent used CUDA before fork().
void refuse_after_fork();
/// The device with this index. Throws `unavailable` with the reason if it does not exist.
device_state& device_number(int index);
/// The current device of the calling thread. Throws `unavailable`, or invalid_argument with the name `function` if the
/// thread's context is not the primary one.
device_state& current_device(std::string_view function);
/// The entries of posdef::devices().
std::vector<device_info> list_devices();

/// The architectures of the compiled kernels (10·major + minor), and whether they include PTX for later architectures.
struct compiled_kernels {
  std::vector<int> architectures;
  bool text;
};
const compiled_kernels& kernels_compiled();

}  // namespace posdef::internal::cuda
