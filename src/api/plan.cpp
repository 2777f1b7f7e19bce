#include "posdef/plan.hpp"

#include "api/memory_errors.hpp"
#include "api/session.hpp"

namespace posdef::inline POSDEF_ABI {

using internal::operation;
using internal::request;
using internal::session;

template <scalar T>
struct plan<T>::state : session<T> {
  using session<T>::session;

  std::int64_t run(const request<T>& r) { return internal::perform<T>(r, *this); }
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

#define POSDEF_SQUARE(name, input_name, output_name, info_meaning)                                                  \
  template <scalar T>                                                                                               \
  std::int64_t plan<T>::name(view<T> a, info_span info) {                                                           \
    const view<const T> in = a;                                                                                     \
    return state_->run({"plan::" #name, operation::name, &in, #input_name, nullptr, &a, #input_name, {}, &info});   \
  }                                                                                                                 \
  template <scalar T>                                                                                               \
  std::int64_t plan<T>::name(view<const T> a, view<T> out, info_span info) {                                        \
    return state_->run({"plan::" #name, operation::name, &a, #input_name, nullptr, &out, #output_name, {}, &info}); \
  }
#define POSDEF_SOLVE(name, info_meaning)                                                     \
  template <scalar T>                                                                        \
  std::int64_t plan<T>::name(view<const T> l, view<T> b, info_span info) {                   \
    const view<const T> in = b;                                                              \
    return state_->run({"plan::" #name, operation::name, &l, "l", &in, &b, "b", {}, &info}); \
  }                                                                                          \
  template <scalar T>                                                                        \
  std::int64_t plan<T>::name(view<const T> l, view<const T> b, view<T> x, info_span info) {  \
    return state_->run({"plan::" #name, operation::name, &l, "l", &b, &x, "x", {}, &info});  \
  }
#define POSDEF_NUMBER(name, info_meaning)                                                             \
  template <scalar T>                                                                                 \
  std::int64_t plan<T>::name(view<const T> l, std::span<real_type<T>> out, info_span info) {          \
    return state_->run({"plan::" #name, operation::name, &l, "l", nullptr, nullptr, {}, out, &info}); \
  }
#include "algorithm/operations.def"

template class plan<float>;
template class plan<double>;
template class plan<std::complex<float>>;
template class plan<std::complex<double>>;

}  // namespace posdef::inline POSDEF_ABI
