#include "engine/cpu/engine.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace posdef::internal::cpu {

namespace {

constexpr index ceil_to(index n, index to) { return (n + to - 1) / to * to; }

template <class T>
inline constexpr index planes = is_complex<T> ? 2 : 1;

/// 1/x without overflow in between (Smith's division), infinite or NaN where 1/x is.
template <class T>
T reciprocal(T x) {
  using R = real_type<T>;
  if constexpr (is_complex<T>) {
    const R a = std::real(x), b = std::imag(x);
    if (std::abs(a) >= std::abs(b)) {
      const R q = b / a, d = a + b * q;
      return {1 / d, -q / d};
    }
    const R q = a / b, d = a * q + b;
    return {q / d, -1 / d};
  } else {
    return R(1) / x;
  }
}

/// Below so many operations a team costs more than it gives.
constexpr double worth_a_team = 2e5;

}  // namespace

template <class T>
auto engine<T>::carve(carver& c, const kernels<T>& k, const blocking& s, index n, index m, int slots) -> workspace {
  workspace w{};
  const index order = std::min(n, s.block);
  const index ld = panel_ld(k, order);
  const index pack = n <= s.small ? planes<T> * n * n * k.lanes : 0;
  w.panel = c.take<R>(static_cast<std::size_t>(std::max(pack, panel_size(k, ld, order))));
  w.inverse = c.take<R>(static_cast<std::size_t>(planes<T> * ld));
  // A product's operands never have more rows than the larger of n and m; a solve packs one strip of mr rows.
  const index longest = std::max(n, m);
  const index kc = std::min(s.kc, longest);
  w.b = c.take<R>(static_cast<std::size_t>(planes<T> * kc * ceil_to(std::min(s.nc, longest), k.nr)));
  const index strip = panel_size(k, panel_ld(k, k.mr), order);
  w.a_size = std::max(planes<T> * kc * ceil_to(std::min(s.mc, longest), k.mr), strip);
  w.a_size = ceil_to(w.a_size, alignment / sizeof(R));
  w.a = c.take<R>(static_cast<std::size_t>(w.a_size * slots));
  w.order = order;
  w.scratch = c.take<T>(static_cast<std::size_t>(2 * order * order));
  return w;
}

template <class T>
index engine<T>::potrf_block(output a, index first) {
  const index n = a.rows, ld = panel_ld(k_, n);
  k_.load(a, part::lower, w_.panel, ld);
  const index info = k_.factor(n, w_.panel, ld);
  if (info == 0) {
    k_.store(w_.panel, ld, a, part::lower);
    return 0;
  }
  // Only the columns that hold the factor go back.
  const index good = info - 1;
  k_.store(w_.panel, ld, a.lead(good), part::lower);
  k_.store(w_.panel + good, ld, a.block(good, 0, n - good, good), part::full);
  return first + info;
}

/// Rows of B, one strip after the other: load, solve in the strip, store.
template <class T>
void engine<T>::solve_rows(index ld, index n, output b, int slot) {
  R* const x = w_.a + slot * w_.a_size;
  for (index i = 0; i < b.rows; i += k_.mr) {
    const index m = std::min(k_.mr, b.rows - i), ldx = panel_ld(k_, m);
    const auto rows = b.row_range(i, m);
    k_.load(rows, part::full, x, ldx);
    k_.solve(n, w_.panel, ld, w_.inverse, m, x, ldx);
    k_.store(x, ldx, rows, part::full);
  }
}

