// Calls on device memory. They are validated like calls on host memory, and run in lockstep on the caller's stream.
#pragma once

#include "algorithm/lockstep.hpp"
#include "api/request.hpp"
#include "engine/gpu/engine.hpp"

namespace posdef::internal {

/// The state of a plan on a device. Pointers in a call hold device addresses.
template <class T>
struct device_session {
  shape size;
  options choices;
  factor_algorithm algorithm;
  gpu::blocking blocking;
  gpu::address own_info, scratch;

  static std::size_t info_bytes(shape s) { return static_cast<std::size_t>(s.batch) * sizeof(index); }
  static std::size_t scratch_bytes(const gpu::blocking& b, shape s) {
    return gpu::engine<T>::scratch_bytes(b, s.n, s.batch);
  }

  /// Validates the request, calls before_launching() and enqueues. If *r.info is empty, the plan's own is used.
  template <class Before>
  void run(const request<T>& r, gpu::stream& stream, const Before& before_launching) const {
    problem<T> p = validate(r, choices, &size);
    const shape s = shape_of(p);
    before_launching();
    if (s.batch == 0) return;
    p.info = r.info->empty() ? reinterpret_cast<index*>(own_info) : r.info->data();
    p.algorithm = algorithm;
    const auto info = reinterpret_cast<gpu::address>(p.info), value = reinterpret_cast<gpu::address>(p.value);
    if (nothing_to_compute(p.what, s)) {
      stream.clear(info, info_bytes(s));
      if (!r.out) stream.clear(value, static_cast<std::size_t>(s.batch) * sizeof(real_type<T>));
      return;
    }
    gpu::engine<T> e(stream, blocking, size.n, s.batch, info, scratch);
    run_in_lockstep<gpu::when>(e, p, gpu::on_device(p.a), gpu::on_device(p.b), gpu::on_device(p.out), value);
  }
};

}  // namespace posdef::internal
