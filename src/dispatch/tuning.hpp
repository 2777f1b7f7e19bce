// Block sizes and cross-over points: for the CPU engine one row per instruction set and element type, for the hybrid
// backend one row per element type. engine/cpu/blocking.hpp and backend/hybrid/sizes.hpp document the fields.
//
// Narrow block columns move more of the work to products and to more threads. Wide ones read and write the trailing
// matrix less often, which is faster if it does not fit into the caches. `block` is tuned for inverses, where a third
// of the work is in blocks.
//
// Predictions for more than two threads, simulated for 8, 32 and 128 cores with the times of tasks on Zen 4 and not run
// on such a machine (docs/internals/schedule.md): the widths of double from order 8192 on and of complex<double> from
// 2048 on. One and two threads of Zen 4 are as fast with them as with the widths that were measured on Zen 5 (288 and
// 512).
#pragma once

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>

#include "backend/hybrid/sizes.hpp"
#include "engine/cpu/engine.hpp"

namespace posdef::internal {

struct tuning_row {
  std::string_view instruction_set;  ///< empty: all others
  std::string_view measured_on;
  cpu::blocking sizes;
};

template <class T>
inline constexpr tuning_row tuning_table[] = {{}};

inline constexpr index unlimited = std::numeric_limits<index>::max();

// The other instruction sets use the sizes measured for AVX-512.
template <>
inline constexpr tuning_row tuning_table<float>[] = {
    {.instruction_set = "",
     .measured_on = "AVX-512 on two processors of an AMD Zen 5 server",
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
    {.instruction_set = "",
     .measured_on = "AVX-512 on two processors of an AMD Zen 5 server",
     .sizes = {.compact_max = 32,
               .unblocked_max = 256,
               .block = 64,
               .panels = {{1023, 96}, {2047, 192}, {8191, 288}, {unlimited, 384}},
               .kc = 256,
               .mc = 192,
               .nc = 4096}},
};
template <>
inline constexpr tuning_row tuning_table<std::complex<float>>[] = {
    {.instruction_set = "",
     .measured_on = "AVX-512 on two processors of an AMD Zen 5 server",
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
    {.instruction_set = "",
     .measured_on = "AVX-512 on two processors of an AMD Zen 5 server",
     .sizes = {.compact_max = 32,
               .unblocked_max = 256,
               .block = 64,
               .panels = {{511, 64}, {2047, 96}, {4095, 192}, {unlimited, 256}},
               .kc = 192,
               .mc = 96,
               .nc = 2048}},
};

inline constexpr index never = unlimited;

// Not measured on a GPU, so device plans never use the host. engine::hybrid uses these block orders.
template <class T>
inline constexpr hybrid::sizes hybrid_table = {never, {{2047, 128}, {unlimited, 256}}};

/// Trial sizes that replace the tables' (tuning_hooks.hpp).
template <class T>
inline std::optional<cpu::blocking> tried_blocking;
template <class T>
inline std::optional<hybrid::sizes> tried_hybrid;

/// The sizes that the hybrid engine uses.
template <class T>
hybrid::sizes tuned_hybrid() {
  return tried_hybrid<T>.value_or(hybrid_table<T>);
}

/// The table row for these kernels.
template <class T>
cpu::blocking tabled(const cpu::kernels<T>& k) {
  const auto* row = tuning_table<T>;
  while (!row->instruction_set.empty() && row->instruction_set != k.instruction_set) ++row;
  return row->sizes;
}

/// The sizes that these kernels use, rounded to whole micro-panels.
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
  s.kc = std::max(k.lanes, s.kc / k.lanes * k.lanes);
  return s;
}

}  // namespace posdef::internal
