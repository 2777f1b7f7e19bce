// From a request to a problem: everything that can be wrong with a call is found here, before anything is written.
#include "api/request.hpp"

namespace posdef::internal {

void check_options(std::string_view function, const options& o) {
  const auto in = [&](const char* name, int value, int count) {
    if (value < 0 || value >= count)
      throw invalid_argument(function, std::string("options.") + name, std::to_string(value), "one of its enumerators");
  };
  in("uplo", static_cast<int>(o.uplo), 2);
  in("on_failure", static_cast<int>(o.on_failure), 3);
  in("other", static_cast<int>(o.other), 4);
  in("diag", static_cast<int>(o.diag), 2);
  in("op", static_cast<int>(o.op), 3);
  if (o.threads < 0) throw invalid_argument(function, "options.threads", std::to_string(o.threads), "0 or more");
}

void check_shape(std::string_view function, shape s) {
  if (s.n < 0) throw invalid_argument(function, "shape.n", std::to_string(s.n), "0 or more");
  if (s.batch < 0) throw invalid_argument(function, "shape.batch", std::to_string(s.batch), "0 or more");
  if (s.nrhs < 0) throw invalid_argument(function, "shape.nrhs", std::to_string(s.nrhs), "0 or more");
}

namespace {

/// From a public view to one with strides.
template <class T>
batch<T> fold(const view<T>& v) {
  const bool columns = v.order == layout::col_major;
  return {v.data, v.pointers, v.batch, v.stride, v.rows, v.cols, columns ? 1 : v.ld, columns ? v.ld : 1, false};
}

/// U = Lᴴ: an upper triangle is the adjoint view of a lower one.
template <class T>
batch<T> fold(const view<T>& v, uplo triangle) {
  return triangle == uplo::lower ? fold(v) : fold(v).h();
}

other_triangle resolve(std::string_view function, operation what, other_triangle other, bool in_place) {
  if (what == operation::cholesky_inverse) {
    if (other == other_triangle::automatic) return in_place ? other_triangle::keep : other_triangle::mirror;
  } else {
    if (other == other_triangle::automatic) return in_place ? other_triangle::keep : other_triangle::zero;
    if (other == other_triangle::mirror)
      throw invalid_argument(function, "options.other", "mirror", "automatic, keep or zero");
  }
  return other;
}

/// Whether the output is where the input is. The rules for aliasing depend on the kind of operation.
template <class T>
bool check_output(const request<T>& r, const extent& a, shape& s) {
  const auto f = r.function;
  const extent out(*r.out);
  if (!solves(r.what) && identical(a, out)) {
    if (s.batch > 1) check_disjoint(f, r.out_name, a);
    return true;
  }
  if (solves(r.what)) {
    if (!out.ordinary()) check_view(f, r.out_name, out);
    s.nrhs = out.cols;
    check_equal(f, {r.out_name, "rows"}, out.rows, r.a_name, s.n);
  } else {
    check_square(f, r.out_name, out);
    check_equal(f, {r.out_name, "rows"}, out.rows, {r.a_name, "rows"}, s.n);
  }
  check_equal(f, {r.out_name, "batch"}, out.batch, {r.a_name, "batch"}, s.batch);
  check_disjoint(f, r.out_name, out);
  if (!solves(r.what)) return check_aliasing(f, r.a_name, a, r.out_name, out);
  const extent b(*r.b);
  if (!b.ordinary()) check_view(f, "b", b);
  check_equal(f, {"b", "rows"}, b.rows, {r.a_name, "rows"}, s.n);
  check_equal(f, {"b", "batch"}, b.batch, {r.a_name, "batch"}, s.batch);
  check_equal(f, {"b", "cols"}, b.cols, {r.out_name, "cols"}, s.nrhs);
  const bool in_place = (b.ordinary() && identical(b, out)) || check_aliasing(f, "b", b, r.out_name, out);
  if (check_aliasing(f, r.a_name, a, r.out_name, out) && !out.empty())
    throw invalid_argument(f, r.out_name, "the same memory as " + std::string(r.a_name), "separate memory");
  return in_place;
}

/// Arrays of results: long enough, and apart from the matrices. No more than one element per matrix is written, however
/// long the caller's span is; none where the plan keeps info to itself.
template <class T>
void check_arrays(const request<T>& r, const extent& a, index batch, bool plan_keeps_info) {
  const auto f = r.function;
  if (!r.out && static_cast<index>(r.value.size()) < batch)
    throw invalid_argument(f, "out.size", std::to_string(r.value.size()), "at least " + std::to_string(batch));
  if (r.info && !plan_keeps_info && static_cast<index>(r.info->size()) < batch)
    throw invalid_argument(f, "info.size", std::to_string(r.info->size()), "at least " + std::to_string(batch));
  if (!r.out) check_apart(f, r.a_name, a, "out", r.value.data(), batch * static_cast<index>(sizeof(real_type<T>)));
  if (!r.info) return;
  const index bytes = plan_keeps_info ? 0 : batch * static_cast<index>(sizeof(index));
  check_apart(f, r.a_name, a, "info", r.info->data(), bytes);
  if (!r.out) return;
  const extent out(*r.out);
  if (solves(r.what) || !identical(a, out)) check_apart(f, r.out_name, out, "info", r.info->data(), bytes);
}

void check_plan(std::string_view function, std::string_view a_name, shape s, shape plan) {
  check_equal(function, {a_name, "rows"}, s.n, "the plan's shape.n", plan.n);
  check_equal(function, {a_name, "batch"}, s.batch, "the plan's shape.batch", plan.batch);
  if (s.nrhs > plan.nrhs)
    throw invalid_argument(function, "b.cols", std::to_string(s.nrhs),
                           "at most " + std::to_string(plan.nrhs) + ", the plan's shape.nrhs");
}

/// op(U) = op(Lᴴ): in terms of L, none and the adjoint change places; Uᵀ = conj(L).
template <class T>
void fold_op(problem<T>& p, const options& o) {
  p.op = o.op;
  if (o.uplo == uplo::lower) return;
  if (o.op == op::none) p.op = op::conj_transpose;
  if (o.op == op::conj_transpose) p.op = op::none;
  if (o.op == op::transpose) {
    p.op = op::none;
    p.a.conj = is_complex<T> && !p.a.conj;
  }
}

}  // namespace

template <class T>
problem<T> validate(const request<T>& r, const options& o, const shape* plan) {
  if (plan == nullptr) check_options(r.function, o);
  const extent a(*r.a);
  check_square(r.function, r.a_name, a);
  shape s{a.rows, a.batch, 0};
  const bool in_place = r.out ? check_output(r, a, s) : true;
  check_arrays(r, a, s.batch, plan != nullptr && r.info && r.info->empty());
  if (plan != nullptr) check_plan(r.function, r.a_name, s, *plan);

  problem<T> p{};
  p.what = r.what;
  p.a = fold(*r.a, o.uplo);
  if (r.b) p.b = fold(*r.b);
  if (r.out) p.out = solves(r.what) ? fold(*r.out) : fold(*r.out, o.uplo);
  p.out.count = s.batch;
  p.value = r.value.data();
  p.other = solves(r.what) || !r.out ? other_triangle::keep : resolve(r.function, r.what, o.other, in_place);
  p.in_place = in_place;
  p.nan = o.on_failure == on_failure::nan;
  p.check = true;
  p.unit = o.diag == diag::unit && takes_unit_diagonal(r.what);
  if (r.what == operation::solve_triangular) fold_op(p, o);
  return p;
}

template problem<float> validate(const request<float>&, const options&, const shape*);
template problem<double> validate(const request<double>&, const options&, const shape*);
template problem<std::complex<float>> validate(const request<std::complex<float>>&, const options&, const shape*);
template problem<std::complex<double>> validate(const request<std::complex<double>>&, const options&, const shape*);

}  // namespace posdef::internal
