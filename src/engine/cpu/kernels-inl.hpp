// The kernel tables of one element type, one per instruction set.
//
// Included by kernels_*.cpp, which define POSDEF_ELEMENT (the type) and HWY_TARGET_INCLUDE (their own name), and then
// include hwy/foreach_target.h. SSSE3 is disabled, because it is not faster than the baseline here.
#include "engine/cpu/compact-inl.hpp"
#include "engine/cpu/compact_factor-inl.hpp"
#include "engine/cpu/factor-inl.hpp"
#include "engine/cpu/micro_panels-inl.hpp"
#include "engine/cpu/product-inl.hpp"
#include "engine/cpu/register-inl.hpp"
#include "engine/cpu/skinny-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

inline constexpr const char* instruction_set =
#if HWY_TARGET <= HWY_AVX3
    "avx512";
#elif HWY_TARGET == HWY_AVX2
    "avx2";
#elif HWY_TARGET == HWY_SSE4
    "sse4";
#elif HWY_ARCH_ARM_A64 && HWY_TARGET == HWY_NEON
    "neon";
#else
    "baseline";
#endif

template <class T>
const kernels<T>* table() {
  static constexpr kernels<T> k{
      .instruction_set = instruction_set,
      .lanes = tile<T>::lanes,
      .mr = tile<T>::mr,
      .nr = tile<T>::nr,
      .pad = tile<T>::pad,
      .solve_chunks = tile<T>::solve_chunks,
      .pack = &pack<T>,
      .unpack = &unpack<T>,
      .product = &product<T>,
      .product_in_lanes = &product_in_lanes<T>,
      .factor = &factor<T>,
      .factor_below = &factor_below<T>,
      .factor_compact = &factor_compact<T>,
      .factor_in_registers = register_kernel<T>(),
      .solve = &solve<T>,
      .solve_skinny = &solve_skinny<T>,
      .subtract_skinny = &subtract_skinny<T>,
      .reverse = &reverse<real_type<T>>,
      .invert = &invert<real_type<T>>,
      .to_compact = &to_compact<T>,
      .from_compact = &from_compact<T>,
      .invert_compact_diagonal = &invert_compact_diagonal<T>,
      .solve_compact = &solve_compact<T>,
      .invert_compact = &invert_compact<T>,
      .square_compact = &square_compact<T>,
  };
  return &k;
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace posdef::internal::cpu {

template <>
std::span<const kernels<POSDEF_ELEMENT>* const> available_kernels<POSDEF_ELEMENT>() {
  struct list {
    const kernels<POSDEF_ELEMENT>* tables[4];
    std::size_t count = 0;
    void add(const kernels<POSDEF_ELEMENT>* k) { tables[count++] = k; }
  };
  static const list found = [] {
    // Highway's macros give null for an instruction set that is not compiled.
    const struct {
      std::int64_t target;
      const kernels<POSDEF_ELEMENT>* (*table)();
    } compiled[] = {{HWY_AVX3, HWY_CHOOSE_AVX3(table<POSDEF_ELEMENT>)},
                    {HWY_AVX2, HWY_CHOOSE_AVX2(table<POSDEF_ELEMENT>)},
                    {HWY_SSE4, HWY_CHOOSE_SSE4(table<POSDEF_ELEMENT>)}};
    list l;
    for (const auto& c : compiled)
      if (c.table != nullptr && (hwy::SupportedTargets() & c.target) != 0) l.add(c.table());
    // The compiler's default instruction set: neon on Arm, else the baseline.
    const auto* fallback = HWY_STATIC_DISPATCH(table<POSDEF_ELEMENT>)();
    if (l.count == 0 || l.tables[l.count - 1] != fallback) l.add(fallback);
    return l;
  }();
  return {found.tables, found.count};
}

}  // namespace posdef::internal::cpu
#endif
