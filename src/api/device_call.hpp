// Calls on a device's own memory: the same checks and the same job as any call, run in lockstep on the caller's stream.
#pragma once

#include "algorithm/lockstep.hpp"
#include "api/front_door.hpp"
#include "engine/gpu/engine.hpp"

namespace posdef::internal {

/// What a plan on a device keeps. Addresses in a call are device addresses, written as pointers.
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

  /// Checks the call, then calls before_launching(), then enqueues. *c.info may be empty: the plan's own is used.
  template <class Before>
  void run(const call<T>& c, gpu::stream& stream, const Before& before_launching) const {
    const checked k = check_call(c, choices, &size);
    before_launching();
    if (k.size.batch == 0) return;
    index* const where = c.info->empty() ? reinterpret_cast<index*>(own_info) : c.info->data();
    const job<T> j = make_job(c, choices, k, where, algorithm);
    const auto info = reinterpret_cast<gpu::address>(j.info), value = reinterpret_cast<gpu::address>(j.value);
    if (k.nothing_to_compute()) {
      stream.clear(info, info_bytes(k.size));
      if (c.what == operation::log_det)
        stream.clear(value, static_cast<std::size_t>(k.size.batch) * sizeof(real_type<T>));
      return;
    }
    gpu::engine<T> e(stream, blocking, size.n, k.size.batch, info, scratch);
    run_in_lockstep<gpu::when>(e, j, gpu::on_device(j.a), gpu::on_device(j.b), gpu::on_device(j.out), value);
  }
};

}  // namespace posdef::internal
