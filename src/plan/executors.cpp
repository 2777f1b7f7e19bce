// The engines that this build has, made into executors; those that it lacks answer with a reason.
#include "algorithm/packs.hpp"
#include "engine/hybrid/executor.hpp"
#include "engine/reference/reference.hpp"
#include "plan/choices.hpp"
#include "plan/executor.hpp"
#include "plan/tuning.hpp"

#if POSDEF_ENGINE_CPU
#include "engine/cpu/engine.hpp"
#include "engine/cpu/packs.hpp"
#include "plan/chosen_kernels.hpp"
#endif
#if POSDEF_ENGINE_OPENCL
#include "engine/gpu/opencl/executor.hpp"
#endif
#if POSDEF_ENGINE_CUDA
#include "engine/gpu/cuda/device.hpp"
#include "engine/gpu/cuda/executor.hpp"
#endif

namespace posdef {
namespace internal {
namespace {

template <class T>
class reference_executor final : public executor<T> {
 public:
  std::size_t workspace(index n, index, index, int threads) const override {
    return slot_bytes(n) * static_cast<std::size_t>(threads);
  }

  void run(const job<T>& j, index n, index, const team& all, std::byte* workspace) const override {
    const auto one = [&](int slot) {
      auto* at = workspace + static_cast<std::size_t>(slot) * slot_bytes(n);
      return reference::engine<T>(reinterpret_cast<T*>(at), n);
    };
    run_on_host(j, all, one, [&] { return one(0); });
  }

 private:
  static std::size_t slot_bytes(index n) {
    return round_up(reference::engine<T>::scratch_elements(n) * sizeof(T), alignment);
  }
};

#if POSDEF_ENGINE_CPU
/// Each slot has a whole workspace, so that every thread can take a matrix of its own. When the team works on one
/// matrix together, it uses the first slot's and, for strips, every slot's.
template <class T>
class cpu_executor final : public executor<T> {
 public:
  std::size_t workspace(index n, index nrhs, index batch, int threads) const override {
    carver shared(nullptr), own(nullptr);
    if (threads > 1) carve(shared, n, nrhs, threads);
    carve(own, n, nrhs, 1);
    const auto slots = static_cast<std::size_t>(threads);
    std::size_t small = own.used();
    if (n <= blocking_.small) small = std::max(small, cpu::small_engine<T>::bytes(kernels_, n));
    if (takes_packs(n, batch)) small = std::max(small, cpu::pack_engine<T>::bytes(kernels_, n, nrhs));
    return std::max(shared.used() + own.used() * slots, small * slots);
  }

  void run(const job<T>& j, index n, index nrhs, const team& all, std::byte* workspace) const override {
    static const team alone;
    if (j.what == operation::cholesky && j.algorithm == factor_algorithm::automatic && j.a.rows <= blocking_.small) {
      const std::size_t bytes = all.threads() > 1 ? cpu::small_engine<T>::bytes(kernels_, j.a.rows) : 0;
      return run_small(j, all, [&](int slot) {
        return cpu::small_engine<T>(kernels_, workspace + static_cast<std::size_t>(slot) * bytes);
      });
    }
    if (suits_packs(j) && takes_packs(n, j.out.count) && cpu::pack_engine<T>::worth(n, solves(j) ? j.out.cols : 0)) {
      carver own(nullptr);
      carve(own, n, nrhs, 1);
      const std::size_t bytes = std::max(own.used(), cpu::pack_engine<T>::bytes(kernels_, n, nrhs));
      const auto at = [&](int slot) { return workspace + static_cast<std::size_t>(slot) * bytes; };
      const auto packs = [&](int slot) { return cpu::pack_engine<T>(kernels_, at(slot), n); };
      const auto one = [&](int slot) {
        carver c(at(slot));
        return cpu::engine<T>(kernels_, blocking_, carve(c, n, nrhs, 1), alone);
      };
      return run_in_packs(j, all, kernels_.lanes, packs, one);
    }
    carver c(workspace);
    typename cpu::engine<T>::workspace shared{};
    if (all.threads() > 1) shared = carve(c, n, nrhs, all.threads());
    std::byte* const first = workspace + c.used();
    carver own(first);
    const auto w = carve(own, n, nrhs, 1);
    const auto one = [&](int slot) {
      return cpu::engine<T>(kernels_, blocking_, w.shifted(static_cast<std::size_t>(slot) * own.used()), alone);
    };
    run_on_host(j, all, one, [&] { return cpu::engine<T>(kernels_, blocking_, shared, all); });
  }

