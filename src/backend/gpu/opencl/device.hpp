// The OpenCL devices of this machine, and the state of a device: context, programs and lanes.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "backend/gpu/opencl/program.hpp"
#include "backend/gpu/settings.hpp"
#include "engine/gpu/engine.hpp"

namespace posdef::internal::opencl {

/// The compiled program for one element type.
struct compiled {
  owned_program program;
  gpu::blocking blocking;  ///< the built-in settings
};

/// A queue and kernel objects for one call at a time, because only one thread may set the arguments of a kernel object.
struct lane {
  owned_queue queue;
  std::vector<owned_kernel> kernels;
};

template <class T>
compiled compile(cl_context context, cl_device_id device, const gpu::blocking& b);
/// The kernels in the order of gpu::kernel.
std::vector<owned_kernel> make_kernels(const compiled& c);
lane make_lane(cl_context context, cl_device_id device, const compiled& c);

/// A device with a context. It keeps compiled programs and idle lanes.
class device_state {
 public:
  device_state(cl_device_id id, owned_context context);

  cl_device_id id() const { return id_; }
  cl_context context() const { return context_.get(); }
  bool has_double() const { return has_double_; }
  /// The kernels for T. Throws `unavailable` if T needs double precision and the device lacks it.
  template <class T>
  const compiled& kernels_for();
  /// The settings for this device: measured or built in.
  template <class T>
  gpu::blocking blocking() {
    return settings_.in_use<T>(built_in<T>());
  }
  template <class T>
  gpu::blocking built_in() {
    return kernels_for<T>().blocking;
  }
  gpu::measured_settings& settings() { return settings_; }
  template <class T>
  lane take_lane();
  template <class T>
  void give_back(lane l);

 private:
  struct per_type {
    std::unique_ptr<compiled> built;
    std::vector<lane> idle;
  };
  template <class T>
  per_type& mine();

  cl_device_id id_;
  owned_context context_;
  bool has_double_;
  gpu::measured_settings& settings_;
  std::mutex guard_;
  per_type types_[4];
};

/// All devices of all platforms in the order of OpenCL. Empty if there is none, or in a child process of a process that
/// used OpenCL. no_device_reason() says why it is empty.
const std::vector<cl_device_id>& all_devices();
const std::string& no_device_reason();
/// Throws `unavailable` in a child process if the parent used OpenCL before fork(), because driver calls hang there.
void refuse_after_fork();
/// "NVIDIA H200 (OpenCL 3.0 CUDA), 132 compute units, 139 GiB, double precision"
std::string describe(cl_device_id d);

/// The device with this index. Created at its first use and never destroyed. Throws `unavailable`.
device_state& device_number(int index);

/// The device of the caller's context. Never destroyed.
device_state& device_of(cl_context context, cl_device_id device);

}  // namespace posdef::internal::opencl
