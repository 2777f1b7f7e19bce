// The C interface, part 2: the operations, with and without a plan.
//
// `one_call<T>` and `posdef::plan<T>` have methods of the same names. Each operation is a template over the two, called
// by two C functions.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "algorithm/operation.hpp"
#include "api/c_api.hpp"
#include "posdef/operations.hpp"
#include "posdef/plan.hpp"

using namespace posdef::internal::c_api;
using posdef::info_span;
using posdef::invalid_argument;
using posdef::view;

namespace {

// The methods of posdef::plan for a call without a plan.
template <class T>
struct one_call {
  posdef::options o;

#define POSDEF_SQUARE(name, input_name, output_name, info_meaning)                  \
  std::int64_t name(view<T> a, info_span i) { return posdef::try_##name(a, i, o); } \
  std::int64_t name(view<const T> a, view<T> out, info_span i) { return posdef::try_##name(a, out, i, o); }
#define POSDEF_SOLVE(name, info_meaning)                                                                \
  std::int64_t name(view<const T> l, view<T> b, info_span i) { return posdef::try_##name(l, b, i, o); } \
  std::int64_t name(view<const T> l, view<const T> b, view<T> x, info_span i) {                         \
    return posdef::try_##name(l, b, x, i, o);                                                           \
  }
#define POSDEF_NUMBER(name, info_meaning)                                                \
  std::int64_t name(view<const T> l, std::span<posdef::real_type<T>> out, info_span i) { \
    return posdef::try_##name(l, out, i, o);                                             \
  }
#include "algorithm/operations.def"

  std::int64_t solve(view<T> a, view<T> b, info_span i) { return posdef::try_solve(a, b, i, o); }
  std::int64_t inv(view<T> a, info_span i) { return posdef::try_inv(a, i, o); }
  std::int64_t inv(view<const T> a, view<T> out, info_span i) { return posdef::try_inv<T>(a, out, i, o); }
};

// The status for a kind of failure.
constexpr posdef_status status_of(posdef::internal::failure f) {
  return f == posdef::internal::failure::minor ? POSDEF_NOT_POSITIVE_DEFINITE : POSDEF_SINGULAR;
}

// The names of an operation's matrices and the status of its failures.
#define POSDEF_OPERATION(name, input_name, output_name, info_meaning)                              \
  struct name {                                                                                    \
    static constexpr const char *input = input_name, *output = output_name;                        \
    static constexpr posdef_status failure = status_of(posdef::internal::failure::info_meaning);   \
    static std::int64_t run(auto& target, auto... arguments) { return target.name(arguments...); } \
  };
#define POSDEF_SQUARE(name, input_name, output_name, info_meaning) \
  POSDEF_OPERATION(name, #input_name, #output_name, info_meaning)
#define POSDEF_SOLVE(name, info_meaning) POSDEF_OPERATION(name, "l", "x", info_meaning)
#define POSDEF_NUMBER(name, info_meaning) POSDEF_OPERATION(name, "l", "out", info_meaning)
#include "algorithm/operations.def"
POSDEF_OPERATION(inv, "a", "inverse", minor)
#undef POSDEF_OPERATION

using any_plan = std::variant<posdef::plan<float>, posdef::plan<double>, posdef::plan<std::complex<float>>,
                              posdef::plan<std::complex<double>>>;

}  // namespace

struct posdef_plan {
  any_plan typed;  // the index of the alternative is the dtype
  bool raise;
  std::int64_t batch;
  std::unique_ptr<std::int64_t[]> info;  // used if a call passes no info, because a planned call allocates nothing
};

namespace {

// The info of a batch: the caller's, or an own array if the caller passes none.
class info_buffer {
 public:
  info_buffer(std::int64_t* callers, std::int64_t batch) {
    const std::size_t count = batch > 0 ? static_cast<std::size_t>(batch) : 0;
    if (callers == nullptr && count > std::size(few_)) many_ = std::make_unique_for_overwrite<std::int64_t[]>(count);
    span_ = info_span(callers != nullptr ? callers : many_ != nullptr ? many_.get() : few_, count);
  }
  info_buffer(const info_buffer&) = delete;
  info_buffer& operator=(const info_buffer&) = delete;
  info_span span() const { return span_; }

 private:
  std::int64_t few_[32];
  std::unique_ptr<std::int64_t[]> many_;
  info_span span_;
};

// Runs an operation without a plan.
class by_call {
 public:
  by_call(const char* function, const posdef_options* options)
      : function_(function), choices_(read_options(function, options)) {}
  bool raise() const { return choices_.raise; }

  template <class F>
  void visit(const posdef_matrix& first, const char* name, std::int64_t* info, F f) {
    const info_buffer buffer(info, first.batch);
    with_dtype(function_, std::string(name) + ".dtype", first.dtype, [&]<class T>(std::type_identity<T> type) {
      one_call<T> target{choices_.options};
      f(type, target, buffer.span());
    });
  }

 private:
  const char* function_;
  choices choices_;
};

// Runs an operation with a plan.
class by_plan {
 public:
  by_plan(const char* function, posdef_plan* plan) : function_(function), plan_(plan) {
    if (plan == nullptr) throw invalid_argument(function, "plan", "NULL", "a plan");
  }
  bool raise() const { return plan_->raise; }

  template <class F>
  void visit(const posdef_matrix& first, const char* name, std::int64_t* info, F f) {
    if (static_cast<std::size_t>(first.dtype) != plan_->typed.index()) {
      throw invalid_argument(function_, std::string(name) + ".dtype", std::to_string(first.dtype),
                             std::to_string(plan_->typed.index()) + ", the dtype of the plan");
    }
    const std::int64_t most = info != nullptr ? first.batch : std::min(first.batch, plan_->batch);
    const info_span span(info != nullptr ? info : plan_->info.get(), most > 0 ? static_cast<std::size_t>(most) : 0);
    std::visit([&]<class T>(posdef::plan<T>& target) { f(std::type_identity<T>(), target, span); }, plan_->typed);
  }

 private:
  const char* function_;
  posdef_plan* plan_;
};

// A matrix argument and its name.
struct argument {
  const char* function;
  const char* name;
  posdef_matrix m;

  argument(const char* function_, const char* name_, const posdef_matrix* given)
      : function(function_), name(name_), m(read_matrix(function_, name_, given)) {}

  // The same for an optional matrix, which must have the type of the first one.
  static std::optional<argument> optional(const char* function, const char* name, const posdef_matrix* given,
                                          const argument& first) {
    if (given == nullptr) return std::nullopt;
    argument a(function, name, given);
    a.require_dtype_of(first);
    return a;
  }

  void require_dtype_of(const argument& first) const {
    if (m.dtype != first.m.dtype) {
      throw invalid_argument(function, std::string(name) + ".dtype", std::to_string(m.dtype),
                             std::to_string(first.m.dtype) + ", as " + first.name + ".dtype");
    }
  }

  template <class T>
  view<T> as() const {
    using element = std::remove_const_t<T>;
    view<element> v(static_cast<element*>(m.data), m.rows, m.cols, m.ld, static_cast<posdef::layout>(m.order));
    v.pointers = reinterpret_cast<element* const*>(m.pointers);
    v.batch = m.batch;
    v.stride = m.stride;
    const std::int64_t lines = v.order == posdef::layout::col_major ? v.cols : v.rows;
    if (v.stride == 0 && v.batch > 1 && __builtin_mul_overflow(v.ld, lines, &v.stride)) {
      throw invalid_argument(function, std::string(name) + ".ld", std::to_string(v.ld), "a matrix that fits in memory");
    }
    return v;
  }
};

// The status of a call that has processed all matrices.
template <class Operation>
posdef_status outcome(const char* function, bool raise, info_span info, std::int64_t failures) {
  if (failures == 0 || !raise) return POSDEF_SUCCESS;
  const auto first = std::find_if(info.begin(), info.end(), [](std::int64_t k) { return k != 0; });
  char text[160];  // a fixed array: a planned call allocates nothing, even on failure
  std::snprintf(text, sizeof(text),
                Operation::failure == POSDEF_SINGULAR
                    ? "matrix %lld of %zu: diagonal element %lld of l is not usable (failed matrices: %lld)"
                    : "matrix %lld of %zu: the leading minor of order %lld is not positive definite "
                      "(failed matrices: %lld)",
                static_cast<long long>(first - info.begin()), info.size(), static_cast<long long>(*first),
                static_cast<long long>(failures));
  set_last_error(function, text);
  return Operation::failure;
}

// Operations from one matrix to one matrix: cholesky, cholesky_inverse, inv_triangular.
template <class Operation, class By>
posdef_status map(const char* function, By by, const posdef_matrix* in, const posdef_matrix* out, std::int64_t* info) {
  const argument a(function, Operation::input, in);
  const auto l = argument::optional(function, Operation::output, out, a);
  posdef_status status = POSDEF_SUCCESS;
  by.visit(a.m, a.name, info, [&]<class T>(std::type_identity<T>, auto& target, info_span i) {
    const std::int64_t failures =
        l ? Operation::run(target, a.as<const T>(), l->template as<T>(), i) : Operation::run(target, a.as<T>(), i);
    status = outcome<Operation>(function, by.raise(), i, failures);
  });
  return status;
}

// Operations from a triangle and right-hand sides to solutions: cholesky_solve, solve_triangular.
template <class Operation, class By>
posdef_status solve_with(const char* function, By by, const posdef_matrix* triangle, const posdef_matrix* right,
                         const posdef_matrix* out, std::int64_t* info) {
  const argument l(function, "l", triangle), b(function, "b", right);
  b.require_dtype_of(l);
  const auto x = argument::optional(function, "x", out, l);
  posdef_status status = POSDEF_SUCCESS;
  by.visit(l.m, l.name, info, [&]<class T>(std::type_identity<T>, auto& target, info_span i) {
    const std::int64_t failures = x ? Operation::run(target, l.as<const T>(), b.as<const T>(), x->template as<T>(), i)
                                    : Operation::run(target, l.as<const T>(), b.as<T>(), i);
    status = outcome<Operation>(function, by.raise(), i, failures);
  });
  return status;
}

// Operations from a triangle to one real number.
template <class Operation, class By>
posdef_status number(const char* function, By by, const posdef_matrix* triangle, void* out, std::int64_t* info) {
  const argument l(function, Operation::input, triangle);
  if (out == nullptr && l.m.batch > 0) throw invalid_argument(function, "out", "NULL", "memory for batch real numbers");
  posdef_status status = POSDEF_SUCCESS;
  by.visit(l.m, l.name, info, [&]<class T>(std::type_identity<T>, auto& target, info_span i) {
    const std::span numbers(static_cast<posdef::real_type<T>*>(out), i.size());
    status = outcome<Operation>(function, by.raise(), i, Operation::run(target, l.as<const T>(), numbers, i));
  });
  return status;
}

}  // namespace

extern "C" {

// Two functions for each operation: without a plan and with a plan.
#define POSDEF_SQUARE(name, input_name, output_name, info_meaning)                                          \
  posdef_status posdef_##name(const posdef_matrix* in, const posdef_matrix* out, int64_t* info,             \
                              const posdef_options* options) {                                              \
    return guard(__func__, [&, f = __func__] { return map<name>(f, by_call(f, options), in, out, info); }); \
  }                                                                                                         \
  posdef_status posdef_plan_##name(posdef_plan* plan, const posdef_matrix* in, const posdef_matrix* out,    \
                                   int64_t* info) {                                                         \
    return guard(__func__, [&, f = __func__] { return map<name>(f, by_plan(f, plan), in, out, info); });    \
  }
#define POSDEF_SOLVE(name, info_meaning)                                                                             \
  posdef_status posdef_##name(const posdef_matrix* l, const posdef_matrix* b, const posdef_matrix* x, int64_t* info, \
                              const posdef_options* options) {                                                       \
    return guard(__func__, [&, f = __func__] { return solve_with<name>(f, by_call(f, options), l, b, x, info); });   \
  }                                                                                                                  \
  posdef_status posdef_plan_##name(posdef_plan* plan, const posdef_matrix* l, const posdef_matrix* b,                \
                                   const posdef_matrix* x, int64_t* info) {                                          \
    return guard(__func__, [&, f = __func__] { return solve_with<name>(f, by_plan(f, plan), l, b, x, info); });      \
  }
#define POSDEF_NUMBER(name, info_meaning)                                                                        \
  posdef_status posdef_##name(const posdef_matrix* l, void* out, int64_t* info, const posdef_options* options) { \
    return guard(__func__, [&, f = __func__] { return number<name>(f, by_call(f, options), l, out, info); });    \
  }                                                                                                              \
  posdef_status posdef_plan_##name(posdef_plan* plan, const posdef_matrix* l, void* out, int64_t* info) {        \
    return guard(__func__, [&, f = __func__] { return number<name>(f, by_plan(f, plan), l, out, info); });       \
  }