 private:
  auto carve(carver& c, index n, index nrhs, int slots) const {
    return cpu::engine<T>::carve(c, kernels_, blocking_, n, nrhs, slots);
  }

  /// Orders that are small, and one block and one product on strips, so that the bits are the same; and enough of them.
  bool takes_packs(index n, index batch) const {
    return n <= std::min({blocking_.small, blocking_.block, blocking_.kc}) && fills_pack(batch, kernels_.lanes);
  }

  const cpu::kernels<T>& kernels_ = chosen_kernels<T>();
  const cpu::blocking blocking_ = tuned(kernels_);
};
#endif

std::string not_built(device d) { return "engine \"" + d.name() + "\" is not built in"; }

/// The devices of a device engine: a line for each, or one that says why there is none.
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

/// The devices that the hybrid engine goes by, as that engine lists them: CUDA's if there are any, else OpenCL's, else
/// the reasons.
std::vector<device_info> hybrid_partners() {
  std::string reasons;
  for (const engine e : {engine::cuda, engine::opencl}) {
    auto found = devices_of(e);
    if (found.front().available) return found;
    reasons += (reasons.empty() ? "" : "; ") + found.front().description;
  }
  return {{{engine::hybrid, 0}, false, "it takes a device: " + reasons}};
}

/// Who factors diagonal blocks: where the CPU engine is not built in, the textbook, for tests of a device.
#if POSDEF_ENGINE_CPU
constexpr std::string_view hybrid_host = "cpu";
template <class T>
using hybrid_host_executor = cpu_executor<T>;
#else
constexpr std::string_view hybrid_host = "reference";
template <class T>
using hybrid_host_executor = reference_executor<T>;
#endif

/// The device behind hybrid:k. Looked for once: what a driver finds does not change while the process runs.
device partner_device(device d) {
  static const auto found = hybrid_partners();
  if (!found.front().available) throw unavailable("posdef: engine \"" + d.name() + "\": " + found.front().description);
  if (d.index < 0 || static_cast<std::size_t>(d.index) >= found.size())
    throw unavailable("posdef: there is no device \"" + d.name() +
                      "\"; the last one is hybrid:" + std::to_string(found.size() - 1));
  return found[static_cast<std::size_t>(d.index)].device;
}

/// The CPU's part in a device's work: in what was asked of "hybrid" always, else where the tuning table says so.
template <class T>
[[maybe_unused]] hybrid::partner<T> cpu_partner(bool asked) {
  auto sizes = tuned_hybrid<T>();
  if (asked) sizes.from = 0;
  if (sizes.from == never) return {nullptr, sizes};
  return {std::make_unique<hybrid_host_executor<T>>(), sizes};
}

}  // namespace

template <class T>
std::unique_ptr<executor<T>> make_executor(device d) {
  d = chosen_device(d);
  if (d.engine == engine::reference && d.index == 0) return std::make_unique<reference_executor<T>>();
#if POSDEF_ENGINE_CPU
  if (d.engine == engine::cpu && d.index == 0) return std::make_unique<cpu_executor<T>>();
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

template std::unique_ptr<executor<float>> make_executor(device);
template std::unique_ptr<executor<double>> make_executor(device);
template std::unique_ptr<executor<std::complex<float>>> make_executor(device);
template std::unique_ptr<executor<std::complex<double>>> make_executor(device);

}  // namespace internal

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
    return {d, true, instruction_set() + ", " + std::to_string(default_threads()) + " threads by default"};
  } catch (const error& problem) {  // what the environment asks for is not to be had
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
  all.push_back({{engine::reference, 0}, true, "textbook loops, for checking the others"});
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

}  // namespace posdef
