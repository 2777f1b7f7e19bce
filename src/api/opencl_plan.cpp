// posdef::opencl::plan: calls on the caller's queue and buffers.
#include "posdef/opencl.hpp"

#if POSDEF_ENGINE_OPENCL
#include <array>
#include <optional>

#include "api/device_call.hpp"
#include "backend/gpu/opencl/stream.hpp"
#include "dispatch/overrides.hpp"

namespace posdef::inline POSDEF_ABI::opencl {

using internal::index;
using internal::operation;
using internal::request;

namespace {

namespace cl = internal::opencl;

struct target {
  cl_context context;
  cl_device_id device;
};

target target_of(std::string_view function, cl_command_queue queue) {
  if (queue == nullptr) throw invalid_argument(function, "queue", "null", "a command queue");
  cl::refuse_after_fork();
  target t{};
  cl::check(clGetCommandQueueInfo(queue, CL_QUEUE_CONTEXT, sizeof(t.context), &t.context, nullptr),
            "clGetCommandQueueInfo");
  cl::check(clGetCommandQueueInfo(queue, CL_QUEUE_DEVICE, sizeof(t.device), &t.device, nullptr),
            "clGetCommandQueueInfo");
  return t;
}

/// Numbers the buffers of one call. Equal buffers get equal numbers, so that addresses show overlap.
class numbering {
 public:
  static constexpr int first = 3;  // the plan's own two come first

  int of(cl_mem memory) {
    for (int i = 0; i < count_; ++i)
      if (memory_[static_cast<std::size_t>(i)] == memory) return first + i;
    memory_[static_cast<std::size_t>(count_)] = memory;
    return first + count_++;
  }
  template <class F>
  void for_each(const F& f) const {
    for (int i = 0; i < count_; ++i) f(first + i, memory_[static_cast<std::size_t>(i)]);
  }

 private:
  std::array<cl_mem, cl::buffer_count - first> memory_{};
  int count_ = 0;
};

std::size_t size_of(cl_mem memory) {
  std::size_t bytes = 0;
  cl::check(clGetMemObjectInfo(memory, CL_MEM_SIZE, sizeof(bytes), &bytes, nullptr), "clGetMemObjectInfo");
  return bytes;
}

[[noreturn]] void outside(std::string_view function, std::string_view argument, index first, index last,
                          std::size_t elements) {
  throw invalid_argument(function, argument,
                         "elements " + std::to_string(first) + " to " + std::to_string(last) + " of its buffer",
                         "to lie inside its " + std::to_string(elements) + " elements");
}

}  // namespace

template <scalar T>
struct plan<T>::state {
  state(cl_command_queue q, shape s, const options& o) {
    internal::check_shape("opencl::plan", s);
    internal::check_options("opencl::plan", o);
    const target t = target_of("opencl::plan", q);
    cl::check(clRetainCommandQueue(q), "clRetainCommandQueue");
    queue = cl::owned_queue(q);
    auto& device = cl::device_of(t.context, t.device);
    const cl::compiled& built = device.kernels_for<T>();
    kernels = cl::make_kernels(built);
    stream.emplace(q, kernels);
    session.size = s;
    session.choices = o;
    session.algorithm = internal::chosen_algorithm();
    session.blocking = device.blocking<T>();
    session.own_info = take(1, own_info, t.context, session.info_bytes(s));
    session.scratch = take(2, scratch, t.context, session.scratch_bytes(session.blocking, s));
  }

  internal::gpu::address take(int number, cl::owned_memory& m, cl_context context, std::size_t bytes) {
    bytes = std::max<std::size_t>(bytes, 16);  // OpenCL does not allow empty buffers
    cl_int code = CL_SUCCESS;
    m = cl::owned_memory(clCreateBuffer(context, CL_MEM_READ_WRITE, bytes, nullptr, &code));
    cl::check(code, "clCreateBuffer", bytes);
    stream->set_buffer(number, m.get());
    return cl::address_of(number);
  }

