// Block sizes and cross-overs: of the CPU engine a row for each instruction set and element type, of the hybrid engine
// one for each element type.
//
// `compact_max`    up to this order matrices are interleaved, one in each lane of a vector, where there are enough of
// them `unblocked_max`    up to this order a matrix is factored in one piece `block`    the order of the blocks of
// solves and inverses; of an inverse's, a third of the work is worth something `panels`   above it, the order of block
// columns by the order of the matrix: { up to n, block columns of } kc, mc, nc the ranges of a product, see
// engine/cpu/engine.hpp
//
// Narrow block columns leave more of the work to products and to several threads, wide ones read and write the rest of
// the matrix less often: they win where it does not fit into the caches.
//
// hybrid_table:
// `from`     a plan for a device on matrices in host memory takes the CPU along from this order on
// `blocks`   the order of the diagonal blocks by that of the matrix: { up to n, blocks of }. A block has to be back
//            before the device is done with the rest of a step
#pragma once

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>

#include "backend/hybrid/sizes.hpp"
#include "engine/cpu/engine.hpp"

namespace posdef::internal {

struct tuning_row {
  std::string_view instruction_set;  ///< empty: every other one
  cpu::blocking sizes;
};

template <class T>
inline constexpr tuning_row tuning_table[] = {{}};

inline constexpr index unlimited = std::numeric_limits<index>::max();

template <>
inline constexpr tuning_row tuning_table<float>[] = {
    {"", {32, 192, 96, {{1023, 96}, {2047, 192}, {unlimited, 384}}, 384, 192, 4096}},
};
template <>
inline constexpr tuning_row tuning_table<double>[] = {
    {"", {32, 256, 64, {{1023, 96}, {2047, 192}, {unlimited, 288}}, 256, 192, 4096}},
};
template <>
inline constexpr tuning_row tuning_table<std::complex<float>>[] = {
    {"", {32, 256, 64, {{511, 64}, {2047, 128}, {unlimited, 256}}, 256, 96, 2048}},
};
template <>
inline constexpr tuning_row tuning_table<std::complex<double>>[] = {
    {"", {32, 256, 64, {{511, 64}, {2047, 96}, {unlimited, 512}}, 192, 96, 2048}},
};

inline constexpr index never = unlimited;

// Nothing has been measured on a GPU, so nothing is chosen; the blocks are for those who ask for the engine by name.
template <class T>
inline constexpr hybrid::sizes hybrid_table = {never, {{2047, 128}, {unlimited, 256}}};

/// Sizes under trial, in place of the tables' (tuning_hooks.hpp).
template <class T>
inline std::optional<cpu::blocking> tried_blocking;
template <class T>
inline std::optional<hybrid::sizes> tried_hybrid;

/// What the hybrid engine is to use.
template <class T>
hybrid::sizes tuned_hybrid() {
  return tried_hybrid<T>.value_or(hybrid_table<T>);
}

/// The row for these kernels.
template <class T>
cpu::blocking tabled(const cpu::kernels<T>& k) {
  const auto* row = tuning_table<T>;
  while (!row->instruction_set.empty() && row->instruction_set != k.instruction_set) ++row;
  return row->sizes;
}

/// What these kernels are to use, in whole micro-panels.
template <class T>
cpu::blocking tuned(const cpu::kernels<T>& k) {
  const auto whole = [&](index n) { return std::max(k.mr, n / k.mr * k.mr); };
  cpu::blocking s = tried_blocking<T> ? *tried_blocking<T> : tabled(k);
  s.compact_max = std::min(s.compact_max, cpu::compact_factor_engine<T>::largest);
  s.unblocked_max = whole(s.unblocked_max);
  s.block = whole(s.block);
  for (auto& p : s.panels) p.order = whole(p.order);
  s.mc = whole(s.mc);
  s.nc = whole(s.nc);
  return s;
}

}  // namespace posdef::internal
