#include "posdef/plan.hpp"

#include "api/front_door.hpp"
#include "api/memory_errors.hpp"

namespace posdef {

using internal::call;
using internal::operation;
using internal::session;

template <scalar T>
struct plan<T>::state : session<T> {
  using session<T>::session;

  std::int64_t run(const call<T>& c) { return internal::perform<T>(c, *this); }
};

template <scalar T>
std::size_t plan<T>::workspace_size(device d, shape s, const options& o) {
  return session<T>::workspace_size("plan::workspace_size", d, s, o);
}

template <scalar T>
plan<T>::plan(device d, shape s, const options& o)
    : state_(internal::as_out_of_memory(sizeof(state),
                                        [&] { return std::make_unique<state>("plan", d, s, o, std::nullopt); })) {}

template <scalar T>
plan<T>::plan(device d, shape s, const options& o, std::span<std::byte> workspace)
    : state_(internal::as_out_of_memory(sizeof(state),
                                        [&] { return std::make_unique<state>("plan", d, s, o, workspace); })) {}

template <scalar T>
plan<T>::~plan() = default;
template <scalar T>
plan<T>::plan(plan&&) noexcept = default;
template <scalar T>
plan<T>& plan<T>::operator=(plan&&) noexcept = default;

#define POSDEF_SQUARE(NAME, IN, OUT)                                                              \
  template <scalar T>                                                                             \
  std::int64_t plan<T>::NAME(view<T> a, info_span info) {                                         \
    const view<const T> in = a;                                                                   \
    return state_->run({"plan::" #NAME, operation::NAME, &in, IN, nullptr, &a, IN, {}, &info});   \
  }                                                                                               \
  template <scalar T>                                                                             \
  std::int64_t plan<T>::NAME(view<const T> a, view<T> out, info_span info) {                      \
    return state_->run({"plan::" #NAME, operation::NAME, &a, IN, nullptr, &out, OUT, {}, &info}); \
  }
POSDEF_SQUARE(cholesky, "a", "l")
POSDEF_SQUARE(cholesky_inverse, "l", "inverse")
POSDEF_SQUARE(tri_inverse, "l", "inverse")
#undef POSDEF_SQUARE

#define POSDEF_SOLVE(NAME)                                                                   \
  template <scalar T>                                                                        \
  std::int64_t plan<T>::NAME(view<const T> l, view<T> b, info_span info) {                   \
    const view<const T> in = b;                                                              \
    return state_->run({"plan::" #NAME, operation::NAME, &l, "l", &in, &b, "b", {}, &info}); \
  }                                                                                          \
  template <scalar T>                                                                        \
  std::int64_t plan<T>::NAME(view<const T> l, view<const T> b, view<T> x, info_span info) {  \
    return state_->run({"plan::" #NAME, operation::NAME, &l, "l", &b, &x, "x", {}, &info});  \
  }
POSDEF_SOLVE(cholesky_solve)
POSDEF_SOLVE(tri_solve)
#undef POSDEF_SOLVE

template <scalar T>
std::int64_t plan<T>::log_det(view<const T> l, std::span<real_type<T>> out, info_span info) {
  return state_->run({"plan::log_det", operation::log_det, &l, "l", nullptr, nullptr, {}, out, &info});
}

template class plan<float>;
template class plan<double>;
template class plan<std::complex<float>>;
template class plan<std::complex<double>>;

}  // namespace posdef
