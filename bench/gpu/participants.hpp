// Who takes part on a device: posdef by its plan on the caller's stream and pointers, and the device's own libraries.
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

/// The matrices of a cell in device memory: buffers one behind the other, each a whole batch.
template <scalar T>
struct buffers {
  T* data;
  std::int64_t count;
  std::int64_t elements;  // of a buffer

  T* of(std::int64_t k) const { return data + k * elements; }
};

/// Enqueues the factorization, in place, of the buffer with this number. Takes no memory.
using device_call = std::function<void(std::int64_t)>;

/// One way of a library to factor a batch.
template <scalar T>
struct device_way {
  std::string way;              ///< "plan", "potrf", "potrf, other fill mode"
  bool other_triangle = false;  ///< the factor comes in the triangle that the cell does not name
  /// Takes workspaces for the cell. Throws std::exception with the reason where the library cannot do it.
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

/// As posdef lists it. Throws tools::input_error with the reason if it is not available; `platform` is for its text.
device_info available_device(device wanted, const std::string& platform);

/// posdef by its plan, in every type; prepare.operator()<T>() gives what prepares one.
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

/// The peers that --peers may name for a device: cuSOLVER, and those that are called from Python.
const std::vector<std::string>& known_device_peers();

/// posdef::cuda::plan on the accelerator's stream; for an accelerator of open_cuda.
device_library posdef_on_cuda(accelerator& where);

/// cuSOLVER, opened at run time from the first of `paths`: potrf in both fill modes, looped over a batch; potrfBatched;
/// Xpotrf. Throws std::runtime_error with the reason if it is not there.
device_library load_cusolver(accelerator& where, const std::vector<std::string>& paths);

/// LD_LIBRARY_PATH, then /usr/local/cuda.
const std::vector<std::string>& usual_cusolver();

/// From `usual`, else from NVIDIA's packages in these folders (a Python's sys.path), which are only asked for then.
device_library find_cusolver(accelerator& where, const std::vector<std::string>& usual,
                             const std::function<std::vector<std::string>()>& python_folders);

}  // namespace posdef::bench

#endif
