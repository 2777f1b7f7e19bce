#include "backend/gpu/cuda/device.hpp"

#include <algorithm>
#include <cstdint>
#include <map>

namespace posdef::internal::cuda {

namespace {

constexpr const char* used_before_fork = "it was used before fork(); a driver does not work in the child process";

/// The number of devices. If it is 0, `reason` says why.
int count_devices(std::string& reason) {
  if (after_fork()) {
    reason = used_before_fork;
    return 0;
  }
  note_use();
  int count = 0;
  const cudaError_t code = cudaGetDeviceCount(&count);
  if (code == cudaSuccess && count > 0) return count;
  cudaGetLastError();  // clears the error, which a later call would return
  reason = "no CUDA device: ";
  if (code == cudaSuccess || code == cudaErrorNoDevice)
    reason += "the driver found none";
  else if (code == cudaErrorInsufficientDriver)
    reason += "no NVIDIA driver, or one older than the CUDA runtime " + std::to_string(CUDART_VERSION / 1000) + "." +
              std::to_string(CUDART_VERSION % 1000 / 10);
  else
    reason += cudaGetErrorString(code);
  return 0;
}

int attribute(cudaDeviceAttr what, int index) {
  int value = 0;
  check(cudaDeviceGetAttribute(&value, what, index), "cudaDeviceGetAttribute");
  return value;
}

/// Creates a memory pool if the device supports it. The pool keeps up to 64 MiB of freed memory for later plans.
place new_place(int index) {
  place p{index, primary_context(index), nullptr};
  if (attribute(cudaDevAttrMemoryPoolsSupported, index) == 0) return p;
  const own_work here(p);
  cudaMemPoolProps how{};
  how.allocType = cudaMemAllocationTypePinned;
  how.location.type = cudaMemLocationTypeDevice;
  how.location.id = index;
  check(cudaMemPoolCreate(&p.pool, &how), "cudaMemPoolCreate");
  std::uint64_t kept = std::uint64_t{64} << 20;
  check(cudaMemPoolSetAttribute(p.pool, cudaMemPoolAttrReleaseThreshold, &kept), "cudaMemPoolSetAttribute");
  return p;
}

/// Machine code runs on its own major version from its own minor version on. The driver compiles PTX for later
/// architectures.
bool compiled_for(int major, int minor) {
  const auto& k = kernels_compiled();
  return std::any_of(k.architectures.begin(), k.architectures.end(), [&](int a) {
    return (a / 10 == major && a % 10 <= minor) || (k.text && a <= 10 * major + minor);
  });
}

bool no_kernel_image(cudaError_t code) {
  return code == cudaErrorNoKernelImageForDevice || code == cudaErrorInvalidDeviceFunction ||
         code == cudaErrorUnsupportedPtxVersion;
}

std::string no_kernels_for(int major, int minor) {
  return "posdef was not compiled for compute capability " + std::to_string(major) + "." + std::to_string(minor);
}

std::string name_of(int index) { return posdef::device{engine::cuda, index}.name(); }

// Never destroyed, because driver calls are not safe during process exit.
std::mutex guard;
std::map<int, std::unique_ptr<device_state>>& ready_devices() {
  static auto& all = *new std::map<int, std::unique_ptr<device_state>>;
  return all;
}

cudaDeviceProp properties(int index) {
  cudaDeviceProp p{};
  check(cudaGetDeviceProperties(&p, index), "cudaGetDeviceProperties");
  return p;
}

/// The settings of a device, identified by its properties without creating a context.
gpu::measured_settings& settings_of(const cudaDeviceProp& p) {
  int driver = 0;
  check(cudaDriverGetVersion(&driver), "cudaDriverGetVersion");
  std::string text = std::string("CUDA\n") + p.name + "\n";
  for (const auto number : {p.major, p.minor, p.multiProcessorCount, driver}) text += std::to_string(number) + "\n";
  return gpu::measured_settings::of(text + std::to_string(p.totalGlobalMem) + "\n");
}

/// The origin of the settings of plans on this device.
std::string origin_of_settings(const cudaDeviceProp& p) {
  if (settings_of(p).any()) return "settings measured here";
  return std::string("settings built in, ") + (p.major == 9 && p.minor == 0 ? "measured on an H100" : "predicted");
}

device_info describe(int index) {
  const cudaDeviceProp p = properties(index);
  bool runs = compiled_for(p.major, p.minor);
  {
    const std::lock_guard lock(guard);
    const auto found = ready_devices().find(index);
    if (found != ready_devices().end() && found->second->lacks_kernels()) runs = false;
  }
  if (!runs) return {{engine::cuda, index}, false, std::string(p.name) + ": " + no_kernels_for(p.major, p.minor)};
  return {{engine::cuda, index},
          true,
          std::string(p.name) + " (compute capability " + std::to_string(p.major) + "." + std::to_string(p.minor) +
              "), " + std::to_string(p.multiProcessorCount) + " multiprocessors, " +
              std::to_string(p.totalGlobalMem >> 30) + " GiB; " + origin_of_settings(p)};
}

}  // namespace

device_state::device_state(int number)
    : place(new_place(number)),
      local_bytes_(static_cast<std::size_t>(attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin, number))),
      multiprocessors_(attribute(cudaDevAttrMultiProcessorCount, number)),
      settings_(settings_of(properties(number))),
      stream_(*this) {}

