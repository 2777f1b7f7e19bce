// One real matrix of order up to 8 that never leaves the registers: a column in each, from the caller's memory and
// back.
//
// The operations are those of factor_tile in factor-inl.hpp and of interleaved-inl.hpp, in the same order, and so are
// the bits. For a matrix as small as this the way through memory takes as long as the factorization.
#if defined(POSDEF_TINY_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef POSDEF_TINY_INL
#undef POSDEF_TINY_INL
#else
#define POSDEF_TINY_INL
#endif

#include <limits>

#include "engine/cpu/factor-inl.hpp"
#include "engine/cpu/moves-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

#if HWY_TARGET <= HWY_AVX3

inline constexpr index tiny_order = 8;

/// How many of the numbers in block q of row r belong to the lower triangle.
HWY_INLINE index in_triangle(index r, index q, index per) { return std::clamp<index>(r + 1 - q * per, 0, per); }

/// Columns of the lower triangle, zeros above it.
template <class R, class D, class V>
HWY_INLINE void tiny_load(D d, strided<const R> a, V* t) {
  const index n = a.rows;
  if (a.rs == 1) {
    HWY_UNROLL(8)
    for (index j = 0; j < tiny_order; ++j)
      if (j < n) t[j] = hn::MaskedLoad(lanes_between(d, j, n), d, a.p + j * a.cs);
  } else {
    constexpr int per = per_block<R>;
    for (int q = 0; q < tiny_order / per; ++q)
      transpose_in(
          d,
          [&](auto b, index r) HWY_ATTR {
            const index count = r < n ? in_triangle(r, q, per) : 0;
            return hn::MaskedLoad(hn::FirstN(b, static_cast<std::size_t>(count)), b,
                                  a.p + (r < n ? r * a.rs + q * per : 0));
          },
          [&](int c, V v) HWY_ATTR { t[q * per + c] = v; });
  }
}

template <class R, class D, class V>
HWY_INLINE void tiny_store(D d, const V* t, strided<R> a) {
  const index n = a.rows;
  if (a.rs == 1) {
    HWY_UNROLL(8)
    for (index j = 0; j < tiny_order; ++j)
      if (j < n) hn::BlendedStore(t[j], lanes_between(d, j, n), d, a.p + j * a.cs);
  } else {
    constexpr int per = per_block<R>;
    for (int q = 0; q < tiny_order / per; ++q)
      transpose_out(
          d,
          [&](auto b, auto v, index r) HWY_ATTR {
            const index count = r < n ? in_triangle(r, q, per) : 0;
            if (count > 0)
              hn::BlendedStore(v, hn::FirstN(b, static_cast<std::size_t>(count)), b, a.p + r * a.rs + q * per);
          },
          [&](int c) HWY_ATTR { return t[q * per + c]; });
  }
}

/// False, and nothing written, if this is not the way for the matrix: too large, no unit stride, not positive definite.
template <class T>
bool factor_tiny(strided<const T> a, strided<T> out) {
  const auto unit = [](index rs, index cs) { return rs == 1 || cs == 1; };
  const index n = a.rows;
  if (n > tiny_order || !unit(a.rs, a.cs) || !unit(out.rs, out.cs)) return false;
  const hn::FixedTag<T, tiny_order> d;
  using V = hn::Vec<decltype(d)>;
  V t[tiny_order];
  for (auto& column : t) column = hn::Zero(d);
  tiny_load<T>(d, a, t);
  const V rows = hn::Iota(d, T(0)), zero = hn::Zero(d), infinity = hn::Set(d, std::numeric_limits<T>::infinity());
  V pivot = spread(d, t[0], 0);
  auto good = hn::Eq(zero, zero);
  HWY_UNROLL(8)
  for (int c = 0; c < tiny_order; ++c) {
    if (c >= n) break;
    good = hn::And(good, hn::And(hn::Gt(pivot, zero), hn::Lt(pivot, infinity)));
    const divisor<decltype(d)> by(pivot);
    if (c + 1 < tiny_order) pivot = by.reduce(spread(d, t[c + 1], c + 1), spread(d, t[c], c + 1));
    t[c] = hn::Mul(t[c], by.reciprocal);
    HWY_UNROLL(8)
    for (int e = c + 1; e < tiny_order; ++e) t[e] = hn::NegMulAdd(t[c], spread(d, t[c], e), t[e]);
    t[c] = hn::IfThenElse(hn::Eq(rows, hn::Set(d, static_cast<T>(c))), by.root, t[c]);
  }
  if (!hn::AllTrue(d, good)) return false;
  tiny_store<T>(d, t, out);
  return true;
}

#endif

/// The table's entry: none where it would not pay.
template <class T>
constexpr auto tiny_kernel() -> bool (*)(strided<const T>, strided<T>) {
#if HWY_TARGET <= HWY_AVX3
  if constexpr (!is_complex<T>) return &factor_tiny<T>;
#endif
  return nullptr;
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
