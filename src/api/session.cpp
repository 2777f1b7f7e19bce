#include "api/session.hpp"

#include <algorithm>

#include "api/memory_errors.hpp"
#include "api/verbose.hpp"
#include "dispatch/overrides.hpp"
#include "dispatch/thread_count.hpp"
#include "system/floating_point.hpp"

namespace posdef::internal {

namespace {

/// The number of threads: the minimum of the caller's limit, the hardware's and the number that the problem can use.
template <class T>
int threads_for(const executor<T>& e, std::optional<operation> only, shape s, const options& o) {
  const int useful = e.useful_threads(only, s.n, s.nrhs, s.batch);
  if (useful < 2) return 1;  // avoids reading the environment
  const int chosen = chosen_threads(o.threads);
  if (chosen < 2) return 1;  // avoids starting threads
  return std::min({chosen, team::most(), useful});
}

/// "posdef: cholesky: matrix 3: the leading minor of order 2 is not positive definite"
std::string failure_text(std::string_view function, operation what, index i, index k, index failures) {
  std::string text = "posdef: " + std::string(function) + ": matrix " + std::to_string(i);
  switch (failure_of(what)) {
    case failure::minor:
      text += ": the leading minor of order " + std::to_string(k) + " is not positive definite";
      break;
    case failure::factor_diagonal:
      text += ": diagonal element " + std::to_string(k) + " of the factor is not positive and finite";
      break;
    case failure::diagonal: text += ": diagonal element " + std::to_string(k) + " is zero or not finite"; break;
  }
  if (failures > 1) text += " (" + std::to_string(failures) + " matrices of the batch failed)";
  return text;
}

}  // namespace

void raise_failure(std::string_view function, operation what, std::span<const index> info, index failures) {
  index i = 0;
  while (info[static_cast<std::size_t>(i)] == 0) ++i;
  const index k = info[static_cast<std::size_t>(i)];
  std::optional<not_positive_definite> minor;
  std::optional<singular> diagonal;
  const auto make = [&](const std::string& text) {
    if (failure_of(what) == failure::minor)
      minor.emplace(text, i, k, failures);
    else
      diagonal.emplace(text, i, k, failures);
  };
  try {
    make(failure_text(function, what, i, k, failures));
  } catch (const std::bad_alloc&) {
    // The results have been written, so this must not become out_of_memory: throw the numerical_error without a text.
    make(std::string());
  }
  if (minor) throw *minor;
  throw *diagonal;
}

template <class T>
session<T>::session(std::string_view function, device d, shape s, const options& o,
                    std::optional<std::span<std::byte>> given, std::optional<operation> only, bool in_place,
                    scratch* stack, executor_pointer<T> e)
    : size(s), choices(o), runner(std::move(e)) {
  check_shape(function, s);
  check_options(function, o);
  std::size_t bytes = 0;
  const auto on_stack = [&] { return stack != nullptr && bytes <= sizeof stack->bytes; };
  try {
    as_out_of_memory(bytes, [&] {
      algorithm = chosen_algorithm();
      if (!runner) runner = make_executor<T>(d);
      threads = team(threads_for(*runner, only, s, o));
      bytes = only && algorithm == factor_algorithm::automatic
                  ? runner->workspace_of(*only, s.n, s.nrhs, s.batch, threads.threads())
                  : runner->workspace(s.n, s.nrhs, s.batch, threads.threads());
      runner->reserve(s.n, s.nrhs, s.batch, in_place);
      if (s.batch > 1) own_info.resize(static_cast<std::size_t>(s.batch));
      if (!given && !on_stack()) own_memory = buffer(bytes);
    });
  } catch (const std::length_error&) {
    throw out_of_memory(static_cast<std::size_t>(s.batch) * sizeof(index));
  }
  memory = on_stack() ? stack->bytes : own_memory.data();
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
  check_options(function, o);
  return as_out_of_memory(0, [&] {
    const auto e = make_executor<T>(d);
    const std::size_t bytes = e->workspace(s.n, s.nrhs, s.batch, threads_for(*e, std::nullopt, s, o));
    return bytes == 0 ? 0 : bytes + alignment;  // additional bytes to align the caller's memory
  });
}

template <class T>
bool factor_at_once(device d, const strided<const T>& a, const strided<T>& out, executor_pointer<T>& e) {
  return as_out_of_memory(0, [&] {
    if (chosen_algorithm() != factor_algorithm::automatic || verbose()) return false;
    e = make_executor<T>(d);
    const quiet_arithmetic quiet;
    return e->factor_at_once(a, out);
  });
}

template <class T>
void session<T>::run(const problem<T>& p) {
  using clock = std::chrono::steady_clock;
  const bool tell = verbose();
  const auto begin = tell ? clock::now() : clock::time_point();
  {
    const quiet_arithmetic quiet;
    runner->run(p, size.n, size.nrhs, threads, memory);
  }
  if (!tell) return;
  const shape s = shape_of(p);
  const auto time = clock::now() - begin;
  print_call({p.what, type_name<T>, s.n, s.batch, s.nrhs, chosen_device(choices.device), runner->describe(p),
              threads.threads()},
             time);
}

namespace {

/// Runs a validated request.
template <class T>
index run(const request<T>& r, problem<T>& p, const options& o, bool raise, session<T>& with) {
  const shape s = shape_of(p);
  const std::span<index> info =
      r.info && !r.info->empty() ? r.info->first(static_cast<std::size_t>(s.batch)) : with.info();
  if (nothing_to_compute(r.what, s)) {
    std::fill(info.begin(), info.end(), 0);
    if (!r.out) std::fill_n(r.value.begin(), s.batch, real_type<T>(0));
    return 0;
  }
  p.info = info.data();
  p.algorithm = with.algorithm;
  with.run(p);
  const index failures = s.batch - std::count(info.begin(), info.end(), 0);
  if (failures != 0 && raise && o.on_failure == on_failure::raise) raise_failure(r.function, r.what, info, failures);
  return failures;
}

}  // namespace

template <class T>
index perform(const request<T>& r, const options& o, bool raise) {
  problem<T> p = validate(r, o, nullptr);
  const shape s = shape_of(p);
  if (s.batch == 0) return 0;
  executor_pointer<T> e;
  if (r.what == operation::cholesky && s.batch == 1 && s.n > 0 && p.other == other_triangle::keep &&
      factor_at_once<T>(o.device, p.a[0], p.out[0], e)) {
    if (r.info && !r.info->empty()) r.info->front() = 0;
    return 0;
  }
  typename session<T>::scratch stack;
  session<T> own(r.function, o.device, s, o, std::nullopt, r.what, p.in_place, &stack, std::move(e));
  return run(r, p, o, raise, own);
}

template <class T>
index perform(const request<T>& r, session<T>& plan) {
  problem<T> p = validate(r, plan.choices, &plan.size);
  return p.out.count == 0 ? 0 : run(r, p, plan.choices, /* raise = */ true, plan);
}

#define POSDEF_SESSION(T)                                                                                 \
  template struct session<T>;                                                                             \
  template bool factor_at_once(device, const strided<const T>&, const strided<T>&, executor_pointer<T>&); \
  template index perform(const request<T>&, const options&, bool);                                        \
  template index perform(const request<T>&, session<T>&);
POSDEF_SESSION(float)
POSDEF_SESSION(double)
POSDEF_SESSION(std::complex<float>)
POSDEF_SESSION(std::complex<double>)
#undef POSDEF_SESSION

}  // namespace posdef::internal
