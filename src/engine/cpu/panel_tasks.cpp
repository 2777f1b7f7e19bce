#include "engine/cpu/panel_tasks.hpp"

namespace posdef::internal::cpu {

template <class T>
index panel_tasks<T>::factor(index k) const {
  const index order = grid_.block_order(k);
  const auto own = a_.block(k * grid_.nb, k * grid_.nb, order, order);
  R* const micro_panels = memory_.micro_panels[k % 2];
  k_.pack(own, true, micro_panels, stride_);
  const index info = k_.factor(order, micro_panels, stride_, memory_.inverse[k % 2], parts(k));
  k_.unpack(micro_panels, stride_, info == 0 ? own : own.columns(0, info - 1), true);
  return info;
}

template <class T>
void panel_tasks<T>::solve(index k, index i, index cols) const {
  const auto rows = a_.block(i * grid_.tile, k * grid_.nb, grid_.rows_of(i), cols);
  R* const x = micro_panels_of(k, i);
  k_.pack(rows, false, x, stride_);
  k_.factor_below(cols, memory_.micro_panels[k % 2], stride_, memory_.inverse[k % 2], rows.rows, x, stride_, parts(k));
  k_.unpack(x, stride_, rows, false);
}

template <class T>
void panel_tasks<T>::update(index k, index i, index j) const {
  const auto c = a_.block(i * grid_.tile, j * grid_.tile, grid_.rows_of(i), grid_.rows_of(j));
  // The products with the first columns of the matrix are a sum of their own (see chunks).
  const index first = k == 0 ? std::min(leading_chunks<T>.second, grid_.nb) : 0;
  if (first > 0) subtract_product(k, i, j, 0, first, c);
  if (first < grid_.nb) subtract_product(k, i, j, first, grid_.nb, c);
}

/// C ← C − L(i, k)·L(j, k)ᴴ with the columns [from, to) of block column k.
template <class T>
void panel_tasks<T>::subtract_product(index k, index i, index j, index from, index to, const strided<T>& c) const {
  const region where = i == j ? region::lower : region::all;
  const index skip = from * stride_ / grid_.nb;
  const R *const a = micro_panels_of(k, i) + skip, *const b = micro_panels_of(k, j) + skip;
  // Computes C, or Cᵀ = conj(Cᴴ) with exchanged operands if the rows of C are contiguous.
  if (std::abs(c.rs) <= std::abs(c.cs))
    k_.product(to - from, a, stride_, b, stride_, -1, c, where, 0);
  else
    k_.product(to - from, b, stride_, a, stride_, -1, c.h(), flipped(where), 0);
}

template class panel_tasks<float>;
template class panel_tasks<double>;
template class panel_tasks<std::complex<float>>;
template class panel_tasks<std::complex<double>>;

}  // namespace posdef::internal::cpu
