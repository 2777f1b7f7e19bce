// posdef::cuda::plan: calls on the caller's stream and device pointers.
#include "api/device_call.hpp"
#include "plan/choices.hpp"
#include "posdef/cuda.hpp"

#if POSDEF_ENGINE_CUDA
#include "engine/gpu/cuda/device.hpp"
#include "engine/gpu/cuda/pointers.hpp"
#include "engine/gpu/cuda/stream.hpp"
#endif

namespace posdef::cuda {

using internal::call;
using internal::index;
using internal::operation;

namespace {

template <class T>
internal::gpu::blocking blocking() {
#if POSDEF_ENGINE_CUDA
  return internal::cuda::blocking_for_workspace<T>();
#else
  throw unavailable("posdef: engine \"cuda\" is not built in");
#endif
}

/// The scratch begins behind the infos.
template <class T>
std::size_t scratch_begin(shape s) {
  return internal::round_up(internal::device_session<T>::info_bytes(s), 256);
}

template <class T>
std::size_t bytes_for(shape s) {
  return scratch_begin<T>(s) + internal::device_session<T>::scratch_bytes(blocking<T>(), s);
}

/// What a kernel can follow as it is: no arrays of pointers, aligned to the element.
template <class T>
void check_pointers(std::string_view function, std::string_view argument, const view<T>& v) {
  const std::string name(argument);
  if (v.pointers != nullptr)
    throw invalid_argument(function, name + ".pointers", "set", "null: matrices at equal distances");
  if (reinterpret_cast<std::uintptr_t>(v.data) % sizeof(T) != 0)
    throw invalid_argument(function, name + ".data", "not aligned", "a multiple of " + std::to_string(sizeof(T)));
}

}  // namespace

#if POSDEF_ENGINE_CUDA
template <scalar T>
struct plan<T>::state {
  state(cudaStream_t s, shape size, const options& o, void* workspace, const std::size_t* given)
      : device(internal::cuda::current_device("cuda::plan")),
        stream(device, s, device.kernels<T>()),
        check_pointer(device, s) {
    internal::check_shape("cuda::plan", size);
    internal::check_choices("cuda::plan", o);
    internal::cuda::check_stream(device, s, "cuda::plan");
    const std::size_t bytes = bytes_for<T>(size);
    if (given != nullptr) {
      if (*given < bytes)
        throw invalid_argument("cuda::plan", "workspace.size", std::to_string(*given),
                               "at least " + std::to_string(bytes) + " bytes");
      if (reinterpret_cast<std::uintptr_t>(workspace) % 256 != 0)
        throw invalid_argument("cuda::plan", "workspace", "not aligned", "a multiple of 256");
      if (bytes > 0) check_pointer("cuda::plan", "workspace", workspace);
    } else {
      own = device.allocate(bytes);
      workspace = own.get();
    }
    const auto at = reinterpret_cast<internal::gpu::address>(workspace);
    session = {.size = size,
               .choices = o,
               .algorithm = internal::chosen_algorithm(),
               .blocking = device.blocking<T>(),
               .own_info = at,
               .scratch = at + scratch_begin<T>(size)};
  }

  void run(call<T> c, std::int64_t* info) {
    internal::cuda::refuse_after_fork();
    check_pointers(c.function, c.a_name, *c.a);
    if (c.b) check_pointers(c.function, "b", *c.b);
    if (c.out) check_pointers(c.function, c.out_name, *c.out);
    const auto count = static_cast<std::size_t>(std::max<index>(c.a->batch, 0));
    const std::span<index> infos = info != nullptr ? std::span(info, count) : std::span<index>();
    c.info = &infos;
    session.run(c, stream, [&] { check_memory(c); });
  }

  /// Of a call whose sizes are good.
  void check_memory(const call<T>& c) {
    const auto look = [&](std::string_view argument, const auto& v) {
      if (v.rows > 0 && v.cols > 0 && v.batch > 0) check_pointer(c.function, std::string(argument) + ".data", v.data);
    };
    look(c.a_name, *c.a);
    if (c.b) look("b", *c.b);
    if (c.out) look(c.out_name, *c.out);
    if (c.a->batch == 0) return;
    if (c.what == operation::log_det) check_pointer(c.function, "out", c.value.data());
    if (!c.info->empty()) check_pointer(c.function, "info", c.info->data());
  }

