// posdef: a factor as an object. It knows what it is the factor of, so that a matrix that has not been factored cannot
// be taken for one.
//
//   auto f = posdef::factor(posdef::col_major(a.data(), n));   // copies the triangle; throws if A is not positive
//   definite f.solve(posdef::col_major(b.data(), {n, nrhs}));            // B ← A⁻¹·B double l = f.logdet();
#ifndef POSDEF_FACTOR_HPP
#define POSDEF_FACTOR_HPP

#include <memory>
#include <posdef/operations.hpp>
#include <utility>

namespace posdef::inline POSDEF_ABI {

/// The Cholesky factors of one matrix or of a batch, in memory of its own or in the caller's.
///
/// Made by `factor` and `factor_in_place`. Every method is one of the free functions on these factors: the same bits,
/// the same errors, the options that were given to `factor`. A matrix that is not positive definite has no factor:
/// under on_failure = raise no object is made; otherwise `info()` tells, NaN takes the place of its factor, and the
/// methods do not touch its results (or fill them with NaN). Other matrices of the batch are not disturbed. A
/// factorization is used by one call at a time if it is written to; the methods that are const may be called from any
/// number of threads at once. Moving is cheap; there is no copying.
template <scalar T>
class factorization {
 public:
  std::int64_t n() const { return factor_.rows; }
  std::int64_t batch() const { return factor_.batch; }
  posdef::uplo uplo() const { return options_.uplo; }
  /// L or U. In memory of its own the other triangle is zero.
  view<const T> factor() const { return factor_; }
  /// One for each matrix: 0, or k if its leading minor of order k is not positive definite.
  std::span<const std::int64_t> info() const { return {info_.get(), static_cast<std::size_t>(batch())}; }
  /// Whether all matrices of the batch have a factor.
  bool ok() const { return failures_ == 0; }
  std::int64_t failures() const { return failures_; }

  /// B ← A⁻¹·B.
  void solve(view<T> b) const { cholesky_solve<T>(factor_, b, options_); }
  /// X ← A⁻¹·B.
  void solve(input<T> b, view<T> x) const { cholesky_solve<T>(factor_, b, x, options_); }
  /// B ← op(L)⁻¹·B, op(U)⁻¹·B.
  void solve_triangular(view<T> b, op which = op::none) const {
    options o = options_;
    o.op = which;
    posdef::solve_triangular<T>(factor_, b, o);
  }
  /// A⁻¹, both triangles unless options.other says otherwise.
  void inverse(view<T> out) const { cholesky_inverse<T>(factor_, out, options_); }
  /// log det A of one matrix.
  real_type<T> logdet() const { return cholesky_logdet<T>(factor_, options_); }
  /// log det A of each matrix.
  void logdet(std::span<real_type<T>> out) const { cholesky_logdet<T>(factor_, out, options_); }

 private:
  template <scalar U>
  friend factorization<U> factor_in_place(view<U> a, const options& o);
  template <class U>
    requires scalar<std::remove_const_t<U>>
  friend factorization<std::remove_const_t<U>> factor(view<U> a, const options& o);

  explicit factorization(const options& o) : options_(o) {}

  /// Elements and infos for a batch of the size and layout of `a`.
  void allocate(const view<const T>& a) {
    std::int64_t elements = 0;
    if (__builtin_mul_overflow(a.rows, a.cols, &elements) || __builtin_mul_overflow(elements, a.batch, &elements) ||
        elements > std::int64_t{1} << 56)
      throw out_of_memory(0);
    const auto count = static_cast<std::size_t>(std::max<std::int64_t>(elements, 0));
    memory_.reset(new (std::nothrow) T[count]);
    if (memory_ == nullptr) throw out_of_memory(count * sizeof(T));
    factor_ = view<T>(memory_.get(), a.rows, a.cols, 0, a.order).batched(a.batch);
  }
  void allocate_info(std::int64_t batch) {
    const auto count = static_cast<std::size_t>(std::max<std::int64_t>(batch, 0));
    info_.reset(new (std::nothrow) std::int64_t[count]());
    if (info_ == nullptr) throw out_of_memory(count * sizeof(std::int64_t));
  }
  info_span infos() { return {info_.get(), static_cast<std::size_t>(std::max<std::int64_t>(factor_.batch, 0))}; }

  view<T> factor_;
  options options_;
  std::unique_ptr<T[]> memory_;
  std::unique_ptr<std::int64_t[]> info_;
  std::int64_t failures_ = 0;
};

/// Factor a copy of A: only the `uplo` triangle of `a` is read, and `a` may be changed or freed afterwards.
///
/// Throws what `cholesky` throws. Cost: n³/3 operations and n² elements of memory per matrix.
template <class T>
  requires scalar<std::remove_const_t<T>> factorization<std::remove_const_t<T>> factor(view<T> a,
                                                                                       const options& o = {});

/// Factor A in the caller's memory, which holds the factor from then on and has to outlive the object.
template <scalar T>
factorization<T> factor_in_place(view<T> a, const options& o = {});

namespace detail {

/// NaN takes the place of a factor that does not exist: whatever uses it finds out.
inline options with_nan(options o) {
  o.on_failure = on_failure::nan;
  return o;
}

inline void raise_if_asked(std::int64_t failures, std::span<const std::int64_t> info, const options& o) {
  if (failures == 0 || o.on_failure != on_failure::raise) return;
  std::int64_t i = 0;
  while (info[static_cast<std::size_t>(i)] == 0) ++i;
  const std::int64_t k = info[static_cast<std::size_t>(i)];
  throw not_positive_definite("posdef: factor: matrix " + std::to_string(i) + ": the leading minor of order " +
                                  std::to_string(k) + " is not positive definite",
                              i, k, failures);
}

}  // namespace detail

template <class T>
  requires scalar<std::remove_const_t<T>> factorization<std::remove_const_t<T>> factor(view<T> a, const options& o) {
    using element = std::remove_const_t<T>;
    if (a.rows != a.cols || a.rows < 0 || a.batch < 0)
      throw invalid_argument("factor", "a", std::to_string(a.rows) + " x " + std::to_string(a.cols), "a square matrix");
    factorization<element> f(o);
    f.allocate(a);
    f.allocate_info(a.batch);
    f.failures_ = try_cholesky<element>(a, f.factor_, f.infos(), detail::with_nan(o));
    detail::raise_if_asked(f.failures_, f.info(), o);
    return f;
  }

template <scalar T>
factorization<T> factor_in_place(view<T> a, const options& o) {
  factorization<T> f(o);
  f.factor_ = a;
  f.allocate_info(a.batch);
  f.failures_ = try_cholesky<T>(a, f.infos(), detail::with_nan(o));
  detail::raise_if_asked(f.failures_, f.info(), o);
  return f;
}

}  // namespace posdef::inline POSDEF_ABI

#endif
