#include "backend/gpu/opencl/device.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <map>

namespace posdef::internal::opencl {

namespace {

// The driver's threads and connections do not exist in a child process of fork(), where its calls hang or crash.
std::atomic<bool> used{false}, forked{false};
[[maybe_unused]] const int watch_fork = pthread_atfork(nullptr, nullptr, [] { forked = used.load(); });

struct found {
  std::vector<cl_device_id> devices;
  std::string reason;
};

found look_for_devices() {
  used = true;
  found f;
  cl_uint count = 0;
  // The loader returns CL_PLATFORM_NOT_FOUND_KHR (-1001) if no driver is installed.
  if (clGetPlatformIDs(0, nullptr, &count) != CL_SUCCESS || count == 0) {
    f.reason = "no OpenCL driver is installed (Debian: pocl-opencl-icd runs OpenCL on the processor)";
    return f;
  }
  std::vector<cl_platform_id> platforms(count);
  clGetPlatformIDs(count, platforms.data(), nullptr);
  for (const auto p : platforms) {
    cl_uint more = 0;
    if (clGetDeviceIDs(p, CL_DEVICE_TYPE_ALL, 0, nullptr, &more) != CL_SUCCESS || more == 0) continue;
    const auto old = f.devices.size();
    f.devices.resize(old + more);
    clGetDeviceIDs(p, CL_DEVICE_TYPE_ALL, more, f.devices.data() + old, nullptr);
  }
  if (f.devices.empty()) f.reason = "the OpenCL drivers found no device";
  return f;
}

const found& devices_found() {
  if (forked) {
    static const found none{{}, "it was used before fork(); a driver does not work in the child process"};
    return none;
  }
  static const found f = look_for_devices();
  return f;
}

owned_context new_context(cl_device_id d) {
  cl_int code = CL_SUCCESS;
  owned_context c(clCreateContext(nullptr, 1, &d, nullptr, nullptr, &code));
  check(code, "clCreateContext");
  return c;
}

// Never destroyed, because driver calls are not safe during process exit.
std::mutex guard;

}  // namespace

template <class T>
compiled compile(cl_context context, cl_device_id device, const gpu::blocking& b) {
  const auto options = build_options(device, is_complex<T>, sizeof(real_type<T>) == 8, b);
  return {build_program(context, device, options), b};
}

std::vector<owned_kernel> make_kernels(const compiled& c) {
  std::vector<owned_kernel> all;
  all.reserve(gpu::kernel_count);
  for (const char* name : gpu::kernel_names) {
    cl_int code = CL_SUCCESS;
    all.emplace_back(clCreateKernel(c.program.get(), name, &code));
    check(code, "clCreateKernel");
  }
  return all;
}

lane make_lane(cl_context context, cl_device_id device, const compiled& c) {
  cl_int code = CL_SUCCESS;
  owned_queue queue(clCreateCommandQueue(context, device, 0, &code));
  check(code, "clCreateCommandQueue");
  return {std::move(queue), make_kernels(c)};
}

device_state::device_state(cl_device_id id, owned_context context)
    : id_(id),
      context_(std::move(context)),
      has_double_(device_value<cl_device_fp_config>(id, CL_DEVICE_DOUBLE_FP_CONFIG) != 0),
      settings_(gpu::measured_settings::of(identity_of(id))) {}

template <class T>
device_state::per_type& device_state::mine() {
  return types_[gpu::type_index<T>];
}

template <class T>
const compiled& device_state::kernels_for() {
  constexpr bool wide = sizeof(real_type<T>) == 8;
  if (wide && !has_double_)
    throw unavailable("posdef: " + device_text(id_, CL_DEVICE_NAME) + " has no double precision");
  const std::lock_guard lock(guard_);
  auto& built = mine<T>().built;
  if (built == nullptr) {
    // A CPU driver allows any size of local memory, but large sizes are not faster.
    constexpr std::size_t most = 65536;
    const auto local = static_cast<std::size_t>(device_value<cl_ulong>(id_, CL_DEVICE_LOCAL_MEM_SIZE));
    gpu::blocking b = gpu::blocking_for<T>(std::min(local, most));
    const auto items = device_value<std::size_t>(id_, CL_DEVICE_MAX_WORK_GROUP_SIZE);
    if (items < static_cast<std::size_t>(b.side * b.side))
      throw unavailable("posdef: " + device_text(id_, CL_DEVICE_NAME) + " has work-groups of at most " +
                        std::to_string(items) + " items; the kernels need " + std::to_string(b.side * b.side));
    // On a CPU device large tiles are not faster, and their compilation takes long.
    if (is_processor(id_)) b.many = b.some = std::numeric_limits<index>::max();
    built = std::make_unique<compiled>(compile<T>(context(), id_, b));
  }
  return *built;
}

template <class T>
lane device_state::take_lane() {
  {
    const std::lock_guard lock(guard_);
    auto& idle = mine<T>().idle;
    if (!idle.empty()) {
      lane l = std::move(idle.back());
      idle.pop_back();
      return l;
    }
  }
  return make_lane(context(), id_, kernels_for<T>());
}

template <class T>
void device_state::give_back(lane l) {
  const std::lock_guard lock(guard_);
  mine<T>().idle.push_back(std::move(l));
}

const std::vector<cl_device_id>& all_devices() { return devices_found().devices; }
const std::string& no_device_reason() { return devices_found().reason; }

void refuse_after_fork() {
  if (forked) throw unavailable("posdef: engine \"opencl\": " + no_device_reason());
}

std::string describe(cl_device_id d) {
  const auto gib = static_cast<double>(device_value<cl_ulong>(d, CL_DEVICE_GLOBAL_MEM_SIZE)) / (1u << 30);
  return device_text(d, CL_DEVICE_NAME) + " (" + device_text(d, CL_DEVICE_VERSION) + "), " +
         std::to_string(device_value<cl_uint>(d, CL_DEVICE_MAX_COMPUTE_UNITS)) + " compute units, " +
         std::to_string(static_cast<long>(gib)) + " GiB; settings " +
         (gpu::measured_settings::of(identity_of(d)).any() ? "measured here" : "built in") +
         (device_value<cl_device_fp_config>(d, CL_DEVICE_DOUBLE_FP_CONFIG) != 0 ? "" : "; no double precision");
}

device_state& device_number(int index) {
  const auto& all = all_devices();
  const std::string name = posdef::device{engine::opencl, index}.name();
  if (all.empty()) throw unavailable("posdef: engine \"" + name + "\": " + no_device_reason());
  if (index < 0 || static_cast<std::size_t>(index) >= all.size())
    throw unavailable("posdef: there is no device \"" + name +
                      "\"; the last one is opencl:" + std::to_string(all.size() - 1));
  static auto& ready = *new std::map<int, std::unique_ptr<device_state>>;
  const std::lock_guard lock(guard);
  auto& d = ready[index];
  if (d == nullptr) {
    const auto id = all[static_cast<std::size_t>(index)];
    d = std::make_unique<device_state>(id, new_context(id));
  }
  return *d;
}

device_state& device_of(cl_context context, cl_device_id device) {
  refuse_after_fork();
  used = true;
  static auto& known = *new std::map<std::pair<cl_context, cl_device_id>, std::unique_ptr<device_state>>;
  const std::lock_guard lock(guard);
  auto& d = known[{context, device}];
  if (d == nullptr) {
    check(clRetainContext(context), "clRetainContext");
    d = std::make_unique<device_state>(device, owned_context(context));
  }
  return *d;
}

#define POSDEF_DEVICE(T)                                                        \
  template compiled compile<T>(cl_context, cl_device_id, const gpu::blocking&); \
  template const compiled& device_state::kernels_for<T>();                      \
  template lane device_state::take_lane<T>();                                   \
  template void device_state::give_back<T>(lane);
POSDEF_DEVICE(float)
POSDEF_DEVICE(double)
POSDEF_DEVICE(std::complex<float>)
POSDEF_DEVICE(std::complex<double>)
#undef POSDEF_DEVICE

}  // namespace posdef::internal::opencl
