// posdef::cuda::plan: calls on the caller's stream and device pointers.
#include "api/device_call.hpp"
#include "dispatch/overrides.hpp"
#include "posdef/cuda.hpp"
#include "system/memory.hpp"

#if POSDEF_ENGINE_CUDA
#include "backend/gpu/cuda/device.hpp"
#include "backend/gpu/cuda/pointers.hpp"
#include "backend/gpu/cuda/stream.hpp"
#endif

namespace posdef::inline POSDEF_ABI::cuda {

using internal::index;
using internal::operation;
using internal::request;

namespace {

template <class T>
internal::gpu::blocking blocking() {
#if POSDEF_ENGINE_CUDA
  return internal::cuda::blocking_for_workspace<T>();
#else
  throw unavailable("posdef: engine \"cuda\" is not built in");
#endif
}

/// The scratch memory starts after the infos.
template <class T>
std::size_t scratch_begin(shape s) {
  return internal::round_up(internal::device_session<T>::info_bytes(s), 256);
}

template <class T>
std::size_t bytes_for(shape s) {
  return scratch_begin<T>(s) + internal::device_session<T>::scratch_bytes(blocking<T>(), s);
}

/// Kernels need views without arrays of pointers, aligned to the element.
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
    internal::check_options("cuda::plan", o);
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

  void run(request<T> r, std::int64_t* info) {
    internal::cuda::refuse_after_fork();
    check_pointers(r.function, r.a_name, *r.a);
    if (r.b) check_pointers(r.function, "b", *r.b);
    if (r.out) check_pointers(r.function, r.out_name, *r.out);
    const auto count = static_cast<std::size_t>(std::max<index>(r.a->batch, 0));
    const std::span<index> infos = info != nullptr ? std::span(info, count) : std::span<index>();
    r.info = &infos;
    session.run(r, stream, [&] { check_memory(r); });
  }

  /// Checks the pointers of a call whose sizes are already checked.
  void check_memory(const request<T>& r) {
    const auto look = [&](std::string_view argument, const auto& v) {
      if (v.rows > 0 && v.cols > 0 && v.batch > 0) check_pointer(r.function, std::string(argument) + ".data", v.data);
    };
    look(r.a_name, *r.a);
    if (r.b) look("b", *r.b);
    if (r.out) look(r.out_name, *r.out);
    if (r.a->batch == 0) return;
    if (!r.out) check_pointer(r.function, "out", r.value.data());
    if (!r.info->empty()) check_pointer(r.function, "info", r.info->data());
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
  // The constructor always throws, so the methods are never called.
  void run(const request<T>&, std::int64_t*) { blocking<T>(); }
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
  internal::check_options("cuda::plan::workspace_size", o);
  return bytes_for<T>(s);
}

template <scalar T>
plan<T>::~plan() = default;
template <scalar T>
plan<T>::plan(plan&&) noexcept = default;
template <scalar T>
plan<T>& plan<T>::operator=(plan&&) noexcept = default;

#define POSDEF_SQUARE(name, input_name, output_name, info_meaning)                                            \
  template <scalar T>                                                                                         \
  void plan<T>::name(view<T> a, std::int64_t* info) {                                                         \
    const view<const T> in = a;                                                                               \
    state_->run({"cuda::plan::" #name, operation::name, &in, #input_name, nullptr, &a, #input_name}, info);   \
  }                                                                                                           \
  template <scalar T>                                                                                         \
  void plan<T>::name(view<const T> a, view<T> out, std::int64_t* info) {                                      \
    state_->run({"cuda::plan::" #name, operation::name, &a, #input_name, nullptr, &out, #output_name}, info); \
  }
#define POSDEF_SOLVE(name, info_meaning)                                                \
  template <scalar T>                                                                   \
  void plan<T>::name(view<const T> l, view<T> b, std::int64_t* info) {                  \
    const view<const T> in = b;                                                         \
    state_->run({"cuda::plan::" #name, operation::name, &l, "l", &in, &b, "b"}, info);  \
  }                                                                                     \
  template <scalar T>                                                                   \
  void plan<T>::name(view<const T> l, view<const T> b, view<T> x, std::int64_t* info) { \
    state_->run({"cuda::plan::" #name, operation::name, &l, "l", &b, &x, "x"}, info);   \
  }
#define POSDEF_NUMBER(name, info_meaning)                                                              \
  template <scalar T>                                                                                  \
  void plan<T>::name(view<const T> l, real_type<T>* out, std::int64_t* info) {                         \
    const std::span values(out, static_cast<std::size_t>(std::max<index>(l.batch, 0)));                \
    state_->run({"cuda::plan::" #name, operation::name, &l, "l", nullptr, nullptr, {}, values}, info); \
  }
#include "algorithm/operations.def"

template class plan<float>;
template class plan<double>;
template class plan<std::complex<float>>;
template class plan<std::complex<double>>;

}  // namespace posdef::inline POSDEF_ABI::cuda
