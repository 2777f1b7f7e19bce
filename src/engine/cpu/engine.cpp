#include "engine/cpu/engine.hpp"

#include <algorithm>
#include <cmath>

#include "engine/cpu/reciprocal.hpp"

namespace posdef::internal::cpu {

namespace {

constexpr index ceil_to(index n, index to) { return (n + to - 1) / to * to; }

template <class T>
inline constexpr index planes = is_complex<T> ? 2 : 1;

/// Copies each row of a to x, zero-padded to `stride`. For complex rows the imaginary parts follow in the same form.
template <class T>
void rows_to_planes(strided<const T> a, real_type<T>* x, index stride) {
  for (index c = 0; c < a.rows; ++c, x += planes<T> * stride) {
    for (index j = 0; j < a.cols; ++j) {
      const T z = a.get(c, j);
      x[j] = std::real(z);
      if constexpr (is_complex<T>) x[j + stride] = std::imag(z);
    }
    for (index q = 0; q < planes<T>; ++q) std::fill(x + q * stride + a.cols, x + (q + 1) * stride, real_type<T>(0));
  }
}

/// Copies x back to the rows of a.
template <class T>
void planes_to_rows(const real_type<T>* x, index stride, strided<T> a) {
  for (index c = 0; c < a.rows; ++c, x += planes<T> * stride)
    for (index j = 0; j < a.cols; ++j) {
      if constexpr (is_complex<T>)
        a.set(c, j, T(x[j], x[j + stride]));
      else
        a.set(c, j, x[j]);
    }
}

/// The number of rows of a skinny product that one thread processes at a time.
template <class T>
index skinny_range(const kernels<T>& k) {
  return 16 * k.mr;
}

}  // namespace

template <class T>
index factor_block(const kernels<T>& k, strided<const T> a, strided<T> out, real_type<T>* w, real_type<T>* inverse) {
  const index stride = k.stride(a.rows);
  k.pack(a, true, w, stride);
  const index info = k.factor(a.rows, w, stride, inverse, leading_chunks<T>);
  if (info != 0 && a.p != out.p) host<T>().copy(1, a, out, part::lower);
  k.unpack(w, stride, info == 0 ? out : out.columns(0, info - 1), true);
  return info;
}

template <class T>
std::size_t compact_factor_engine<T>::bytes(const kernels<T>& k, index n, index count) {
  const index micro_panels = k.micro_panels(n) * k.stride(n);
  const index pack = too_few(k, count) ? 0 : planes<T> * n * (n + 1) * k.lanes;
  return round_up(static_cast<std::size_t>(largest + std::max(micro_panels, pack)) * sizeof(R), alignment);
}

template <class T>
compact_factor_engine<T>::compact_factor_engine(const kernels<T>& k, std::byte* memory)
    : k_(k), inverse_(reinterpret_cast<R*>(memory)), w_(inverse_ + largest) {}

template <class T>
void compact_factor_engine<T>::potrf_compact(const batch<const T>& a, const batch<T>& out, index first, index count,
                                             index* info) {
  const index rest = count & (k_.lanes - 1), few = too_few(k_, rest) ? rest : 0;
  if (count > few) k_.factor_compact(a, out, first, count - few, w_, info);
  for (index i = first + count - few; i < first + count; ++i) {
    const bool done = k_.factor_in_registers != nullptr && k_.factor_in_registers(a[i], out[i]);
    info[i] = done ? 0 : factor_block(k_, a[i], out[i], w_, inverse_);
  }
}

template <class T>
auto engine<T>::lay_out(const kernels<T>& k, const blocking& s, index n, index m, int slots) -> layout {
  const index order = std::min(n, std::max(s.unblocked_max, s.block));
  const index stride = k.stride(order);
  layout l{};
  l.panel = static_cast<std::size_t>(k.micro_panels(order) * stride);
  l.inverse = static_cast<std::size_t>(planes<T> * ceil_to(order, k.nr));
  // The operands of a product have at most max(n, m) rows; a solve packs one micro-panel of rows.
  const index longest = std::max(n, m);
  const index kc = k.stride(std::min(s.kc, longest));
  l.b = static_cast<std::size_t>(k.micro_panels(std::min(s.nc, longest)) * kc);
  l.a_size = std::max(k.micro_panels(std::min(s.mc, longest)) * kc, stride);
  // The skinny operands of a solve or product, their sums, and a micro-panel.
  const index vectors = std::max(2 * ceil_to(order, k.mr), std::min(skinny_range(k), ceil_to(longest, k.mr)) +
                                                               ceil_to(std::min(s.kc, longest), k.mr));
  l.a_size = std::max(l.a_size, planes<T> * (skinny_max * vectors + k.mr * k.mr));
  l.a_size = ceil_to(l.a_size, alignment / sizeof(R));
  l.a = static_cast<std::size_t>(l.a_size * slots);
  l.order = std::min(n, s.block);
  l.scratch = static_cast<std::size_t>(2 * l.order * l.order);
  if (n > s.unblocked_max) l.panels = lay_out_panels(k, s.panel(n), n, slots, s.updates_per_thread(slots));
  return l;
}

template <class T>
auto engine<T>::place(carver& c, const layout& l) -> workspace {
  workspace w{};
  w.panel = c.take<R>(l.panel);
  w.inverse = c.take<R>(l.inverse);
  w.b = c.take<R>(l.b);
  w.a = c.take<R>(l.a);
  w.a_size = l.a_size;
  w.order = l.order;
  w.scratch = c.take<T>(l.scratch);
  if (l.panels.tile > 0) w.panels = panel_workspace<R>::place(c, l.panels);
  return w;
}

template <class T>
index engine<T>::potrf_block(output a, index first) {
  const index info = factor_block<T>(k_, a, a, w_.panel, w_.inverse);
  return info == 0 ? 0 : first + info;
}

template <class T>
bool engine<T>::alone(index m, index n, index k) const {
  return team_.threads() == 1 || static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k) < s_.team_min;
}

