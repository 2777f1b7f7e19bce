#include "engine/cpu/few_sides.hpp"

#include <algorithm>
#include <cmath>

#include "engine/engine.hpp"

namespace posdef::internal::cpu {

namespace {

/// Copies each row of a to x. For complex rows the imaginary parts follow after `stride` numbers.
template <class T>
void rows_to_planes(strided<const T> a, real_type<T>* x, index stride) {
  for (index c = 0; c < a.rows; ++c, x += (is_complex<T> ? 2 : 1) * stride)
    for (index j = 0; j < a.cols; ++j) {
      const T z = a.get(c, j);
      x[j] = std::real(z);
      if constexpr (is_complex<T>) x[j + stride] = std::imag(z);
    }
}

/// Copies x back to the rows of a.
template <class T>
void planes_to_rows(const real_type<T>* x, index stride, strided<T> a) {
  for (index c = 0; c < a.rows; ++c, x += (is_complex<T> ? 2 : 1) * stride)
    for (index j = 0; j < a.cols; ++j) {
      if constexpr (is_complex<T>)
        a.set(c, j, T(x[j], x[j + stride]));
      else
        a.set(c, j, x[j]);
    }
}

}  // namespace

template <class T>
auto few_sides<T>::lay_out(const kernels<T>& k, const blocking& s, index n) -> layout {
  layout l{};
  l.stride = (n + k.mr - 1) / k.mr * k.mr;
  l.block = std::min(l.stride, s.block);  // a multiple of mr
  l.shared = planes * (l.stride * (skinny_max + 1) + l.block * skinny_max);
  // A vector of columns of a block, or a micro-panel of the columns of a product.
  const index depth = (std::min(n, s.kc) + k.nr - 1) & -k.nr;
  l.buffer = planes * std::max(l.block * std::max(k.lanes, k.nr), k.mr * depth);
  return l;
}

template <class T>
void few_sides<T>::prepare(input l, bool unit) {
  reversed_ = false;
  if (unit) {
    std::fill_n(inverse_, l.rows, R(1));
    prepared_ = true;
    return;
  }
  const reciprocals_are found = invert_diagonal(k_, l, inverse_, inverse_ + stride_);
  prepared_ = found.representable && found.real;
}

template <class T>
index few_sides<T>::check_and_prepare(input l, bool positive) {
  const reciprocals_are found = invert_diagonal(k_, l, inverse_, inverse_ + stride_);
  prepared_ = found.representable && found.real;
  // A normal reciprocal is that of a finite element other than zero.
  if (prepared_ && (!positive || found.positive)) return 0;
  return this->check_diagonal(l, positive);
}

template <class T>
void few_sides<T>::load(input b, input result) {
  sides_ = b.rows;
  reversed_ = false;
  // With many right-hand sides, a product computes Xᵀ if the rows of the result are contiguous.
  element_first_ = std::abs(result.cs) < std::abs(result.rs);
  rows_to_planes<T>(b, x_, stride_);
  // The padding belongs to vectors of X.
  for (index r = 0; r < planes * sides_; ++r) std::fill(x_ + r * stride_ + b.cols, x_ + (r + 1) * stride_, R(0));
}

template <class T>
void few_sides<T>::store(output result) const {
  planes_to_rows<T>(x_, stride_, reversed_ ? result.reversed_columns() : result);
}

/// Changes the order of X and of the reciprocals.
template <class T>
void few_sides<T>::reverse(index n) {
  for (index r = 0; r < planes * sides_; ++r) k_.reverse(n, x_ + r * stride_);
  if (prepared_) k_.reverse(n, inverse_);
  reversed_ = !reversed_;
}

template <class T>
void few_sides<T>::trsm(input l, bool unit) {
  if (reversed_) reverse(l.rows);
  solve(l, 0, unit);
}

template <class T>
void few_sides<T>::trsm_plain(input l, bool unit) {
  if (!reversed_) reverse(l.rows);
  solve(l.reversed().h(), 0, unit);
}

/// Solves the columns of X from j on.
template <class T>
void few_sides<T>::solve(input l, index j, bool unit) {
  if (l.rows <= s_.block) return solve_block(l, j, unit);
  const index n1 = split(l.rows, s_.block), n2 = l.rows - n1;
  solve(l.lead(n1), j, unit);
  subtract(l.block(n1, 0, n2, n1), j, j + n1);
  solve(l.block(n1, n1, n2, n2), j + n1, unit);
}

template <class T>
void few_sides<T>::solve_block(input l, index j, bool unit) {
  const R *re = inverse_ + j, *im = nullptr;
  if (!prepared_) {
    const reciprocals_are found = invert_diagonal(k_, l, inverse_, inverse_ + stride_);
    if (!found.representable) return divide_block(l, j, unit);
    re = inverse_;
    if (!found.real) im = inverse_ + stride_;
  }
  k_.solve_skinny(l, re, im, sides_, x_ + j, stride_, sums_, block_, buffers_);
}

/// Divides by the diagonal, because a reciprocal is out of range: the element is zero, tiny or huge.
template <class T>
void few_sides<T>::divide_block(input l, index j, bool unit) {
  const output b{reinterpret_cast<T*>(sums_), sides_, l.rows, l.rows, 1, false};
  planes_to_rows<T>(x_ + j, stride_, b);
  host<T>::solve_by_division(l, b, unit);
  rows_to_planes<T>(b, x_ + j, stride_);
}

/// Columns of X from `to` on minus the product of the columns [from, to) with Lᴴ.
template <class T>
void few_sides<T>::subtract(input l, index from, index to) {
  const index range = 16 * k_.mr, tasks = (l.rows + range - 1) / range;
  const auto task = [&](index t, int slot) {
    const index i = t * range, rows = std::min(range, l.rows - i);
    for (index p = 0; p < l.cols; p += s_.kc)
      k_.subtract_skinny(l.block(i, p, rows, std::min(s_.kc, l.cols - p)), element_first_, sides_, x_ + from + p,
                         stride_, x_ + to + i, stride_, buffers_ + slot * apart_);
  };
  const double operations = static_cast<double>(l.rows) * static_cast<double>(l.cols) * static_cast<double>(sides_);
  if (team_.threads() > 1 && operations >= s_.team_min) return team_.for_each(tasks, task);
  for (index t = 0; t < tasks; ++t) task(t, 0);
}

template class few_sides<float>;
template class few_sides<double>;
template class few_sides<std::complex<float>>;
template class few_sides<std::complex<double>>;

}  // namespace posdef::internal::cpu