#include "algorithm/operations.def"

posdef_status posdef_solve(const posdef_matrix* a, const posdef_matrix* b, int64_t* info,
                           const posdef_options* options) {
  return guard(__func__, [&, f = __func__] {
    const argument matrix(f, "a", a), sides(f, "b", b);
    sides.require_dtype_of(matrix);
    by_call by(f, options);
    posdef_status status = POSDEF_SUCCESS;
    by.visit(matrix.m, "a", info, [&]<class T>(std::type_identity<T>, auto& target, info_span i) {
      const std::int64_t failures = target.solve(matrix.as<T>(), sides.as<T>(), i);
      status = outcome<cholesky>(f, by.raise(), i, failures);
    });
    return status;
  });
}
posdef_status posdef_inv(const posdef_matrix* a, const posdef_matrix* inverse, int64_t* info,
                         const posdef_options* options) {
  return guard(__func__, [&, f = __func__] { return map<inv>(f, by_call(f, options), a, inverse, info); });
}

posdef_status posdef_plan_workspace_size(posdef_dtype dtype, int64_t n, int64_t batch, int64_t nrhs,
                                         const posdef_options* options, size_t* bytes) {
  return guard(__func__, [&, f = __func__] {
    if (bytes == nullptr) throw invalid_argument(f, "bytes", "NULL", "a pointer to a size");
    const choices c = read_options(f, options);
    *bytes = with_dtype(f, "dtype", dtype, [&]<class T>(std::type_identity<T>) {
      return posdef::plan<T>::workspace_size(c.options.device, {n, batch, nrhs}, c.options);
    });
    return POSDEF_SUCCESS;
  });
}