/// Solves rows of B, one micro-panel at a time: pack, solve, unpack.
template <class T>
void engine<T>::solve_rows(index n, const R* inverse_im, output b, int slot) {
  R* const x = w_.a + slot * w_.a_size;
  const index stride = k_.stride(n);
  for (index i = 0; i < b.rows; i += k_.mr) {
    const auto rows = b.row_range(i, std::min(k_.mr, b.rows - i));
    k_.pack(rows, false, x, stride);
    k_.solve(n, w_.panel, stride, w_.inverse, inverse_im, rows.rows, x, stride);
    k_.unpack(x, stride, rows, false);
  }
}

/// Does not pack L.
template <class T>
void engine<T>::solve_skinny(input l, const R* inverse_im, output b) {
  const index stride = ceil_to(l.rows, k_.mr);
  rows_to_planes<T>(b, w_.a, stride);
  k_.solve_skinny(l, w_.inverse, inverse_im, b.rows, w_.a, stride, w_.a + planes<T> * skinny_max * stride);
  planes_to_rows<T>(w_.a, stride, b);
}

template <class T>
void engine<T>::trsm_block(input l, output b, bool unit) {
  const index n = l.rows, padded = ceil_to(n, k_.nr);
  if (n == 0 || b.rows == 0) return;
  reciprocals_are inverses{true, true};
  if (unit)
    std::fill_n(w_.inverse, n, R(1));
  else
    inverses = invert_diagonal(l, w_.inverse, w_.inverse + padded);
  // If a reciprocal is out of range (the element is zero, tiny or huge), the solve divides by the diagonal.
  if (!inverses.representable) return host<T>::solve_by_division(l, b, unit);
  const R* const inverse_im = inverses.real ? nullptr : w_.inverse + padded;
  if (b.rows <= skinny()) return solve_skinny(l, inverse_im, b);
  for (index q = 0; q < planes<T>; ++q) std::fill(w_.inverse + q * padded + n, w_.inverse + (q + 1) * padded, R(0));
  k_.pack(l, true, w_.panel, k_.stride(n));
  const index chunk = k_.mr;
  if (alone(n, n, b.rows)) return solve_rows(n, inverse_im, b, 0);
  team_.for_each((b.rows + chunk - 1) / chunk, [&](index i, int slot) {
    solve_rows(n, inverse_im, b.row_range(i * chunk, std::min(chunk, b.rows - i * chunk)), slot);
  });
}

