// The OpenCL devices of this machine, and one of them made ready: context, programs, lanes.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "backend/gpu/opencl/program.hpp"
#include "backend/gpu/settings.hpp"
#include "engine/gpu/engine.hpp"

namespace posdef::internal::opencl {

/// What the kernels were compiled to for one element type.
struct compiled {
  owned_program program;
  gpu::blocking blocking;  ///< as built in
};

/// A queue and kernel objects for one call at a time: arguments of a kernel object are set by one thread.
struct lane {
  owned_queue queue;
  std::vector<owned_kernel> kernels;
};

template <class T>
compiled compile(cl_context context, cl_device_id device, const gpu::blocking& b);
/// In the order of gpu::kernel.
std::vector<owned_kernel> make_kernels(const compiled& c);
lane make_lane(cl_context context, cl_device_id device, const compiled& c);

/// A device with a context. Built programs and lanes that are not in use stay with it.
class device_state {
 public:
  device_state(cl_device_id id, owned_context context);

  cl_device_id id() const { return id_; }
  cl_context context() const { return context_.get(); }
  bool has_double() const { return has_double_; }
  /// The kernels for T. Throws `unavailable` where the device lacks double precision.
  template <class T>
  const compiled& kernels_for();
  /// How matrices are factored here: as measured on this device, or as built in.
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

/// Every device of every platform, in the order in which OpenCL lists them; empty where there is none, or none any more
/// since the process is a fork of one that has used them. The reason says which.
const std::vector<cl_device_id>& all_devices();
const std::string& no_device_reason();
/// What was made before fork() is of no use in the child, where a driver's calls hang: throws `unavailable`.
void refuse_after_fork();
/// "NVIDIA H200 (OpenCL 3.0 CUDA), 132 compute units, 139 GiB, double precision"
std::string describe(cl_device_id d);

/// Device number `index`, made ready at its first use and kept for good. Throws `unavailable`.
device_state& device_number(int index);

/// The device of the caller's context; kept as long as posdef lives.
device_state& device_of(cl_context context, cl_device_id device);

}  // namespace posdef::internal::opencl