template <class T>
const kernel_table& device_state::kernels() {
  const kernel_table& table = kernels_for<T>();
  auto& loaded = loaded_[gpu::type_index<T>];
  if (loaded) return table;
  const own_work here(*this);
  for (const void* kernel : table) {
    cudaFuncAttributes unused{};
    const cudaError_t code = cudaFuncGetAttributes(&unused, kernel);
    if (no_kernel_image(code)) {
      cudaGetLastError();
      lacks_kernels_ = true;
      throw unavailable("posdef: engine \"" + name_of(index) + "\": " +
                        no_kernels_for(attribute(cudaDevAttrComputeCapabilityMajor, index),
                                       attribute(cudaDevAttrComputeCapabilityMinor, index)));
    }
    check(code, "cudaFuncGetAttributes");
  }
  check(cudaFuncSetAttribute(table[static_cast<std::size_t>(gpu::kernel::potrf_tile)],
                             cudaFuncAttributeMaxDynamicSharedMemorySize,
                             static_cast<int>(gpu::local_layout<T>::triangle_bytes(built_in<T>().tile))),
        "cudaFuncSetAttribute");
  check(cudaFuncSetAttribute(table[static_cast<std::size_t>(gpu::kernel::potrf_tiles)],
                             cudaFuncAttributeMaxDynamicSharedMemorySize,
                             static_cast<int>(std::max(gpu::local_layout<T>::tiles_bytes(built_in<T>().block),
                                                       built_in<T>().spread_bytes))),
        "cudaFuncSetAttribute");
  loaded = true;
  return table;
}

memory device_state::allocate(std::size_t bytes) {
  memory m(*this, stream_.get(), bytes);
  stream_.wait();
  return m;
}

std::unique_ptr<lane> device_state::take_lane() {
  {
    const std::lock_guard lock(guard_);
    if (idle_ != nullptr) {
      auto l = std::move(idle_);
      idle_ = std::move(l->next);
      return l;
    }
  }
  return std::make_unique<lane>(*this);
}

void device_state::give_back(std::unique_ptr<lane> l) noexcept {
  if (after_fork()) return;  // another thread of the parent process may have held the lock
  constexpr std::size_t most_kept = std::size_t{16} << 20;
  for (auto& h : l->host)
    if (h.size() > most_kept) h.release();
  const std::lock_guard lock(guard_);
  l->next = std::move(idle_);
  idle_ = std::move(l);
}

void refuse_after_fork() {
  if (after_fork()) throw unavailable(std::string("posdef: engine \"cuda\": ") + used_before_fork);
}

device_state& device_number(int index) {
  refuse_after_fork();
  std::string reason;
  const int count = count_devices(reason);
  if (count == 0) throw unavailable("posdef: engine \"" + name_of(index) + "\": " + reason);
  if (index < 0 || index >= count)
    throw unavailable("posdef: there is no device \"" + name_of(index) +
                      "\"; the last one is cuda:" + std::to_string(count - 1));
  const std::lock_guard lock(guard);
  auto& d = ready_devices()[index];
  if (d == nullptr) d = std::make_unique<device_state>(index);
  return *d;
}

device_state& current_device(std::string_view function) {
  refuse_after_fork();
  std::string reason;
  if (count_devices(reason) == 0) throw unavailable("posdef: engine \"cuda\": " + reason);
  int index = 0;
  check(cudaGetDevice(&index), "cudaGetDevice");
  device_state& d = device_number(index);
  const CUcontext now = current_context();
  if (now != nullptr && now != d.context)
    throw invalid_argument(function, "the current context", "a context from cuCtxCreate",
                           "the primary context of a device, as the CUDA runtime uses it");
  return d;
}

std::vector<device_info> list_devices() {
  std::string reason;
  const int count = count_devices(reason);
  if (count == 0) return {{{engine::cuda, 0}, false, reason}};
  std::vector<device_info> lines;
  for (int i = 0; i < count; ++i) lines.push_back(describe(i));
  return lines;
}

template const kernel_table& device_state::kernels<float>();
template const kernel_table& device_state::kernels<double>();
template const kernel_table& device_state::kernels<std::complex<float>>();
template const kernel_table& device_state::kernels<std::complex<double>>();

}  // namespace posdef::internal::cuda
