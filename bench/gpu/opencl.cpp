#include "gpu/opencl.hpp"

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include <cstdint>
#include <map>
#include <posdef/posdef.hpp>

#include "io/matrices.hpp"
#include "posdef/opencl.hpp"

namespace posdef::bench {
namespace {

void check(cl_int code, const char* function) {
  if (code != CL_SUCCESS)
    throw std::runtime_error(std::string("OpenCL: ") + function + ": error " + std::to_string(code));
}

// All devices of all platforms in OpenCL's order, which is posdef's numbering.
std::vector<cl_device_id> every_device() {
  cl_uint count = 0;
  std::vector<cl_device_id> all;
  if (clGetPlatformIDs(0, nullptr, &count) != CL_SUCCESS) return all;
  std::vector<cl_platform_id> platforms(count);
  clGetPlatformIDs(count, platforms.data(), nullptr);
  for (const cl_platform_id p : platforms) {
    cl_uint more = 0;
    if (clGetDeviceIDs(p, CL_DEVICE_TYPE_ALL, 0, nullptr, &more) != CL_SUCCESS || more == 0) continue;
    const std::size_t old = all.size();
    all.resize(old + more);
    clGetDeviceIDs(p, CL_DEVICE_TYPE_ALL, more, all.data() + old, nullptr);
  }
  return all;
}

template <class V>
V value_of(cl_device_id d, cl_device_info what) {
  V v{};
  check(clGetDeviceInfo(d, what, sizeof v, &v, nullptr), "clGetDeviceInfo");
  return v;
}

constexpr int offset_bits = 44;

class opencl_device final : public accelerator {
 public:
  explicit opencl_device(const device_info& d)
      : name_(d.device.name()),
        description_(d.description),
        id_(every_device().at(static_cast<std::size_t>(d.device.index))) {
    cl_int code = CL_SUCCESS;
    context_ = clCreateContext(nullptr, 1, &id_, nullptr, nullptr, &code);
    check(code, "clCreateContext");
    queue_ = clCreateCommandQueue(context_, id_, CL_QUEUE_PROFILING_ENABLE, &code);
    check(code, "clCreateCommandQueue");
  }
  ~opencl_device() override {
    clFinish(queue_);
    drop(first_);
    drop(second_);
    for (const auto& [number, memory] : memory_) clReleaseMemObject(memory);
    clReleaseCommandQueue(queue_);
    clReleaseContext(context_);
  }

  std::string name() const override { return name_; }
  std::string card() const override { return description_.substr(0, description_.find(" (")); }
  std::string description() const override { return description_; }
  std::size_t cache_bytes() const override { return value_of<cl_ulong>(id_, CL_DEVICE_GLOBAL_MEM_CACHE_SIZE); }
  // OpenCL does not report free memory; and a single buffer has a size limit.
  std::size_t free_bytes() const override {
    return std::min(value_of<cl_ulong>(id_, CL_DEVICE_GLOBAL_MEM_SIZE) / 4,
                    value_of<cl_ulong>(id_, CL_DEVICE_MAX_MEM_ALLOC_SIZE));
  }
  void* stream() const override { return queue_; }

  void* allocate(std::size_t bytes) override {
    cl_int code = CL_SUCCESS;
    cl_mem memory = clCreateBuffer(context_, CL_MEM_READ_WRITE, bytes, nullptr, &code);
    check(code, "clCreateBuffer");
    memory_[++last_] = memory;
    return reinterpret_cast<void*>(last_ << offset_bits);
  }
  void release(void* p) noexcept override {
    const auto at = memory_.find(reinterpret_cast<std::uintptr_t>(p) >> offset_bits);
    clReleaseMemObject(at->second);
    memory_.erase(at);
  }
  /// The buffer of a pointer, and the offset in bytes from its beginning.
  std::pair<cl_mem, std::size_t> place_of(const void* p) const {
    const auto number = reinterpret_cast<std::uintptr_t>(p);
    return {memory_.at(number >> offset_bits), number & ((std::uintptr_t{1} << offset_bits) - 1)};
  }

  void upload(void* to, const void* from, std::size_t bytes) override {
    const auto [memory, offset] = place_of(to);
    check(clEnqueueWriteBuffer(queue_, memory, CL_TRUE, offset, bytes, from, 0, nullptr, nullptr),
          "clEnqueueWriteBuffer");
  }
  void download(void* to, const void* from, std::size_t bytes) override {
    const auto [memory, offset] = place_of(from);
    check(clEnqueueReadBuffer(queue_, memory, CL_TRUE, offset, bytes, to, 0, nullptr, nullptr), "clEnqueueReadBuffer");
  }
  void copy(void* to, const void* from, std::size_t bytes) override {
    const auto [target, at] = place_of(to);
    const auto [source, behind] = place_of(from);
    check(clEnqueueCopyBuffer(queue_, source, target, behind, at, bytes, 0, nullptr, nullptr), "clEnqueueCopyBuffer");
  }
  void wait() override { check(clFinish(queue_), "clFinish"); }

  void begin() override { mark(first_); }
  void end() override { mark(second_); }
  double seconds() override {
    check(clWaitForEvents(1, &second_), "clWaitForEvents");
    return 1e-9 * static_cast<double>(when(second_) - when(first_));
  }

 private:
  static void drop(cl_event& e) {
    if (e != nullptr) clReleaseEvent(e);
    e = nullptr;
  }
  void mark(cl_event& e) {
    drop(e);
    check(clEnqueueMarkerWithWaitList(queue_, 0, nullptr, &e), "clEnqueueMarkerWithWaitList");
  }
  static cl_ulong when(cl_event e) {
    cl_ulong t = 0;
    check(clGetEventProfilingInfo(e, CL_PROFILING_COMMAND_END, sizeof t, &t, nullptr), "clGetEventProfilingInfo");
    return t;
  }

  std::string name_, description_;
  cl_device_id id_;
  cl_context context_ = nullptr;
  cl_command_queue queue_ = nullptr;
  std::map<std::uintptr_t, cl_mem> memory_;
  std::uintptr_t last_ = 0;
  cl_event first_ = nullptr, second_ = nullptr;
};

}  // namespace

std::unique_ptr<accelerator> open_opencl(int index) {
  return std::make_unique<opencl_device>(available_device({engine::opencl, index}, "OpenCL"));
}

device_library posdef_on_opencl(accelerator& accelerator) {
  return posdef_by_plan([&where = static_cast<opencl_device&>(accelerator)]<scalar T>() {
    return [&where](const cell& c, const buffers<T>& all) -> device_call {
      const options choices{.uplo = c.uplo, .on_failure = on_failure::report};
      const auto queue = static_cast<cl_command_queue>(where.stream());
      const auto plan = std::make_shared<opencl::plan<T>>(queue, shape{.n = c.n, .batch = c.batch}, choices);
      return [plan, all, c, &where](std::int64_t k) {
        const auto [memory, offset] = where.place_of(all.of(k));
        const opencl::view<T> a(memory, c.n, c.n, 0, c.layout);
        plan->cholesky(a.at(static_cast<std::int64_t>(offset / sizeof(T))).batched(c.batch));
      };
    };
  });
}

}  // namespace posdef::bench
