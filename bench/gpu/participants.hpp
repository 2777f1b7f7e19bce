// The libraries on a device: posdef by its plan on the caller's stream and pointers, and the device's own libraries.
#ifndef POSDEF_BENCH_GPU_PARTICIPANTS_HPP
#define POSDEF_BENCH_GPU_PARTICIPANTS_HPP

#include <complex>
#include <functional>
#include <posdef/control.hpp>
#include <posdef/types.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "gpu/accelerator.hpp"
#include "suites.hpp"

namespace posdef::bench {

/// The matrices of a cell in device memory: contiguous buffers, each a whole batch.
template <scalar T>
struct buffers {
  T* data;
  std::int64_t count;
  std::int64_t elements;  // of a buffer

  T* of(std::int64_t k) const { return data + k * elements; }
};

/// Enqueues the factorization of the buffer with this index, in place. Allocates no memory.
using device_call = std::function<void(std::int64_t)>;

/// One routine of a library that factors a batch.
template <scalar T>
struct device_way {
  std::string way;              ///< "plan", "potrf", "potrf, other fill mode"
  bool other_triangle = false;  ///< the factor is in the other triangle than the cell's
  /// Allocates workspaces for the cell. Throws std::exception with the reason if the library does not support it.
  std::function<device_call(const cell&, const buffers<T>&)> prepare;
};

struct device_library {
  std::string name;
  std::string version = {};
  std::tuple<std::vector<device_way<float>>, std::vector<device_way<double>>,
             std::vector<device_way<std::complex<float>>>, std::vector<device_way<std::complex<double>>>>
      all = {};

  template <scalar T>
  const std::vector<device_way<T>>& of() const {
    return std::get<std::vector<device_way<T>>>(all);
  }
  template <scalar T>
  std::vector<device_way<T>>& of() {
    return std::get<std::vector<device_way<T>>>(all);
  }
};

/// The device in posdef's list. Throws tools::input_error with the reason if unavailable; `platform` is for its text.
device_info available_device(device wanted, const std::string& platform);

/// posdef by its plan, in every type; prepare.operator()<T>() returns the prepare function of a type.
template <class Prepare>
device_library posdef_by_plan(const Prepare& prepare) {
  device_library library{.name = "posdef", .version = std::string(version())};
  const auto add = [&]<scalar T>() {
    library.of<T>().push_back({.way = "plan", .prepare = prepare.template operator()<T>()});
  };
  add.template operator()<float>();
  add.template operator()<double>();
  add.template operator()<std::complex<float>>();
  add.template operator()<std::complex<double>>();
  return library;
}

/// The peers that --peers accepts for a device: cuSOLVER and the Python libraries.
const std::vector<std::string>& known_device_peers();

/// posdef::cuda::plan on the accelerator's stream; for an accelerator of open_cuda.
device_library posdef_on_cuda(accelerator& where);

/// cuSOLVER, loaded at run time from the first of `paths`: potrf in both fill modes, looped over a batch; potrfBatched;
/// Xpotrf. Throws std::runtime_error with the reason if it cannot be loaded.
device_library load_cusolver(accelerator& where, const std::vector<std::string>& paths);

/// LD_LIBRARY_PATH, then /usr/local/cuda.
const std::vector<std::string>& usual_cusolver();

/// From `usual`, else from NVIDIA's packages in `folders` (a Python's sys.path), which is called only then.
device_library find_cusolver(accelerator& where, const std::vector<std::string>& usual,
                             const std::function<std::vector<std::string>()>& python_folders);

}  // namespace posdef::bench

#endif