template <class T>
void engine<T>::gemm(int sign, input a, input b, output c, part which) {
  const index k = a.cols;
  region where = which == part::lower ? region::lower : region::all;
  if (c.rows == 0 || c.cols == 0) return;
  // Reversed indices are reversed in all operands, so that the strides of C are positive. A lower triangle becomes
  // upper if both indices are reversed. The kernel does not support reversing only one.
  const bool turn_rows = c.rs < 0, turn_columns = c.cs < 0;
  if (where == region::all || turn_rows == turn_columns) {
    if (turn_rows) {
      c = c.reversed_rows();
      a = a.reversed_rows();
      where = flipped(where);
    }
    if (turn_columns) {
      c = c.reversed_columns();
      b = b.reversed_columns();
    }
  }
  // Cᵀ += Bᵀ·Aᵀ if the rows of C are contiguous, so that the tile stores with unit stride.
  if (std::abs(c.cs) < std::abs(c.rs)) {
    const input at = a.t();
    a = b.t();
    b = at;
    c = c.t();
    where = flipped(where);
  }
  if (k == 0) {
    if (where != region::all) host<T>::make_diagonal_real(c);
    return;
  }
  // The kernel computes A·Bᴴ and adds its conjugate to a conjugated C.
  const auto bh = b.h();
  if (where == region::all && std::min(c.rows, c.cols) <= skinny()) return gemm_skinny(sign, a, bh, c);
  const bool one = alone(c.rows, c.cols, k);
  // The rows are divided into ranges of mc, or smaller ones if there are not enough for the team.
  const index share = ceil_to((c.rows + 4 * team_.threads() - 1) / (4 * team_.threads()), k_.mr);
  const index mc = one ? s_.mc : std::min(s_.mc, share);
  for (index j = 0; j < c.cols; j += s_.nc) {
    const index n = std::min(s_.nc, c.cols - j);
    for (index p = 0; p < k; p += s_.kc) {
      const index depth = std::min(s_.kc, k - p), stride = k_.stride(depth);
      const auto pack_b = [&](index micro_panel, index micro_panels) {
        const index from = micro_panel * k_.mr, rows = std::min(micro_panels * k_.mr, n - from);
        k_.pack(bh.block(j + from, p, rows, depth), false, w_.b + micro_panel * stride, stride);
      };
      const auto multiply = [&](index i, int slot) {
        const index m = std::min(mc, c.rows - i);
        if (where == region::lower && i + m - 1 < j) return;
        if (where == region::upper && i > j + n - 1) return;
        R* const packed = w_.a + slot * w_.a_size;
        k_.pack(a.block(i, p, m, depth), false, packed, stride);
        k_.product(depth, packed, stride, w_.b, stride, sign, c.block(i, j, m, n), where, i - j);
      };
      const index micro_panels = k_.micro_panels(n);
      if (one) {
        pack_b(0, micro_panels);
        for (index i = 0; i < c.rows; i += mc) multiply(i, 0);
      } else {
        team_.for_each(micro_panels, [&](index g, int) { pack_b(g, 1); });
        team_.for_each((c.rows + mc - 1) / mc, [&](index i, int slot) { multiply(i * mc, slot); });
      }
    }
  }
}

/// C ← C + sign·A·Bᴴ where C has at most skinny_max rows or columns; the large operand is not packed.
template <class T>
void engine<T>::gemm_skinny(int sign, input a, input b, output c) {
  const bool element_first = c.cols <= c.rows;
  const input l = element_first ? a : b, y = element_first ? b : a;
  const output x = element_first ? c.t() : c;
  const R re_sign = static_cast<R>(sign);
  [[maybe_unused]] const R im_sign = c.conj ? -re_sign : re_sign;
  const index range = skinny_range(k_), m = x.rows, k = y.cols;
  const auto multiply = [&](index task, int slot) {
    const index i = task * range, rows = std::min(range, l.rows - i), sum_stride = ceil_to(rows, k_.mr);
    for (index p = 0; p < k; p += s_.kc) {
      const index depth = std::min(s_.kc, k - p), y_stride = ceil_to(depth, k_.mr);
      R *const numbers = w_.a + slot * w_.a_size, *const sums = numbers + planes<T> * skinny_max * y_stride;
      rows_to_planes<T>(y.block(0, p, m, depth), numbers, y_stride);
      std::fill_n(sums, planes<T> * m * sum_stride, R(0));
      k_.product_skinny(l.block(i, p, rows, depth), element_first, m, numbers, y_stride, sums, sum_stride,
                        sums + planes<T> * skinny_max * sum_stride);
      for (index r = 0; r < m; ++r) {
        const R* const sum = sums + planes<T> * r * sum_stride;
        for (index j = 0; j < rows; ++j) {
          R* const to = reinterpret_cast<R*>(&x.at(r, i + j));
          to[0] += re_sign * sum[j];
          if constexpr (is_complex<T>) to[1] += im_sign * sum[j + sum_stride];
        }
      }
    }
  };
  const index tasks = (l.rows + range - 1) / range;
  if (!alone(m, l.rows, k)) return team_.for_each(tasks, multiply);
  for (index t = 0; t < tasks; ++t) multiply(t, 0);
}

#define POSDEF_ENGINE(T)    \
  template class engine<T>; \
  template class compact_factor_engine<T>;
POSDEF_ENGINE(float)
POSDEF_ENGINE(double)
POSDEF_ENGINE(std::complex<float>)
POSDEF_ENGINE(std::complex<double>)
#undef POSDEF_ENGINE

}  // namespace posdef::internal::cpu
