// The public functions: each is one call to the front door.
#include "api/front_door.hpp"

namespace posdef {

using internal::call;
using internal::operation;
using internal::perform;

namespace {

template <class T>
call<T> in_place(std::string_view function, operation what, view<T> a, std::string_view name) {
  return {function, what, a, name, {}, a, name, {}, {}};
}
template <class T>
call<T> out_of_place(std::string_view function, operation what, view<const T> a, std::string_view name, view<T> out,
                     std::string_view out_name) {
  return {function, what, a, name, {}, out, out_name, {}, {}};
}
template <class T>
call<T> solving(std::string_view function, operation what, view<const T> l, view<const T> b, view<T> x,
                std::string_view x_name) {
  return {function, what, l, "l", b, x, x_name, {}, {}};
}
template <class T>
std::int64_t with_info(call<T> c, info_span info, const options& o) {
  c.info = info;
  return perform(c, o, /* raise = */ false);
}

}  // namespace

// Each operation that overwrites or writes a square matrix.
#define POSDEF_SQUARE(NAME, IN, OUT)                                                            \
  template <scalar T>                                                                           \
  void NAME(view<T> a, const options& o) {                                                      \
    perform(in_place(#NAME, operation::NAME, a, IN), o, true);                                  \
  }                                                                                             \
  template <scalar T>                                                                           \
  void NAME(input<T> a, view<T> out, const options& o) {                                        \
    perform(out_of_place<T>(#NAME, operation::NAME, a, IN, out, OUT), o, true);                 \
  }                                                                                             \
  template <scalar T>                                                                           \
  std::int64_t try_##NAME(view<T> a, info_span info, const options& o) {                        \
    return with_info(in_place("try_" #NAME, operation::NAME, a, IN), info, o);                  \
  }                                                                                             \
  template <scalar T>                                                                           \
  std::int64_t try_##NAME(input<T> a, view<T> out, info_span info, const options& o) {          \
    return with_info(out_of_place<T>("try_" #NAME, operation::NAME, a, IN, out, OUT), info, o); \
  }
POSDEF_SQUARE(cholesky, "a", "l")
POSDEF_SQUARE(cholesky_inverse, "l", "inverse")
POSDEF_SQUARE(tri_inverse, "l", "inverse")
#undef POSDEF_SQUARE

#define POSDEF_SOLVE(NAME)                                                                       \
  template <scalar T>                                                                            \
  void NAME(input<T> l, view<T> b, const options& o) {                                           \
    perform(solving<T>(#NAME, operation::NAME, l, b, b, "b"), o, true);                          \
  }                                                                                              \
  template <scalar T>                                                                            \
  void NAME(input<T> l, input<T> b, view<T> x, const options& o) {                               \
    perform(solving<T>(#NAME, operation::NAME, l, b, x, "x"), o, true);                          \
  }                                                                                              \
  template <scalar T>                                                                            \
  std::int64_t try_##NAME(input<T> l, view<T> b, info_span info, const options& o) {             \
    return with_info(solving<T>("try_" #NAME, operation::NAME, l, b, b, "b"), info, o);          \
  }                                                                                              \
  template <scalar T>                                                                            \
  std::int64_t try_##NAME(input<T> l, input<T> b, view<T> x, info_span info, const options& o) { \
    return with_info(solving<T>("try_" #NAME, operation::NAME, l, b, x, "x"), info, o);          \
  }
POSDEF_SOLVE(cholesky_solve)
POSDEF_SOLVE(tri_solve)
#undef POSDEF_SOLVE

template <scalar T>
void log_det(view<const T> l, std::span<real_type<T>> out, const options& o) {
  perform(call<T>{"log_det", operation::log_det, l, "l", {}, {}, {}, out, {}}, o, true);
}
template <scalar T>
std::int64_t try_log_det(view<const T> l, std::span<real_type<T>> out, info_span info, const options& o) {
  return perform(call<T>{"try_log_det", operation::log_det, l, "l", {}, {}, {}, out, info}, o, false);
}
template <scalar T>
real_type<T> log_det(view<const T> l, const options& o) {
  if (l.batch != 1)
    throw invalid_argument("log_det", "l.batch", std::to_string(l.batch), "1, or an array for the results");
  real_type<T> value = 0;
  log_det(l, std::span(&value, 1), o);
  return value;
}

#define POSDEF_SQUARE(NAME, T)                                                        \
  template POSDEF_API void NAME<T>(view<T>, const options&);                          \
  template POSDEF_API void NAME<T>(input<T>, view<T>, const options&);                \
  template POSDEF_API std::int64_t try_##NAME<T>(view<T>, info_span, const options&); \
  template POSDEF_API std::int64_t try_##NAME<T>(input<T>, view<T>, info_span, const options&);
#define POSDEF_SOLVE(NAME, T)                                                                   \
  template POSDEF_API void NAME<T>(input<T>, view<T>, const options&);                          \
  template POSDEF_API void NAME<T>(input<T>, input<T>, view<T>, const options&);                \
  template POSDEF_API std::int64_t try_##NAME<T>(input<T>, view<T>, info_span, const options&); \
  template POSDEF_API std::int64_t try_##NAME<T>(input<T>, input<T>, view<T>, info_span, const options&);
#define POSDEF_ALL(T)                                                                                                 \
  POSDEF_SQUARE(cholesky, T)                                                                                          \
  POSDEF_SQUARE(cholesky_inverse, T)                                                                                  \
  POSDEF_SQUARE(tri_inverse, T)                                                                                       \
  POSDEF_SOLVE(cholesky_solve, T)                                                                                     \
  POSDEF_SOLVE(tri_solve, T)                                                                                          \
  template POSDEF_API void log_det<T>(view<const T>, std::span<real_type<T>>, const options&);                        \
  template POSDEF_API std::int64_t try_log_det<T>(view<const T>, std::span<real_type<T>>, info_span, const options&); \
  template POSDEF_API real_type<T> log_det<T>(view<const T>, const options&);
POSDEF_ALL(float)
POSDEF_ALL(double)
POSDEF_ALL(std::complex<float>)
POSDEF_ALL(std::complex<double>)

}  // namespace posdef
