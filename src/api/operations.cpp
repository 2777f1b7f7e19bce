// The public functions: each is one call to the front door.
#include "api/front_door.hpp"

namespace posdef {

using internal::call;
using internal::operation;
using internal::perform;

namespace {

/// In place: one view is both.
template <class T>
std::int64_t in_place(std::string_view function, operation what, const view<T>& a, std::string_view name,
                      const info_span* info, const options& o) {
  const view<const T> in = a;
  return perform(call<T>{function, what, &in, name, nullptr, &a, name, {}, info}, o, info == nullptr);
}
template <class T>
std::int64_t out_of_place(std::string_view function, operation what, const view<const T>& a, std::string_view name,
                          const view<T>& out, std::string_view out_name, const info_span* info, const options& o) {
  return perform(call<T>{function, what, &a, name, nullptr, &out, out_name, {}, info}, o, info == nullptr);
}
template <class T>
std::int64_t solving(std::string_view function, operation what, const view<const T>& l, const view<const T>& b,
                     const view<T>& x, std::string_view x_name, const info_span* info, const options& o) {
  return perform(call<T>{function, what, &l, "l", &b, &x, x_name, {}, info}, o, info == nullptr);
}

}  // namespace

// Each operation that overwrites or writes a square matrix.
#define POSDEF_SQUARE(NAME, IN, OUT)                                                   \
  template <scalar T>                                                                  \
  void NAME(view<T> a, const options& o) {                                             \
    in_place(#NAME, operation::NAME, a, IN, nullptr, o);                               \
  }                                                                                    \
  template <scalar T>                                                                  \
  void NAME(input<T> a, view<T> out, const options& o) {                               \
    out_of_place<T>(#NAME, operation::NAME, a, IN, out, OUT, nullptr, o);              \
  }                                                                                    \
  template <scalar T>                                                                  \
  std::int64_t try_##NAME(view<T> a, info_span info, const options& o) {               \
    return in_place("try_" #NAME, operation::NAME, a, IN, &info, o);                   \
  }                                                                                    \
  template <scalar T>                                                                  \
  std::int64_t try_##NAME(input<T> a, view<T> out, info_span info, const options& o) { \
    return out_of_place<T>("try_" #NAME, operation::NAME, a, IN, out, OUT, &info, o);  \
  }
POSDEF_SQUARE(cholesky, "a", "l")
POSDEF_SQUARE(cholesky_inverse, "l", "inverse")
POSDEF_SQUARE(tri_inverse, "l", "inverse")
#undef POSDEF_SQUARE

#define POSDEF_SOLVE(NAME)                                                                       \
  template <scalar T>                                                                            \
  void NAME(input<T> l, view<T> b, const options& o) {                                           \
    solving<T>(#NAME, operation::NAME, l, b, b, "b", nullptr, o);                                \
  }                                                                                              \
  template <scalar T>                                                                            \
  void NAME(input<T> l, input<T> b, view<T> x, const options& o) {                               \
    solving<T>(#NAME, operation::NAME, l, b, x, "x", nullptr, o);                                \
  }                                                                                              \
  template <scalar T>                                                                            \
  std::int64_t try_##NAME(input<T> l, view<T> b, info_span info, const options& o) {             \
    return solving<T>("try_" #NAME, operation::NAME, l, b, b, "b", &info, o);                    \
  }                                                                                              \
  template <scalar T>                                                                            \
  std::int64_t try_##NAME(input<T> l, input<T> b, view<T> x, info_span info, const options& o) { \
    return solving<T>("try_" #NAME, operation::NAME, l, b, x, "x", &info, o);                    \
  }
POSDEF_SOLVE(cholesky_solve)
POSDEF_SOLVE(tri_solve)
#undef POSDEF_SOLVE

template <scalar T>
void log_det(view<const T> l, std::span<real_type<T>> out, const options& o) {
  perform(call<T>{"log_det", operation::log_det, &l, "l", nullptr, nullptr, {}, out, nullptr}, o, true);
}
template <scalar T>
std::int64_t try_log_det(view<const T> l, std::span<real_type<T>> out, info_span info, const options& o) {
  return perform(call<T>{"try_log_det", operation::log_det, &l, "l", nullptr, nullptr, {}, out, &info}, o, false);
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
