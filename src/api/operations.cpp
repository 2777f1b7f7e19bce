// The public functions. Each creates a request and runs it.
#include "posdef/operations.hpp"

#include "api/session.hpp"

namespace posdef::inline POSDEF_ABI {

using internal::operation;
using internal::perform;
using internal::request;

// In place, one view is both input and output.
#define POSDEF_SQUARE(name, input_name, output_name, info_meaning)                                                     \
  template <scalar T>                                                                                                  \
  void name(view<T> a, const options& o) {                                                                             \
    const view<const T> in = a;                                                                                        \
    perform(request<T>{#name, operation::name, &in, #input_name, nullptr, &a, #input_name}, o, true);                  \
  }                                                                                                                    \
  template <scalar T>                                                                                                  \
  void name(input<T> a, view<T> out, const options& o) {                                                               \
    perform(request<T>{#name, operation::name, &a, #input_name, nullptr, &out, #output_name}, o, true);                \
  }                                                                                                                    \
  template <scalar T>                                                                                                  \
  std::int64_t try_##name(view<T> a, info_span info, const options& o) {                                               \
    const view<const T> in = a;                                                                                        \
    return perform(request<T>{"try_" #name, operation::name, &in, #input_name, nullptr, &a, #input_name, {}, &info},   \
                   o, false);                                                                                          \
  }                                                                                                                    \
  template <scalar T>                                                                                                  \
  std::int64_t try_##name(input<T> a, view<T> out, info_span info, const options& o) {                                 \
    return perform(request<T>{"try_" #name, operation::name, &a, #input_name, nullptr, &out, #output_name, {}, &info}, \
                   o, false);                                                                                          \
  }

#define POSDEF_SOLVE(name, info_meaning)                                                                   \
  template <scalar T>                                                                                      \
  void name(input<T> l, view<T> b, const options& o) {                                                     \
    const view<const T> in = b;                                                                            \
    perform(request<T>{#name, operation::name, &l, "l", &in, &b, "b"}, o, true);                           \
  }                                                                                                        \
  template <scalar T>                                                                                      \
  void name(input<T> l, input<T> b, view<T> x, const options& o) {                                         \
    perform(request<T>{#name, operation::name, &l, "l", &b, &x, "x"}, o, true);                            \
  }                                                                                                        \
  template <scalar T>                                                                                      \
  std::int64_t try_##name(input<T> l, view<T> b, info_span info, const options& o) {                       \
    const view<const T> in = b;                                                                            \
    return perform(request<T>{"try_" #name, operation::name, &l, "l", &in, &b, "b", {}, &info}, o, false); \
  }                                                                                                        \
  template <scalar T>                                                                                      \
  std::int64_t try_##name(input<T> l, input<T> b, view<T> x, info_span info, const options& o) {           \
    return perform(request<T>{"try_" #name, operation::name, &l, "l", &b, &x, "x", {}, &info}, o, false);  \
  }

#define POSDEF_NUMBER(name, info_meaning)                                                                           \
  template <scalar T>                                                                                               \
  void name(view<const T> l, std::span<real_type<T>> out, const options& o) {                                       \
    perform(request<T>{#name, operation::name, &l, "l", nullptr, nullptr, {}, out}, o, true);                       \
  }                                                                                                                 \
  template <scalar T>                                                                                               \
  std::int64_t try_##name(view<const T> l, std::span<real_type<T>> out, info_span info, const options& o) {         \
    return perform(request<T>{"try_" #name, operation::name, &l, "l", nullptr, nullptr, {}, out, &info}, o, false); \
  }                                                                                                                 \
  template <scalar T>                                                                                               \
  real_type<T> name(view<const T> l, const options& o) {                                                            \
    if (l.batch != 1)                                                                                               \
      throw invalid_argument(#name, "l.batch", std::to_string(l.batch), "1, or an array for the results");          \
    real_type<T> value = 0;                                                                                         \
    name(l, std::span(&value, 1), o);                                                                               \
    return value;                                                                                                   \
  }
#include "algorithm/operations.def"

// Instantiates every function for the four types.
#define POSDEF_FOR_TYPES(F, name) \
  F(name, float) F(name, double) F(name, std::complex<float>) F(name, std::complex<double>)
#define POSDEF_SQUARE_OF(name, T)                                                     \
  template POSDEF_API void name<T>(view<T>, const options&);                          \
  template POSDEF_API void name<T>(input<T>, view<T>, const options&);                \
  template POSDEF_API std::int64_t try_##name<T>(view<T>, info_span, const options&); \
  template POSDEF_API std::int64_t try_##name<T>(input<T>, view<T>, info_span, const options&);
#define POSDEF_SOLVE_OF(name, T)                                                                \
  template POSDEF_API void name<T>(input<T>, view<T>, const options&);                          \
  template POSDEF_API void name<T>(input<T>, input<T>, view<T>, const options&);                \
  template POSDEF_API std::int64_t try_##name<T>(input<T>, view<T>, info_span, const options&); \
  template POSDEF_API std::int64_t try_##name<T>(input<T>, input<T>, view<T>, info_span, const options&);
#define POSDEF_NUMBER_OF(name, T)                                                                                    \
  template POSDEF_API void name<T>(view<const T>, std::span<real_type<T>>, const options&);                          \
  template POSDEF_API std::int64_t try_##name<T>(view<const T>, std::span<real_type<T>>, info_span, const options&); \
  template POSDEF_API real_type<T> name<T>(view<const T>, const options&);
#define POSDEF_SQUARE(name, input_name, output_name, info_meaning) POSDEF_FOR_TYPES(POSDEF_SQUARE_OF, name)
#define POSDEF_SOLVE(name, info_meaning) POSDEF_FOR_TYPES(POSDEF_SOLVE_OF, name)
#define POSDEF_NUMBER(name, info_meaning) POSDEF_FOR_TYPES(POSDEF_NUMBER_OF, name)
#include "algorithm/operations.def"

}  // namespace posdef::inline POSDEF_ABI
