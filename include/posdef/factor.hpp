// posdef: a Cholesky factor as an object. Its type distinguishes a factor from a matrix that has not been factored.
//
//   auto f = posdef::factor(posdef::col_major(a.data(), n));  // copies the triangle and factors the copy
//   f.solve(posdef::col_major(b.data(), {n, nrhs}));          // B ← A⁻¹·B
//   double l = f.logdet();
#ifndef POSDEF_FACTOR_HPP
#define POSDEF_FACTOR_HPP

#include <memory>
#include <posdef/operations.hpp>
#include <utility>

namespace posdef::inline POSDEF_ABI {

/// The Cholesky factors of one matrix or of a batch, in memory of the object or of the caller.
///
/// `factor` and `factor_in_place` create it. Every method calls the free function of the same purpose on these factors,
/// with the options given to `factor`; results and errors are the same. If a matrix is not positive definite and
/// on_failure is raise, no object is created. Otherwise `info()` reports the failure, the factor is set to NaN, and the
/// methods leave the results of this matrix unchanged (or set them to NaN). Other matrices of the batch are not
/// affected. Const methods may be called from several threads at once. The object can be moved but not copied.
template <scalar T>
class factorization {
 public:
  std::int64_t n() const { return factor_.rows; }
  std::int64_t batch() const { return factor_.batch; }
  posdef::uplo uplo() const { return options_.uplo; }
  /// L or U. If the object owns the memory, the other triangle is zero.
  view<const T> factor() const { return factor_; }
  /// One element per matrix: 0, or k if the leading minor of order k is not positive definite.
  std::span<const std::int64_t> info() const { return {info_.get(), static_cast<std::size_t>(batch())}; }
  /// True if all matrices of the batch have a factor.
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
  /// A⁻¹, both triangles by default (see options.other).
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

  /// Allocates the elements and infos for a batch with the size and layout of `a`.
  void allocate(const view<const T>& a) {
    std::int64_t elements = 0;
    if (__builtin_mul_overflow(a.rows, a.cols, &elements) || __builtin_mul_overflow(elements, a.batch, &elements) ||
        elements > std::int64_t{1} << 56)
      throw out_of_memory(0);
    const auto count = static_cast<std::size_t>(std::max<std::int64_t>(elements, 0));
    memory_ = array<T>(count);
    factor_ = view<T>(memory_.get(), a.rows, a.cols, 0, a.order).batched(a.batch);
  }
  void allocate_info(std::int64_t batch) {
    const auto count = static_cast<std::size_t>(std::max<std::int64_t>(batch, 0));
    info_ = array<std::int64_t>(count);
  }
  template <class E>
  static std::unique_ptr<E[]> array(std::size_t count) try {
    return std::unique_ptr<E[]>(new E[count]);
  } catch (const std::bad_alloc&) {
    throw out_of_memory(count * sizeof(E));
  }
  info_span infos() { return {info_.get(), static_cast<std::size_t>(std::max<std::int64_t>(factor_.batch, 0))}; }

  view<T> factor_;
  options options_;
  std::unique_ptr<T[]> memory_;
  std::unique_ptr<std::int64_t[]> info_;
  std::int64_t failures_ = 0;
};

/// Factor a copy of A. Only the `uplo` triangle of `a` is read. `a` may be changed or freed afterwards.
///
/// Throws what `cholesky` throws. Cost: n³/3 operations and n² elements of memory per matrix.
template <class T>
  requires scalar<std::remove_const_t<T>> factorization<std::remove_const_t<T>> factor(view<T> a,
                                                                                       const options& o = {});

/// Factor A in the caller's memory. The memory then holds the factor and must outlive the object.
template <scalar T>
factorization<T> factor_in_place(view<T> a, const options& o = {});

namespace detail {

/// A factor that does not exist is set to NaN, so that later results are NaN too. options.other is for the inverse.
inline options for_factor(options o) {
  o.on_failure = on_failure::nan;
  o.other = other_triangle::automatic;
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
    f.failures_ = try_cholesky<element>(a, f.factor_, f.infos(), detail::for_factor(o));
    detail::raise_if_asked(f.failures_, f.info(), o);
    return f;
  }

template <scalar T>
factorization<T> factor_in_place(view<T> a, const options& o) {
  factorization<T> f(o);
  f.factor_ = a;
  f.allocate_info(a.batch);
  f.failures_ = try_cholesky<T>(a, f.infos(), detail::for_factor(o));
  detail::raise_if_asked(f.failures_, f.info(), o);
  return f;
}

}  // namespace posdef::inline POSDEF_ABI

#endif
