// Block sizes and cross-overs: of the CPU engine a row for each instruction set and element type, of the hybrid backend
// one for each element type. The fields are explained where they are declared: engine/cpu/blocking.hpp and
// backend/hybrid/sizes.hpp.
//
// Narrow block columns leave more of the work to products and to several threads. Wide ones read and write the rest of
// the matrix less often: they win where it does not fit into the caches. `block` is chosen for inverses: a third of
// their work is in blocks.
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
  std::string_view measured_on;
  cpu::blocking sizes;
};

template <class T>
inline constexpr tuning_row tuning_table[] = {{}};

inline constexpr index unlimited = std::numeric_limits<index>::max();

// Other instruction sets use the sizes that were measured for AVX-512.
template <>
inline constexpr tuning_row tuning_table<float>[] = {
    {.instruction_set = "avx512",
     .measured_on = "AMD Zen 5, two processors of a server",
     .sizes = {.compact_max = 32,
               .unblocked_max = 192,
               .block = 96,
               .panels = {{1023, 96}, {2047, 192}, {unlimited, 384}},
               .kc = 384,
               .mc = 192,
               .nc = 4096}},
    {.instruction_set = "",
     .measured_on = "not measured",
     .sizes = {.compact_max = 32,
               .unblocked_max = 192,
               .block = 96,
               .panels = {{1023, 96}, {2047, 192}, {unlimited, 384}},
               .kc = 384,
               .mc = 192,
               .nc = 4096}},
};
template <>
inline constexpr tuning_row tuning_table<double>[] = {
    {.instruction_set = "avx512",
     .measured_on = "AMD Zen 5, two processors of a server",
     .sizes = {.compact_max = 32,
               .unblocked_max = 256,
               .block = 64,
               .panels = {{1023, 96}, {2047, 192}, {unlimited, 288}},
               .kc = 256,
               .mc = 192,
               .nc = 4096}},
    {.instruction_set = "",
     .measured_on = "not measured",
     .sizes = {.compact_max = 32,
               .unblocked_max = 256,
               .block = 64,
               .panels = {{1023, 96}, {2047, 192}, {unlimited, 288}},
               .kc = 256,
               .mc = 192,
               .nc = 4096}},
};
template <>
inline constexpr tuning_row tuning_table<std::complex<float>>[] = {
    {.instruction_set = "avx512",
     .measured_on = "AMD Zen 5, two processors of a server",
     .sizes = {.compact_max = 32,
               .unblocked_max = 256,
               .block = 64,
               .panels = {{511, 64}, {2047, 128}, {unlimited, 256}},
               .kc = 256,
               .mc = 96,
               .nc = 2048}},
    {.instruction_set = "",
     .measured_on = "not measured",
     .sizes = {.compact_max = 32,
               .unblocked_max = 256,
               .block = 64,
               .panels = {{511, 64}, {2047, 128}, {unlimited, 256}},
               .kc = 256,
               .mc = 96,
               .nc = 2048}},
};
template <>
inline constexpr tuning_row tuning_table<std::complex<double>>[] = {
    {.instruction_set = "avx512",
     .measured_on = "AMD Zen 5, two processors of a server",
     .sizes = {.compact_max = 32,
               .unblocked_max = 256,
               .block = 64,
               .panels = {{511, 64}, {2047, 96}, {unlimited, 512}},
               .kc = 192,
               .mc = 96,
               .nc = 2048}},
    {.instruction_set = "",
     .measured_on = "not measured",
     .sizes = {.compact_max = 32,
               .unblocked_max = 256,
               .block = 64,
               .panels = {{511, 64}, {2047, 96}, {unlimited, 512}},
               .kc = 192,
               .mc = 96,
               .nc = 2048}},
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
