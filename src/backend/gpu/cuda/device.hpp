// The CUDA devices of this machine, and what posdef keeps on each for good: the primary context, a pool of memory, and
// lanes (a stream with host memory for transfers) that a plan borrows and gives back. So a plain call makes neither a
// stream nor page-locked memory, and takes device memory without waiting.
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

/// What a plan works with: one stream, and host memory for several things that are transferred.
struct lane {
  static constexpr int parts = 5;
  explicit lane(const place& p) : stream(p) {}
  owned_stream stream;
  staging host[parts];
  std::unique_ptr<lane> next;  ///< of the idle ones
};

class device_state : public place {
 public:
  explicit device_state(int index);

  /// The kernels for one element type, all of them loaded: the first launch of one would load it, which is not allowed
  /// while a stream is captured. Throws `unavailable` where none of them was compiled for this device.
  template <class T>
  const kernel_table& kernels();
  /// How matrices are factored here: as measured on this device, or as built in.
  template <class T>
  gpu::blocking blocking() const {
    return settings_.in_use<T>(built_in<T>());
  }
  template <class T>
  gpu::blocking built_in() const {
    return blocking_with<T>(local_bytes_, multiprocessors_);
  }
  gpu::measured_settings& settings() { return settings_; }
  /// Whether kernels() has found that none was.
  bool lacks_kernels() const { return lacks_kernels_; }

  /// Memory that any stream may use at once.
  memory allocate(std::size_t bytes);

  std::unique_ptr<lane> take_lane();
  /// Its stream is done with everything.
  void give_back(std::unique_ptr<lane> l) noexcept;

 private:
  std::size_t local_bytes_;
  int multiprocessors_;
  gpu::measured_settings& settings_;
  owned_stream stream_;  ///< the order in which allocate() takes memory
  std::atomic<bool> loaded_[4] = {}, lacks_kernels_{false};
  std::mutex guard_;
  std::unique_ptr<lane> idle_;
};

/// A lane for as long as this object lives.
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

/// Throws `unavailable` in the child of a process that had used CUDA.
void refuse_after_fork();
/// Throws `unavailable` with the reason unless there is a device of this number.
device_state& device_number(int index);
/// The calling thread's current device. Throws `unavailable`, and invalid_argument in the name of `function` where the
/// thread is in a context that is not the primary one.
device_state& current_device(std::string_view function);
/// The lines of posdef::devices().
std::vector<device_info> list_devices();

/// What the kernels were compiled for, from nvcc: architectures as 10·major + minor, and whether there is text among
/// it that the driver compiles for later ones.
struct compiled_kernels {
  std::vector<int> architectures;
  bool text;
};
const compiled_kernels& kernels_compiled();

}  // namespace posdef::internal::cuda
