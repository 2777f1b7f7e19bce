#include "api/front_door.hpp"

#include <algorithm>

#include "api/memory_errors.hpp"
#include "engine/floating_point.hpp"
#include "plan/choices.hpp"

namespace posdef::internal {

namespace {

/// Threads that the work keeps busy, at most what the options allow: tiny calls should not pay for a team.
template <class T>
int useful_threads(shape s, const options& o) {
  constexpr double per_thread = 1e5;  // operations
  const double n = static_cast<double>(s.n), work = n * n * (n / 3 + static_cast<double>(s.nrhs));
  const double useful = (is_complex<T> ? 4 : 1) * work * static_cast<double>(s.batch) / per_thread;
  if (useful < 2) return 1;
  return std::min({chosen_threads(o.threads), team::most(), static_cast<int>(std::min(useful, 1e6))});
}

}  // namespace

void check_choices(std::string_view function, const options& o) {
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

/// "posdef: cholesky: matrix 3: the leading minor of order 2 is not positive definite"
std::string failure_text(std::string_view function, operation what, index i, index k, index failures) {
  std::string text = "posdef: " + std::string(function) + ": matrix " + std::to_string(i);
  if (what == operation::cholesky)
    text += ": the leading minor of order " + std::to_string(k) + " is not positive definite";
  else
    text +=
        ": diagonal element " + std::to_string(k) +
        (what == operation::tri_solve || what == operation::tri_inverse ? " is zero or not finite"
                                                                        : " of the factor is not positive and finite");
  if (failures > 1) text += " (" + std::to_string(failures) + " matrices of the batch failed)";
  return text;
}

[[noreturn]] void raise_failure(std::string_view function, operation what, std::span<const index> info,
                                index failures) {
  index i = 0;
  while (info[static_cast<std::size_t>(i)] == 0) ++i;
  const index k = info[static_cast<std::size_t>(i)];
  std::optional<not_positive_definite> minor;
  std::optional<singular> diagonal;
  const auto make = [&](const std::string& text) {
    if (what == operation::cholesky)
      minor.emplace(text, i, k, failures);
    else
      diagonal.emplace(text, i, k, failures);
  };
  try {
    make(failure_text(function, what, i, k, failures));
  } catch (const std::bad_alloc&) {
    // The results stand, so this must not become an error that says nothing was written: the numbers without words.
    make(std::string());
  }
  if (minor) throw *minor;
  throw *diagonal;
}

}  // namespace

template <class T>
session<T>::session(std::string_view function, device d, shape s, const options& o,
                    std::optional<std::span<std::byte>> given, bool in_place)
    : size(s), choices(o) {
  check_shape(function, s);
  check_choices(function, o);
  std::size_t bytes = 0;
  try {
    as_out_of_memory(bytes, [&] {
      algorithm = chosen_algorithm();
      runner = make_executor<T>(d);
      threads = team(useful_threads<T>(s, o));
      bytes = runner->workspace(s.n, s.nrhs, s.batch, threads.threads());
      runner->reserve(s.n, s.nrhs, s.batch, in_place);
      if (s.batch > 1) own_info.resize(static_cast<std::size_t>(s.batch));
      if (!given) own_memory = buffer(bytes);
    });
  } catch (const std::length_error&) {
    throw out_of_memory(static_cast<std::size_t>(s.batch) * sizeof(index));
  }
  memory = own_memory.data();
  if (!given) return;
  const std::size_t whole = bytes == 0 ? 0 : bytes + alignment;
  if (given->size() < whole)
    throw invalid_argument(function, "workspace.size", std::to_string(given->size()),
                           "at least " + std::to_string(whole) + " bytes");
  const auto at = reinterpret_cast<std::uintptr_t>(given->data());
  memory = given->data() + (round_up(at, alignment) - at);
}

template <class T>
std::size_t session<T>::workspace_size(std::string_view function, device d, shape s, const options& o) {
  check_shape(function, s);
  check_choices(function, o);
  return as_out_of_memory(0, [&] {
    const int threads = useful_threads<T>(s, o);
    const std::size_t bytes = make_executor<T>(d)->workspace(s.n, s.nrhs, s.batch, threads);
    return bytes == 0 ? 0 : bytes + alignment;  // room to align the caller's memory
  });
}

template <class T>
checked check_call(const call<T>& c, const options& o, const shape* plan) {
  const auto f = c.function;
  if (plan == nullptr) check_choices(f, o);  // a plan's were checked when it was made
  const extent a(*c.a);
  check_square(f, c.a_name, a);
  shape s{a.rows, a.batch, 0};
  bool in_place = true;
  const bool one_view = c.out && !solves(c.what) && identical(a, extent(*c.out));
  if (one_view) {
    if (s.batch > 1) check_disjoint(f, c.out_name, a);
  } else if (c.out) {
    const extent out(*c.out);
    if (solves(c.what)) {
      check_view(f, c.out_name, out);
      s.nrhs = out.cols;
      check_equal(f, {c.out_name, "rows"}, out.rows, c.a_name, s.n);
    } else {
      check_square(f, c.out_name, out);
      check_equal(f, {c.out_name, "rows"}, out.rows, {c.a_name, "rows"}, s.n);
    }
    check_equal(f, {c.out_name, "batch"}, out.batch, {c.a_name, "batch"}, s.batch);
    check_disjoint(f, c.out_name, out);
    if (c.b) {
      const extent b(*c.b);
      check_view(f, "b", b);
      check_equal(f, {"b", "rows"}, b.rows, {c.a_name, "rows"}, s.n);
      check_equal(f, {"b", "batch"}, b.batch, {c.a_name, "batch"}, s.batch);
      check_equal(f, {"b", "cols"}, b.cols, {c.out_name, "cols"}, s.nrhs);
      in_place = check_aliasing(f, "b", b, c.out_name, out);
    }
    if (!solves(c.what))
      in_place = check_aliasing(f, c.a_name, a, c.out_name, out);
    else if (check_aliasing(f, c.a_name, a, c.out_name, out) && !out.empty())
      throw invalid_argument(f, c.out_name, "the same memory as " + std::string(c.a_name), "memory of its own");
  } else if (static_cast<index>(c.value.size()) < s.batch) {
    throw invalid_argument(f, "out.size", std::to_string(c.value.size()), "at least " + std::to_string(s.batch));
  }
  const bool plan_keeps_info = plan != nullptr && c.info && c.info->empty();
  if (c.info && !plan_keeps_info && static_cast<index>(c.info->size()) < s.batch)
    throw invalid_argument(f, "info.size", std::to_string(c.info->size()), "at least " + std::to_string(s.batch));
  if (!c.out) check_apart(f, c.a_name, a, "out", c.value.data(), s.batch * static_cast<index>(sizeof(real_type<T>)));
  if (c.info) {
    // No more than this is written, however long the caller's span is.
    const index bytes = plan_keeps_info ? 0 : s.batch * static_cast<index>(sizeof(index));
    check_apart(f, c.a_name, a, "info", c.info->data(), bytes);
    if (c.out && !one_view) check_apart(f, c.out_name, extent(*c.out), "info", c.info->data(), bytes);
  }
  if (plan != nullptr) {
    check_equal(f, {c.a_name, "rows"}, s.n, "the plan's shape.n", plan->n);
    check_equal(f, {c.a_name, "batch"}, s.batch, "the plan's shape.batch", plan->batch);
    if (s.nrhs > plan->nrhs)
      throw invalid_argument(f, "b.cols", std::to_string(s.nrhs),
                             "at most " + std::to_string(plan->nrhs) + ", the plan's shape.nrhs");
  }
  const other_triangle other = solves(c.what) || !c.out ? other_triangle::keep : resolve(f, c.what, o.other, in_place);
  return {s, in_place, other, c.what};
}

template <class T>
job<T> make_job(const call<T>& c, const options& o, const checked& k, index* info, factor_algorithm algorithm) {
  job<T> j;
  j.what = c.what;
  j.a = fold(*c.a, o.uplo);
  if (c.b) j.b = fold(*c.b);
  if (c.out) j.out = solves(c.what) ? fold(*c.out) : fold(*c.out, o.uplo);
  j.out.count = k.size.batch;
  j.value = c.value.data();
  j.info = info;
  j.other = k.other;
  j.in_place = k.in_place;
  j.nan = o.on_failure == on_failure::nan;
  j.unit = o.diag == diag::unit && (c.what == operation::tri_solve || c.what == operation::tri_inverse);
  j.algorithm = algorithm;
  // op(U) = op(Lᴴ): in terms of L, none and the adjoint change places; Uᵀ = conj(L).
  j.op = o.op;
  if (c.what == operation::tri_solve && o.uplo == uplo::upper) {
    if (o.op == op::none) j.op = op::conj_transpose;
    if (o.op == op::conj_transpose) j.op = op::none;
    if (o.op == op::transpose) {
      j.op = op::none;
      j.a.conj = is_complex<T> && !j.a.conj;
    }
  }
  return j;
}

namespace {

/// Runs a good call.
template <class T>
index carry_out(const call<T>& c, const options& o, const checked& k, bool raise, session<T>& with) {
  const index count = k.size.batch;
  const std::span<index> info =
      c.info && !c.info->empty() ? c.info->first(static_cast<std::size_t>(count)) : with.info();
  if (k.nothing_to_compute()) {
    std::fill(info.begin(), info.end(), 0);
    if (c.what == operation::log_det) std::fill_n(c.value.begin(), count, real_type<T>(0));
    return 0;
  }
  const job<T> j = make_job(c, o, k, info.data(), with.algorithm);
  const quiet_arithmetic quiet;
  with.runner->run(j, with.size.n, with.size.nrhs, with.threads, with.memory);
  const index failures = count - std::count(info.begin(), info.end(), 0);
  if (failures != 0 && raise && o.on_failure == on_failure::raise) raise_failure(c.function, c.what, info, failures);
  return failures;
}

}  // namespace

template <class T>
index perform(const call<T>& c, const options& o, bool raise) {
  const checked k = check_call(c, o, nullptr);
  if (k.size.batch == 0) return 0;
  session<T> own(c.function, o.device, k.size, o, std::nullopt, k.in_place);
  return carry_out(c, o, k, raise, own);
}

template <class T>
index perform(const call<T>& c, session<T>& plan) {
  const checked k = check_call(c, plan.choices, &plan.size);
  return k.size.batch == 0 ? 0 : carry_out(c, plan.choices, k, /* raise = */ true, plan);
}

#define POSDEF_FRONT_DOOR(T)                                                                          \
  template struct session<T>;                                                                         \
  template checked check_call(const call<T>&, const options&, const shape*);                          \
  template job<T> make_job(const call<T>&, const options&, const checked&, index*, factor_algorithm); \
  template index perform(const call<T>&, const options&, bool);                                       \
  template index perform(const call<T>&, session<T>&);
POSDEF_FRONT_DOOR(float)
POSDEF_FRONT_DOOR(double)
POSDEF_FRONT_DOOR(std::complex<float>)
POSDEF_FRONT_DOOR(std::complex<double>)
#undef POSDEF_FRONT_DOOR

}  // namespace posdef::internal
