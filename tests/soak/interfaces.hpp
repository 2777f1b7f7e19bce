// One operation on one problem through each interface of the library; all give the same result.
#ifndef POSDEF_TESTS_SOAK_INTERFACES_HPP
#define POSDEF_TESTS_SOAK_INTERFACES_HPP

#include <posdef/posdef.h>

#include <memory>
#include <optional>

#include "c_api/dtype.hpp"
#include "problem.hpp"

namespace posdef::soak {

using test::dtype_of;

enum class operation { factor, solve, inverse, cholesky_logdet };
enum class form { try_form, raising_form, c, own_plan, c_plan };
inline constexpr const char* form_names[] = {"C++ try_", "C++", "C", "C++ plan", "C plan"};
inline constexpr const char* operation_names[] = {"cholesky", "cholesky_solve", "cholesky_inverse", "cholesky_logdet"};

enum class answer { done, failed, no_memory, wrong };

/// What an operation reads and writes.
template <class T>
struct operands {
  matrices<T>* a;
  matrices<T>* b;
  std::vector<real_type<T>>* value;
  std::vector<std::int64_t>* info;
};

template <class T>
posdef_matrix described(matrices<T>& m) {
  posdef_matrix c = POSDEF_MATRIX_INIT;
  c.data = m.elements.data();
  c.rows = m.rows;
  c.cols = m.cols;
  c.ld = m.ld;
  c.batch = m.batch;
  c.stride = m.stride();
  c.order = static_cast<posdef_layout>(m.order);
  c.dtype = dtype_of<T>;
  return c;
}

inline answer answer_of(posdef_status status) {
  if (status == POSDEF_SUCCESS) return answer::done;
  if (status == POSDEF_NOT_POSITIVE_DEFINITE || status == POSDEF_SINGULAR) return answer::failed;
  return status == POSDEF_OUT_OF_MEMORY ? answer::no_memory : answer::wrong;
}

/// Maps the documented exceptions to answers.
template <class F>
answer answer_of_call(const F& f) {
  try {
    return f() == 0 ? answer::done : answer::failed;
  } catch (const out_of_memory&) {
    return answer::no_memory;
  } catch (const numerical_error&) {
    return answer::failed;
  } catch (...) {
    return answer::wrong;
  }
}

template <class T>
std::int64_t by_plan(plan<T>& p, operation what, const operands<T>& x) {
  switch (what) {
    case operation::factor: return p.cholesky(x.a->all(), *x.info);
    case operation::solve: return p.cholesky_solve(x.a->all(), x.b->all(), *x.info);
    case operation::inverse: return p.cholesky_inverse(x.a->all(), *x.info);
    case operation::cholesky_logdet: return p.cholesky_logdet(x.a->all(), *x.value, *x.info);
  }
  return -1;
}

template <class T>
std::int64_t by_try_form(operation what, const operands<T>& x, const options& o) {
  switch (what) {
    case operation::factor: return try_cholesky(x.a->all(), *x.info, o);
    case operation::solve: return try_cholesky_solve<T>(x.a->all(), x.b->all(), *x.info, o);
    case operation::inverse: return try_cholesky_inverse(x.a->all(), *x.info, o);
    case operation::cholesky_logdet: return try_cholesky_logdet<T>(x.a->all(), std::span(*x.value), *x.info, o);
  }
  return -1;
}

template <class T>
std::int64_t by_raising_form(operation what, const operands<T>& x, const options& o) {
  switch (what) {
    case operation::factor: cholesky(x.a->all(), o); break;
    case operation::solve: cholesky_solve<T>(x.a->all(), x.b->all(), o); break;
    case operation::inverse: cholesky_inverse(x.a->all(), o); break;
    case operation::cholesky_logdet: cholesky_logdet<T>(x.a->all(), std::span(*x.value), o); break;
  }
  return 0;
}

/// The C functions, of the library or of a copy of it.
struct c_functions {
  decltype(&posdef_cholesky) cholesky = posdef_cholesky;
  decltype(&posdef_cholesky_solve) solve = posdef_cholesky_solve;
  decltype(&posdef_cholesky_inverse) inverse = posdef_cholesky_inverse;
  decltype(&posdef_cholesky_logdet) cholesky_logdet = posdef_cholesky_logdet;
};

inline posdef_options c_options(const options& o) {
  posdef_options c = POSDEF_OPTIONS_INIT;
  c.uplo = static_cast<posdef_uplo>(o.uplo);
  c.threads = o.threads;
  return c;
}

template <class T>
posdef_status by_c(const c_functions& f, operation what, const operands<T>& x, const options& o) {
  const posdef_options c = c_options(o);
  const posdef_matrix a = described(*x.a), b = described(*x.b);
  switch (what) {
    case operation::factor: return f.cholesky(&a, nullptr, x.info->data(), &c);
    case operation::solve: return f.solve(&a, &b, nullptr, x.info->data(), &c);
    case operation::inverse: return f.inverse(&a, nullptr, x.info->data(), &c);
    case operation::cholesky_logdet: return f.cholesky_logdet(&a, x.value->data(), x.info->data(), &c);
  }
  return POSDEF_INTERNAL;
}

template <class T>
posdef_status by_c_plan(operation what, const operands<T>& x, const options& o) {
  const posdef_options c = c_options(o);
  const posdef_matrix a = described(*x.a), b = described(*x.b);
  posdef_plan* p = nullptr;
  posdef_status s = posdef_plan_create(&p, dtype_of<T>, x.a->rows, x.a->batch, x.b->cols, &c, nullptr, 0);
  if (s != POSDEF_SUCCESS) return s;
  switch (what) {
    case operation::factor: s = posdef_plan_cholesky(p, &a, nullptr, x.info->data()); break;
    case operation::solve: s = posdef_plan_cholesky_solve(p, &a, &b, nullptr, x.info->data()); break;
    case operation::inverse: s = posdef_plan_cholesky_inverse(p, &a, nullptr, x.info->data()); break;
    case operation::cholesky_logdet: s = posdef_plan_cholesky_logdet(p, &a, x.value->data(), x.info->data()); break;
  }
  posdef_plan_destroy(p);
  return s;
}

template <class T>
answer call_by(form d, operation what, const operands<T>& x, const options& o) {
  switch (d) {
    case form::try_form: return answer_of_call([&] { return by_try_form(what, x, o); });
    case form::raising_form: return answer_of_call([&] { return by_raising_form(what, x, o); });
    case form::own_plan:
      return answer_of_call([&] {
        plan<T> p({}, {x.a->rows, x.a->batch, x.b->cols}, o);
        return by_plan(p, what, x);
      });
    case form::c: return answer_of(by_c({}, what, x, o));
    case form::c_plan: return answer_of(by_c_plan(what, x, o));
  }
  return answer::wrong;
}

}  // namespace posdef::soak

#endif