template <class T>
void engine<T>::trsm_block(input l, output b, bool unit) {
  const index n = l.rows, ld = panel_ld(k_, n);
  if (n == 0 || b.rows == 0) return;
  k_.load(l, part::lower, w_.panel, ld);
  std::fill(w_.inverse, w_.inverse + planes<T> * ld, R(0));
  bool representable = true;
  for (index j = 0; j < n; ++j) {
    const T inv = unit ? T(1) : reciprocal(l.get(j, j));
    // Neither overflown nor so small that it has lost bits.
    const R size = std::max(std::abs(std::real(inv)), std::abs(std::imag(inv)));
    representable &= size >= std::numeric_limits<R>::min() && size <= std::numeric_limits<R>::max();
    w_.inverse[j] = std::real(inv);
    if constexpr (is_complex<T>) w_.inverse[j + ld] = std::imag(inv);
  }
  // A diagonal whose reciprocal is out of range (zero, tiny or huge) is divided by, as the definition says.
  if (!representable) return host<T>::solve_by_division(l, b, unit);
  const double work = static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(b.rows);
  const index chunk = k_.mr;
  if (work < worth_a_team || team_.threads() == 1) return solve_rows(ld, n, b, 0);
  team_.for_each((b.rows + chunk - 1) / chunk, [&](index i, int slot) {
    solve_rows(ld, n, b.row_range(i * chunk, std::min(chunk, b.rows - i * chunk)), slot);
  });
}

template <class T>
void engine<T>::gemm(int sign, input a, input b, output c, part which) {
  const index k = a.cols;
  int lower = which == part::lower ? 1 : 0;
  if (c.rows == 0 || c.cols == 0) return;
  // conj(C) += conj(A)·conj(B); and Cᵀ += Bᵀ·Aᵀ where that gives the tile a unit stride to store along.
  if (c.conj) a = a.conjugated(), b = b.conjugated(), c = c.conjugated();
  if (std::abs(c.cs) < std::abs(c.rs)) {
    const input at = a.t();
    a = b.t();
    b = at;
    c = c.t();
    lower = -lower;
  }
  if (k == 0) return lower != 0 ? host<T>::make_diagonal_real(c) : void();
  const auto bt = b.t();
  const bool alone = team_.threads() == 1 ||
                     static_cast<double>(c.rows) * static_cast<double>(c.cols) * static_cast<double>(k) < worth_a_team;
  // Rows are shared out in ranges of mc, smaller ones where there would be too few for the team.
  const index share = ceil_to((c.rows + 4 * team_.threads() - 1) / (4 * team_.threads()), k_.mr);
  const index mc = alone ? s_.mc : std::min(s_.mc, share);
  for (index j = 0; j < c.cols; j += s_.nc) {
    const index n = std::min(s_.nc, c.cols - j);
    for (index p = 0; p < k; p += s_.kc) {
      const index depth = std::min(s_.kc, k - p);
      const auto columns = bt.block(j, p, n, depth);
      const auto pack_b = [&](index strip, index strips) {
        const index from = strip * k_.nr, rows = std::min(strips * k_.nr, n - from);
        // The kernel computes A·Bᴴ: what is packed is the conjugate of Bᵀ.
        k_.pack(columns.row_range(from, rows), k_.nr, is_complex<T>, w_.b + from * planes<T> * depth);
      };
      const auto multiply = [&](index i, int slot) {
        const index m = std::min(mc, c.rows - i);
        if ((lower > 0 && i + m - 1 < j) || (lower < 0 && i > j + n - 1)) return;
        R* const packed = w_.a + slot * w_.a_size;
        k_.pack(a.block(i, p, m, depth), k_.mr, false, packed);
        k_.product(depth, packed, w_.b, sign, c.block(i, j, m, n), lower, i - j);
      };
      const index strips = (n + k_.nr - 1) / k_.nr;
      if (alone) {
        pack_b(0, strips);
        for (index i = 0; i < c.rows; i += mc) multiply(i, 0);
      } else {
        constexpr index some = 8;
        team_.for_each((strips + some - 1) / some, [&](index g, int) { pack_b(g * some, some); });
        team_.for_each((c.rows + mc - 1) / mc, [&](index i, int slot) { multiply(i * mc, slot); });
      }
    }
  }
}

template class engine<float>;
template class engine<double>;
template class engine<std::complex<float>>;
template class engine<std::complex<double>>;

}  // namespace posdef::internal::cpu