  internal::cuda::device_state& device;
  internal::cuda::stream stream;
  internal::cuda::pointer_check check_pointer;
  internal::cuda::memory own;
  internal::device_session<T> session{};
};

template <scalar T>
plan<T>::plan(::CUstream_st* stream, shape s, const options& o)
    : state_(std::make_unique<state>(stream, s, o, nullptr, nullptr)) {}
template <scalar T>
plan<T>::plan(::CUstream_st* stream, shape s, const options& o, void* workspace, std::size_t bytes)
    : state_(std::make_unique<state>(stream, s, o, workspace, &bytes)) {}
#else
template <scalar T>
struct plan<T>::state {
  // No plan can be made, so its methods are never reached.
  void run(const call<T>&, std::int64_t*) { blocking<T>(); }
};

template <scalar T>
plan<T>::plan(::CUstream_st*, shape, const options&) {
  blocking<T>();
}
template <scalar T>
plan<T>::plan(::CUstream_st*, shape, const options&, void*, std::size_t) {
  blocking<T>();
}
#endif

template <scalar T>
std::size_t plan<T>::workspace_size(shape s, const options& o) {
  internal::check_shape("cuda::plan::workspace_size", s);
  internal::check_choices("cuda::plan::workspace_size", o);
  return bytes_for<T>(s);
}

template <scalar T>
plan<T>::~plan() = default;
template <scalar T>
plan<T>::plan(plan&&) noexcept = default;
template <scalar T>
plan<T>& plan<T>::operator=(plan&&) noexcept = default;

#define POSDEF_SQUARE(NAME, IN, OUT)                                     \
  template <scalar T>                                                    \
  void plan<T>::NAME(view<T> a, std::int64_t* info) {                    \
    const view<const T> in = a;                                          \
    state_->run({.function = "cuda::plan::" #NAME,                       \
                 .what = operation::NAME,                                \
                 .a = &in,                                               \
                 .a_name = IN,                                           \
                 .out = &a,                                              \
                 .out_name = IN},                                        \
                info);                                                   \
  }                                                                      \
  template <scalar T>                                                    \
  void plan<T>::NAME(view<const T> a, view<T> out, std::int64_t* info) { \
    state_->run({.function = "cuda::plan::" #NAME,                       \
                 .what = operation::NAME,                                \
                 .a = &a,                                                \
                 .a_name = IN,                                           \
                 .out = &out,                                            \
                 .out_name = OUT},                                       \
                info);                                                   \
  }
POSDEF_SQUARE(cholesky, "a", "l")
POSDEF_SQUARE(cholesky_inverse, "l", "inverse")
POSDEF_SQUARE(tri_inverse, "l", "inverse")
#undef POSDEF_SQUARE

#define POSDEF_SOLVE(NAME)                                                              \
  template <scalar T>                                                                   \
  void plan<T>::NAME(view<const T> l, view<T> b, std::int64_t* info) {                  \
    const view<const T> in = b;                                                         \
    state_->run({.function = "cuda::plan::" #NAME,                                      \
                 .what = operation::NAME,                                               \
                 .a = &l,                                                               \
                 .a_name = "l",                                                         \
                 .b = &in,                                                              \
                 .out = &b,                                                             \
                 .out_name = "b"},                                                      \
                info);                                                                  \
  }                                                                                     \
  template <scalar T>                                                                   \
  void plan<T>::NAME(view<const T> l, view<const T> b, view<T> x, std::int64_t* info) { \
    state_->run({.function = "cuda::plan::" #NAME,                                      \
                 .what = operation::NAME,                                               \
                 .a = &l,                                                               \
                 .a_name = "l",                                                         \
                 .b = &b,                                                               \
                 .out = &x,                                                             \
                 .out_name = "x"},                                                      \
                info);                                                                  \
  }
POSDEF_SOLVE(cholesky_solve)
POSDEF_SOLVE(tri_solve)
#undef POSDEF_SOLVE

template <scalar T>
void plan<T>::log_det(view<const T> l, real_type<T>* out, std::int64_t* info) {
  const auto count = static_cast<std::size_t>(std::max<index>(l.batch, 0));
  state_->run({.function = "cuda::plan::log_det",
               .what = operation::log_det,
               .a = &l,
               .a_name = "l",
               .value = std::span(out, count)},
              info);
}

template class plan<float>;
template class plan<double>;
template class plan<std::complex<float>>;
template class plan<std::complex<double>>;

}  // namespace posdef::cuda
