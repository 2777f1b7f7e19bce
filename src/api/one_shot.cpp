// Two operations in one call: solve and inv. Both are validated, and memory is allocated, before the first one writes.
#include <algorithm>
#include <vector>

#include "api/memory_errors.hpp"
#include "api/session.hpp"

namespace posdef::internal {

namespace {

template <class T>
batch<T> part_of(batch<T> b, index first, index count) {
  if (b.pointers != nullptr)
    b.pointers += first;
  else
    b.data += first * b.stride;
  b.count = count;
  return b;
}

/// The problem restricted to matrices [first, first + count).
template <class T>
problem<T> part_of(problem<T> p, index first, index count) {
  p.a = part_of(p.a, first, count);
  if (solves(p)) p.b = part_of(p.b, first, count);
  p.out = part_of(p.out, first, count);
  p.info += first;
  return p;
}

/// Runs `factor`, then `second` on the matrices that have a factor. With on_failure::nan `second` runs on all matrices,
/// because a failed factor is NaN and makes the second result NaN. `unused` receives the infos of `second`. Returns the
/// number of failures.
template <class T>
index run_both(problem<T>& factor, problem<T>& second, std::span<const index> info, index* unused, session<T>& with) {
  second.info = unused;
  factor.algorithm = second.algorithm = with.algorithm;
  with.run(factor);
  const index size = factor.out.count, failures = size - std::count(info.begin(), info.end(), 0);
  if (nothing_to_compute(second.what, shape_of(second))) return failures;
  if (failures == 0 || second.nan) {
    with.run(second);
    return failures;
  }
  for (index first = 0; first < size;) {
    const auto bad = std::find_if(info.begin() + first, info.end(), [](index k) { return k != 0; });
    const index end = bad - info.begin();
    if (end > first) with.run(part_of(second, first, end - first));
    first = end + 1;
  }
  return failures;
}

/// Without `given` failures are raised if on_failure says so.
template <class T>
index perform_both(std::string_view function, problem<T>& factor, problem<T>& second, const info_span* given,
                   const options& o) {
  const shape s = shape_of(second);
  const auto count = static_cast<std::size_t>(s.batch);
  if (s.batch == 0) return 0;
  if (s.n == 0) {
    if (given) std::fill_n(given->begin(), count, 0);
    return 0;
  }
  session<T> own(function, o.device, s, o, std::nullopt, std::nullopt, factor.in_place);
  std::vector<index> unused;
  as_out_of_memory(count * sizeof(index), [&] { unused.resize(count); });
  const std::span<index> info = given ? given->first(count) : own.info();
  factor.info = info.data();
  const index failures = run_both(factor, second, info, unused.data(), own);
  if (failures != 0 && !given && o.on_failure == on_failure::raise)
    raise_failure(function, operation::cholesky, info, failures);
  return failures;
}

template <class T>
index solve(std::string_view function, const view<T>& a, const view<T>& b, const info_span* info, const options& o) {
  const view<const T> l = a, sides = b;
  auto second =
      validate(request<T>{function, operation::cholesky_solve, &l, "a", &sides, &b, "b", {}, info}, o, nullptr);
  auto factor = validate(request<T>{function, operation::cholesky, &l, "a", nullptr, &a, "a", {}, info}, o, nullptr);
  return perform_both(function, factor, second, info, o);
}

/// `out` may be the memory of `a`.
template <class T>
index inv(std::string_view function, const view<const T>& a, const view<T>& out, std::string_view out_name,
          const info_span* info, const options& o) {
  const request<T> whole{function, operation::cholesky_inverse, &a, "a", nullptr, &out, out_name, {}, info};
  auto second = validate(whole, o, nullptr);
  problem<T> factor = second;
  factor.what = operation::cholesky;
  factor.other = other_triangle::keep;
  second.a = second.out;
  second.in_place = true;
  return perform_both(function, factor, second, info, o);
}

}  // namespace

}  // namespace posdef::internal

namespace posdef::inline POSDEF_ABI {

template <scalar T>
void solve(view<T> a, view<T> b, const options& o) {
  internal::solve("solve", a, b, nullptr, o);
}
template <scalar T>
std::int64_t try_solve(view<T> a, view<T> b, info_span info, const options& o) {
  return internal::solve("try_solve", a, b, &info, o);
}
template <scalar T>
void inv(view<T> a, const options& o) {
  internal::inv<T>("inv", a, a, "a", nullptr, o);
}
template <scalar T>
void inv(input<T> a, view<T> inverse, const options& o) {
  internal::inv<T>("inv", a, inverse, "inverse", nullptr, o);
}
template <scalar T>
std::int64_t try_inv(view<T> a, info_span info, const options& o) {
  return internal::inv<T>("try_inv", a, a, "a", &info, o);
}
template <scalar T>
std::int64_t try_inv(input<T> a, view<T> inverse, info_span info, const options& o) {
  return internal::inv<T>("try_inv", a, inverse, "inverse", &info, o);
}

#define POSDEF_ONE_SHOT(T)                                                                    \
  template POSDEF_API void solve<T>(view<T>, view<T>, const options&);                        \
  template POSDEF_API std::int64_t try_solve<T>(view<T>, view<T>, info_span, const options&); \
  template POSDEF_API void inv<T>(view<T>, const options&);                                   \
  template POSDEF_API void inv<T>(input<T>, view<T>, const options&);                         \
  template POSDEF_API std::int64_t try_inv<T>(view<T>, info_span, const options&);            \
  template POSDEF_API std::int64_t try_inv<T>(input<T>, view<T>, info_span, const options&);
POSDEF_ONE_SHOT(float)
POSDEF_ONE_SHOT(double)
POSDEF_ONE_SHOT(std::complex<float>)
POSDEF_ONE_SHOT(std::complex<double>)
#undef POSDEF_ONE_SHOT

}  // namespace posdef::inline POSDEF_ABI