  /// Converts the view to addresses. A null buffer gives a null pointer, which the checks report.
  static posdef::view<T> addressed(std::string_view function, std::string_view argument, const opencl::view<T>& v,
                                   numbering& buffers) {
    posdef::view<T> out(nullptr, v.rows, v.cols, v.ld, v.order);
    out.ld = v.ld;
    out.batch = v.batch;
    out.stride = v.stride;
    if (v.memory == nullptr) return out;
    const auto elements = static_cast<index>(size_of(v.memory) / sizeof(T));
    if (v.offset < 0 || v.offset > elements)
      throw invalid_argument(function, std::string(argument) + ".offset", std::to_string(v.offset),
                             "0 to " + std::to_string(elements) + ", the size of its buffer");
    out.data =
        reinterpret_cast<T*>(cl::address_of(buffers.of(v.memory), static_cast<std::size_t>(v.offset) * sizeof(T)));
    return out;
  }
  template <class E>
  static std::span<E> addressed(std::string_view function, std::string_view argument, const array& a, index count,
                                numbering& buffers) {
    if (a.memory == nullptr) return {};
    const auto elements = static_cast<index>(size_of(a.memory) / sizeof(E));
    if (a.offset < 0 || count < 0 || a.offset > elements - count)
      outside(function, argument, a.offset, a.offset + count - 1, static_cast<std::size_t>(elements));
    const auto at = cl::address_of(buffers.of(a.memory), static_cast<std::size_t>(a.offset) * sizeof(E));
    return {reinterpret_cast<E*>(at), static_cast<std::size_t>(count)};
  }
  /// Checks that a valid batch lies inside its buffer.
  static void check_inside(std::string_view function, std::string_view argument, const opencl::view<T>& v) {
    if (v.rows == 0 || v.cols == 0 || v.batch == 0) return;
    const index runs = v.order == layout::col_major ? v.cols : v.rows,
                length = v.order == layout::col_major ? v.rows : v.cols;
    const index reach = (v.batch - 1) * v.stride, first = v.offset + std::min<index>(reach, 0);
    const index last = v.offset + std::max<index>(reach, 0) + (runs - 1) * v.ld + length - 1;
    const std::size_t elements = size_of(v.memory) / sizeof(T);
    if (first < 0 || last >= static_cast<index>(elements)) outside(function, argument, first, last, elements);
  }

  void run(std::string_view function, operation what, const opencl::view<T>& a, std::string_view a_name,
           const opencl::view<T>* b, const opencl::view<T>* out, std::string_view out_name, const array* value,
           const array& info, const events& e) {
    cl::refuse_after_fork();
    numbering buffers;
    const posdef::view<const T> read = addressed(function, a_name, a, buffers);
    posdef::view<const T> sides;
    posdef::view<T> written;
    if (b != nullptr) sides = addressed(function, "b", *b, buffers);
    if (out != nullptr) written = addressed(function, out_name, *out, buffers);
    const std::span<index> infos = addressed<index>(function, "info", info, a.batch, buffers);
    request<T> r{
        .function = function, .what = what, .a = &read, .a_name = a_name, .out_name = out_name, .info = &infos};
    if (b != nullptr) r.b = &sides;
    if (out != nullptr) r.out = &written;
    if (value != nullptr) r.value = addressed<real_type<T>>(function, "out", *value, a.batch, buffers);
    session.run(r, *stream, [&] {
      check_inside(function, a_name, a);
      if (b != nullptr) check_inside(function, "b", *b);
      if (out != nullptr) check_inside(function, out_name, *out);
      buffers.for_each([&](int number, cl_mem memory) { stream->set_buffer(number, memory); });
      stream->wait_for(e.wait);
    });
    if (e.done != nullptr) *e.done = stream->mark().release_handle();
    stream->wait_for({});
  }