posdef_status posdef_plan_create(posdef_plan** plan, posdef_dtype dtype, int64_t n, int64_t batch, int64_t nrhs,
                                 const posdef_options* options, void* workspace, size_t bytes) {
  if (plan != nullptr) *plan = nullptr;
  return guard(__func__, [&, f = __func__] {
    if (plan == nullptr) throw invalid_argument(f, "plan", "NULL", "a pointer to a plan");
    if (workspace == nullptr && bytes != 0) {
      throw invalid_argument(f, "workspace", "NULL", "memory of " + std::to_string(bytes) + " bytes");
    }
    const choices c = read_options(f, options);
    const posdef::shape s{n, batch, nrhs};
    any_plan typed = with_dtype(f, "dtype", dtype, [&]<class T>(std::type_identity<T>) -> any_plan {
      if (workspace == nullptr) return posdef::plan<T>(c.options.device, s, c.options);
      return posdef::plan<T>(c.options.device, s, c.options, {static_cast<std::byte*>(workspace), bytes});
    });
    auto info = std::make_unique_for_overwrite<std::int64_t[]>(static_cast<std::size_t>(batch));
    *plan = new posdef_plan{std::move(typed), c.raise, batch, std::move(info)};
    return POSDEF_SUCCESS;
  });
}

void posdef_plan_destroy(posdef_plan* plan) { delete plan; }

}  // extern "C"
