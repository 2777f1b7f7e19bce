#include "dispatch/registry.hpp"

#include "backend/hybrid/executor.hpp"
#include "backend/reference/executor.hpp"
#include "dispatch/overrides.hpp"
#include "dispatch/tuning.hpp"

#if POSDEF_ENGINE_CPU
#include "backend/cpu/executor.hpp"
#include "dispatch/chosen_kernels.hpp"
#endif
#if POSDEF_ENGINE_OPENCL
#include "backend/gpu/opencl/executor.hpp"
#endif
#if POSDEF_ENGINE_CUDA
#include "backend/gpu/cuda/device.hpp"
#include "backend/gpu/cuda/executor.hpp"
#endif

namespace posdef::internal {

namespace {

#if POSDEF_ENGINE_CPU
template <class T>
std::unique_ptr<executor<T>> make_cpu_executor() {
  const auto& kernels = chosen_kernels<T>();
  return std::make_unique<cpu::executor<T>>(kernels, tuned(kernels));
}

/// The same; with the best kernels and the tables' sizes, one for all sessions. A tiny matrix is factored in less time
/// than an allocation takes.
template <class T>
executor_pointer<T> cpu_executor() {
  const auto& best = *cpu::available_kernels<T>().front();
  if (tried_blocking<T> || &chosen_kernels<T>() != &best) return make_cpu_executor<T>();
  static cpu::executor<T> shared(best, tuned(best));
  return executor_pointer<T>(&shared, release<T>(/* owns = */ false));
}
#endif

std::string not_built(device d) { return "engine \"" + d.name() + "\" is not built in"; }

/// The devices of a device engine, or one entry with the reason why there is none.
std::vector<device_info> devices_of(engine e) {
#if POSDEF_ENGINE_OPENCL
  if (e == engine::opencl) return opencl::list_devices();
#endif
#if POSDEF_ENGINE_CUDA
  if (e == engine::cuda) return cuda::list_devices();
#endif
  const device d{e, 0};
  return {{d, false, not_built(d)}};
}

/// The devices of the hybrid engine: the CUDA devices if there are any, else the OpenCL devices, else one entry with
/// the reasons.
std::vector<device_info> hybrid_partners() {
  std::string reasons;
  for (const engine e : {engine::cuda, engine::opencl}) {
    auto found = devices_of(e);
    if (found.front().available) return found;
    reasons += (reasons.empty() ? "" : "; ") + found.front().description;
  }
  return {{{engine::hybrid, 0}, false, "it needs a device: " + reasons}};
}

/// The executor of the diagonal blocks: the CPU engine, or the reference engine if the CPU engine is not built in.
#if POSDEF_ENGINE_CPU
constexpr std::string_view hybrid_host = "cpu";
template <class T>
std::unique_ptr<executor<T>> hybrid_host_executor() {
  return make_cpu_executor<T>();
}
#else
constexpr std::string_view hybrid_host = "reference";
template <class T>
std::unique_ptr<executor<T>> hybrid_host_executor() {
  return std::make_unique<reference::executor<T>>();
}
#endif

/// The device of hybrid:k. Searched once, because a driver's list of devices does not change while the process runs.
device partner_device(device d) {
  static const auto found = hybrid_partners();
  if (!found.front().available) throw unavailable("posdef: engine \"" + d.name() + "\": " + found.front().description);
  if (d.index < 0 || static_cast<std::size_t>(d.index) >= found.size())
    throw unavailable("posdef: there is no device \"" + d.name() +
                      "\"; the last one is hybrid:" + std::to_string(found.size() - 1));
  return found[static_cast<std::size_t>(d.index)].device;
}

/// The CPU part of a device executor: for engine "hybrid" at all orders, else from the order in the tuning table on.
template <class T>
[[maybe_unused]] hybrid::partner<T> cpu_partner(bool asked) {
  auto sizes = tuned_hybrid<T>();
  if (asked) sizes.from = 0;
  if (sizes.from == never) return {nullptr, sizes};
  return {hybrid_host_executor<T>(), sizes};
}

}  // namespace

template <class T>
executor_pointer<T> make_executor(device d) {
  d = chosen_device(d);
  if (d.engine == engine::reference && d.index == 0) return std::make_unique<reference::executor<T>>();
#if POSDEF_ENGINE_CPU
  if (d.engine == engine::cpu && d.index == 0) return cpu_executor<T>();
#endif
  [[maybe_unused]] const bool together = d.engine == engine::hybrid;
  if (together) d = partner_device(d);
#if POSDEF_ENGINE_OPENCL
  if (d.engine == engine::opencl) return opencl::make_executor<T>(d.index, cpu_partner<T>(together));
#endif
#if POSDEF_ENGINE_CUDA
  if (d.engine == engine::cuda) return cuda::make_executor<T>(d.index, cpu_partner<T>(together));
#endif
  throw unavailable("posdef: " + not_built(d));
}

template executor_pointer<float> make_executor(device);
template executor_pointer<double> make_executor(device);
template executor_pointer<std::complex<float>> make_executor(device);
template executor_pointer<std::complex<double>> make_executor(device);

}  // namespace posdef::internal

namespace posdef::inline POSDEF_ABI {

std::vector<std::string> instruction_sets() {
  std::vector<std::string> names;
#if POSDEF_ENGINE_CPU
  for (const auto* k : internal::cpu::available_kernels<float>()) names.emplace_back(k->instruction_set);
#endif
  return names;
}

std::string instruction_set() {
#if POSDEF_ENGINE_CPU
  return internal::chosen_kernels<float>().instruction_set;
#else
  return "none";
#endif
}

#if POSDEF_ENGINE_CPU
static device_info describe_cpu() {
  const device d{engine::cpu, 0};
  try {
    const int threads = num_threads();
    return {
        d, true,
        instruction_set() + ", " + std::to_string(threads) + (threads == 1 ? " thread" : " threads") + " by default"};
  } catch (const error& problem) {  // the environment requests something that is not available
    return {d, false, problem.what()};
  }
}
#endif

std::vector<device_info> devices() {
  std::vector<device_info> all;
  all.push_back({{engine::cpu, 0}, false, internal::not_built({engine::cpu, 0})});
#if POSDEF_ENGINE_CPU
  all.back() = describe_cpu();
#endif
  all.push_back({{engine::reference, 0}, true, "unblocked loops, to check the other engines"});
  for (const engine e : {engine::opencl, engine::cuda})
    for (auto& found : internal::devices_of(e)) all.push_back(std::move(found));
  for (auto& found : internal::hybrid_partners()) {
    const device d{engine::hybrid, found.device.index};
    if (found.available)
      found.description = std::string(internal::hybrid_host) + " and " + found.device.name() + ": " + found.description;
    all.push_back({d, found.available, std::move(found.description)});
  }
  return all;
}

}  // namespace posdef::inline POSDEF_ABI
