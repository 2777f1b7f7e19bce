#include "plan/device_tuning.hpp"

#if POSDEF_ENGINE_CUDA
#include "engine/gpu/cuda/device.hpp"
#endif
#if POSDEF_ENGINE_OPENCL
#include "engine/gpu/opencl/device.hpp"
#endif

namespace posdef::internal {

#if POSDEF_ENGINE_CUDA || POSDEF_ENGINE_OPENCL

namespace {

/// f of the device's state, whatever its platform.
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

}  // namespace

template <class T>
device_settings settings_in_use(device d) {
  return on(d, [](auto& state) { return state.template blocking<T>(); });
}

template <class T>
device_settings settings_built_in(device d) {
  return on(d, [](auto& state) { return state.template built_in<T>(); });
}

template <class T>
bool settings_fit(const device_settings& s, const device_settings& built_in) {
  return gpu::fits<T>(s, built_in);
}

template <class T>
void try_settings(const device_settings* s) {
  gpu::tried<T>.reset();
  if (s != nullptr) gpu::tried<T> = *s;
}

bool keep_settings(device d, const gpu::tuning_table& t) {
  return on(d, [&](auto& state) { return state.settings().keep(t); });
}

std::string settings_text(const gpu::tuning_table& t) { return gpu::text_of(t); }

#define POSDEF_SETTINGS(T)                                                       \
  template device_settings settings_in_use<T>(device);                           \
  template device_settings settings_built_in<T>(device);                         \
  template bool settings_fit<T>(const device_settings&, const device_settings&); \
  template void try_settings<T>(const device_settings*);
POSDEF_SETTINGS(float)
POSDEF_SETTINGS(double)
POSDEF_SETTINGS(std::complex<float>)
POSDEF_SETTINGS(std::complex<double>)
#undef POSDEF_SETTINGS

#endif

}  // namespace posdef::internal