  cl::owned_queue queue;
  std::vector<cl::owned_kernel> kernels;
  std::optional<cl::stream> stream;
  cl::owned_memory own_info, scratch;
  internal::device_session<T> session{};
};

template <scalar T>
std::size_t plan<T>::workspace_size(cl_command_queue queue, shape s, const options& o) {
  internal::check_shape("opencl::plan::workspace_size", s);
  internal::check_options("opencl::plan::workspace_size", o);
  const target t = target_of("opencl::plan::workspace_size", queue);
  using session = internal::device_session<T>;
  const auto& blocking = cl::device_of(t.context, t.device).template kernels_for<T>().blocking;
  return session::info_bytes(s) + session::scratch_bytes(blocking, s);
}

template <scalar T>
plan<T>::plan(cl_command_queue queue, shape s, const options& o) : state_(std::make_unique<state>(queue, s, o)) {}

#define POSDEF_CALL(NAME, ...) state_->run("opencl::plan::" #NAME, operation::NAME, __VA_ARGS__, info, e)

}  // namespace posdef::inline POSDEF_ABI::opencl

#else

#include "posdef/control.hpp"

namespace posdef::inline POSDEF_ABI::opencl {

template <scalar T>
struct plan<T>::state {};

namespace {
[[noreturn]] void not_built() { throw unavailable("posdef: engine \"opencl\" is not built in"); }
}  // namespace

template <scalar T>
std::size_t plan<T>::workspace_size(::_cl_command_queue*, shape, const options&) {
  not_built();
}
template <scalar T>
plan<T>::plan(::_cl_command_queue*, shape, const options&) {
  not_built();
}

// The constructor always throws, so the methods are never called.
#define POSDEF_CALL(NAME, ...) (static_cast<void>(info), static_cast<void>(e), not_built())

}  // namespace posdef::inline POSDEF_ABI::opencl

#endif

namespace posdef::inline POSDEF_ABI::opencl {

template <scalar T>
plan<T>::~plan() = default;
template <scalar T>
plan<T>::plan(plan&&) noexcept = default;
template <scalar T>
plan<T>& plan<T>::operator=(plan&&) noexcept = default;

#define POSDEF_SQUARE(name, input_name, output_name, info_meaning)                                       \
  template <scalar T>                                                                                    \
  void plan<T>::name([[maybe_unused]] const view<T>& a, array info, const events& e) {                   \
    POSDEF_CALL(name, a, #input_name, nullptr, &a, #input_name, nullptr);                                \
  }                                                                                                      \
  template <scalar T>                                                                                    \
  void plan<T>::name([[maybe_unused]] const view<T>& a, [[maybe_unused]] const view<T>& out, array info, \
                     const events& e) {                                                                  \
    POSDEF_CALL(name, a, #input_name, nullptr, &out, #output_name, nullptr);                             \
  }
#define POSDEF_SOLVE(name, info_meaning)                                                               \
  template <scalar T>                                                                                  \
  void plan<T>::name([[maybe_unused]] const view<T>& l, [[maybe_unused]] const view<T>& b, array info, \
                     const events& e) {                                                                \
    POSDEF_CALL(name, l, "l", &b, &b, "b", nullptr);                                                   \
  }                                                                                                    \
  template <scalar T>                                                                                  \
  void plan<T>::name([[maybe_unused]] const view<T>& l, [[maybe_unused]] const view<T>& b,             \
                     [[maybe_unused]] const view<T>& x, array info, const events& e) {                 \
    POSDEF_CALL(name, l, "l", &b, &x, "x", nullptr);                                                   \
  }
#define POSDEF_NUMBER(name, info_meaning)                                                                          \
  template <scalar T>                                                                                              \
  void plan<T>::name([[maybe_unused]] const view<T>& l, [[maybe_unused]] array out, array info, const events& e) { \
    POSDEF_CALL(name, l, "l", nullptr, nullptr, "", &out);                                                         \
  }
#include "algorithm/operations.def"

template class plan<float>;
template class plan<double>;
template class plan<std::complex<float>>;
template class plan<std::complex<double>>;

}  // namespace posdef::inline POSDEF_ABI::opencl
