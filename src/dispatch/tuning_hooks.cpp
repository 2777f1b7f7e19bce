#include "dispatch/tuning_hooks.hpp"

#include "dispatch/tuning.hpp"

#if POSDEF_ENGINE_CPU
#include "dispatch/chosen_kernels.hpp"
#endif
#if POSDEF_ENGINE_CUDA
#include "backend/gpu/cuda/device.hpp"
#endif
#if POSDEF_ENGINE_OPENCL
#include "backend/gpu/opencl/device.hpp"
#endif

namespace posdef::internal {

template <class T>
void try_hybrid_sizes(const hybrid::sizes* sizes) {
  tried_hybrid<T>.reset();
  if (sizes != nullptr) tried_hybrid<T> = *sizes;
}

template void try_hybrid_sizes<float>(const hybrid::sizes*);
template void try_hybrid_sizes<double>(const hybrid::sizes*);
template void try_hybrid_sizes<std::complex<float>>(const hybrid::sizes*);
template void try_hybrid_sizes<std::complex<double>>(const hybrid::sizes*);

namespace {

#if POSDEF_ENGINE_CPU
template <class T>
void add_cpu(typed_tuning_hooks<T>& h) {
  h.tabled_block_sizes = [] { return tabled(chosen_kernels<T>()); };
  h.try_block_sizes = [](const block_sizes* sizes) {
    tried_blocking<T>.reset();
    if (sizes != nullptr) tried_blocking<T> = *sizes;
  };
}
#endif

#if POSDEF_ENGINE_CUDA || POSDEF_ENGINE_OPENCL
/// Calls f with the state of the device, CUDA or OpenCL.
template <class F>
auto on(device d, const F& f) {
#if POSDEF_ENGINE_CUDA
  if (d.engine == engine::cuda) return f(cuda::device_number(d.index));
#endif
#if POSDEF_ENGINE_OPENCL
  if (d.engine == engine::opencl) return f(opencl::device_number(d.index));
#endif
  throw unavailable("posdef: \"" + d.name() + "\" has no settings to measure");
}

template <class T>
void add_device(typed_tuning_hooks<T>& h) {
  h.settings_in_use = [](device d) { return on(d, [](auto& state) { return state.template blocking<T>(); }); };
  h.settings_built_in = [](device d) { return on(d, [](auto& state) { return state.template built_in<T>(); }); };
  h.settings_fit = gpu::fits<T>;
  h.try_settings = [](const device_settings* s) {
    gpu::tried<T>.reset();
    if (s != nullptr) gpu::tried<T> = *s;
  };
}
#endif

template <class T>
typed_tuning_hooks<T> typed_hooks() {
  typed_tuning_hooks<T> h{};
#if POSDEF_ENGINE_CPU
  add_cpu(h);
#endif
#if POSDEF_ENGINE_CUDA || POSDEF_ENGINE_OPENCL
  add_device(h);
#endif
  return h;
}

tuning_hooks all_hooks() {
  tuning_hooks h{};
  h.types = {typed_hooks<float>(), typed_hooks<double>(), typed_hooks<std::complex<float>>(),
             typed_hooks<std::complex<double>>()};
#if POSDEF_ENGINE_CUDA || POSDEF_ENGINE_OPENCL
  h.keep_settings = [](device d, const gpu::tuning_table& t) {
    return on(d, [&](auto& state) { return state.settings().keep(t); });
  };
  h.settings_text = gpu::text_of;
#endif
  return h;
}

}  // namespace

}  // namespace posdef::internal

const posdef::internal::tuning_hooks* posdef_tuning_hooks() noexcept {
  static const posdef::internal::tuning_hooks hooks = posdef::internal::all_hooks();
  return &hooks;
}
