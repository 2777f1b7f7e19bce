#include "engine/cpu/engine.hpp"

#include <algorithm>
#include <cmath>

#include "engine/cpu/reciprocal.hpp"

namespace posdef::internal::cpu {

namespace {

constexpr index ceil_to(index n, index to) { return (n + to - 1) / to * to; }

template <class T>
inline constexpr index planes = is_complex<T> ? 2 : 1;

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
  const auto few = few_sides<T>::lay_out(k, s, n);
  l.a_size = std::max(l.a_size, few.buffer + few.shared);
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

template <class T>
bool engine<T>::solve_few(input l, output b, bool unit) {
  if (b.rows > few_sides<T>::most(k_)) return false;
  const auto few = few_sides<T>::lay_out(k_, s_, l.rows);
  few_sides<T> e(k_, s_, team_, few, w_.a + few.buffer, w_.a, w_.a_size);
  e.prepare(l, unit);
  e.load(b, b);
  e.trsm(l, unit);
  e.store(b);
  return true;
}

/// Packs a triangle and its reciprocals. Returns false if one of them is out of range (the element is zero, tiny or
/// huge). inverse_im: their imaginary parts, or null if all are real.
template <class T>
bool engine<T>::pack_triangle(input l, bool unit, const R*& inverse_im) {
  const index n = l.rows, padded = ceil_to(n, k_.nr);
  reciprocals_are inverses{true, true, true};
  if (unit)
    std::fill_n(w_.inverse, n, R(1));
  else
    inverses = invert_diagonal(k_, l, w_.inverse, w_.inverse + padded);
  if (!inverses.representable) return false;
  inverse_im = inverses.real ? nullptr : w_.inverse + padded;
  for (index q = 0; q < planes<T>; ++q) std::fill(w_.inverse + q * padded + n, w_.inverse + (q + 1) * padded, R(0));
  k_.pack(l, true, w_.panel, k_.stride(n));
  return true;
}

template <class T>
void engine<T>::trsm_block(input l, output b, bool unit) {
  const index n = l.rows, chunk = k_.mr;
  if (n == 0 || b.rows == 0) return;
  const R* inverse_im;
  if (!pack_triangle(l, unit, inverse_im)) return host<T>::solve_by_division(l, b, unit);
  if (alone(n, n, b.rows)) return solve_rows(n, inverse_im, b, 0);
  team_.for_each((b.rows + chunk - 1) / chunk, [&](index i, int slot) {
    solve_rows(n, inverse_im, b.row_range(i * chunk, std::min(chunk, b.rows - i * chunk)), slot);
  });
}

/// Solves X·Lᴴ = I one micro-panel of rows at a time. A row of X is zero before its diagonal.
template <class T>
bool engine<T>::invert_block(output l, bool unit) {
  const index n = l.rows, mr = k_.mr, column = planes<T> * mr, stride = k_.stride(n);
  const R* inverse_im;
  if (!pack_triangle(l, unit, inverse_im)) return false;
  const output x = l.h();
  const auto invert_rows = [&](index g, int slot) {
    const index i = g * mr, m = std::min(mr, n - i), order = n - i;
    R* const w = w_.a + slot * w_.a_size;
    std::fill_n(w, k_.stride(order), R(0));
    for (index r = 0; r < m; ++r) w[r * (column + 1)] = R(1);
    k_.solve(order, w_.panel + g * stride + i * column, stride, w_.inverse + i,
             inverse_im == nullptr ? nullptr : inverse_im + i, m, w, stride);
    for (index j = 0; j < m; ++j)
      for (index r = 0; r < (unit ? j : j + 1); ++r) {
        const R* const z = w + j * column + r;
        if constexpr (is_complex<T>)
          x.set(i + r, i + j, T(z[0], z[mr]));
        else
          x.set(i + r, i + j, z[0]);
      }
    k_.unpack(w + m * column, stride, x.block(i, i + m, m, order - m), false);
  };
  const index groups = (n + mr - 1) / mr;
  if (!alone(n, n, n / 2)) {
    team_.for_each(groups, invert_rows);
  } else {
    for (index g = 0; g < groups; ++g) invert_rows(g, 0);
  }
  return true;
}

/// With reversed indices Lᴴ·L is P·Pᴴ with a lower triangle P, which is packed once. Larger blocks are faster by gemm,
/// which stores whole tiles.
template <class T>
bool engine<T>::square_block(output l) {
  const index n = l.rows, mr = k_.mr, stride = k_.stride(n);
  if (n > 2 * mr) return false;
  input p = l.reversed().h();
  output c = l.reversed();
  // As in `multiply`: the transpose if the rows of C are contiguous.
  const bool by_rows = std::abs(c.cs) < std::abs(c.rs);
  if (by_rows) {
    p = p.conjugated();
    c = c.t();
  }
  // Packing leaves out whole vectors above the diagonal.
  std::fill_n(w_.panel, k_.micro_panels(n) * stride, R(0));
  k_.pack(p, true, w_.panel, stride);
  this->fill(l, T(0), part::lower);
  for (index i = 0; i < n; i += mr) {
    const index m = std::min(mr, n - i), k = i + m;
    const R* const rows = w_.panel + i / mr * stride;
    if (by_rows)
      k_.product(k, rows, stride, w_.panel, stride, 1, c.block(i, 0, m, k), region::lower, i);
    else
      k_.product(k, rows, stride, rows, stride, 1, c.block(i, i, m, n - i), region::upper, 0);
  }
  return true;
}

template <class T>
void engine<T>::gemm(int sign, input a, input b, output c, part which) {
  multiply(k_.product, sign, a, b, c, which);
}

template <class T>
void engine<T>::subtract_solved(input x, input l, output b) {
  multiply(k_.product_in_lanes, -1, x, l.h(), b, part::full);
}

template <class T>
template <class Kernel>
void engine<T>::multiply(const Kernel& kernel, int sign, input a, input b, output c, part which) {
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
      const auto update = [&](index i, int slot) {
        const index m = std::min(mc, c.rows - i);
        if (where == region::lower && i + m - 1 < j) return;
        if (where == region::upper && i > j + n - 1) return;
        R* const packed = w_.a + slot * w_.a_size;
        k_.pack(a.block(i, p, m, depth), false, packed, stride);
        kernel(depth, packed, stride, w_.b, stride, sign, c.block(i, j, m, n), where, i - j);
      };
      const index micro_panels = k_.micro_panels(n);
      if (one) {
        pack_b(0, micro_panels);
        for (index i = 0; i < c.rows; i += mc) update(i, 0);
      } else {
        team_.for_each(micro_panels, [&](index g, int) { pack_b(g, 1); });
        team_.for_each((c.rows + mc - 1) / mc, [&](index i, int slot) { update(i * mc, slot); });
      }
    }
  }
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
