// One real matrix of order up to 16 that never leaves the registers: a column in each, or in two, from the caller's
// memory and back.
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

/// A matrix of order up to ORDER, in `vectors` vectors to a column. Of the rows before a column's own only those in the
/// same vector exist.
template <class T, int ORDER>
struct tiny {
  static constexpr int most = 64 / sizeof(T), lanes = ORDER < most ? ORDER : most, vectors = ORDER / lanes;
  using D = hn::FixedTag<T, lanes>;
  using V = hn::Vec<D>;
  V t[ORDER][vectors];

  HWY_INLINE V row(int r, int c) const { return spread(D(), t[c][r / lanes], r % lanes); }

  /// How many of the numbers in block q of row r belong to the lower triangle.
  static HWY_INLINE index in_triangle(index r, index q, index per, index n) {
    return r < n ? std::clamp<index>(r + 1 - q * per, 0, per) : 0;
  }

  /// The lower triangle, zeros above it and behind the last row and column.
  HWY_INLINE explicit tiny(const strided<const T>& a) {
    const D d;
    const index n = a.rows;
    HWY_UNROLL(16)
    for (int j = 0; j < ORDER; ++j)
      for (auto& v : t[j]) v = hn::Zero(d);
    if (a.rs == 1) {
      HWY_UNROLL(16)
      for (index j = 0; j < ORDER; ++j)
        for (index v = j / lanes; v < vectors; ++v)
          if (j < n && v * lanes < n)
            t[j][v] = hn::MaskedLoad(lanes_between(d, j - v * lanes, n - v * lanes), d, a.p + v * lanes + j * a.cs);
    } else {
      constexpr int per = per_block<T>;
      HWY_UNROLL(8)
      for (int q = 0; q < ORDER / per; ++q)
        for (int v = q * per / lanes; v < vectors; ++v)
          if (q * per < n && v * lanes < n)
            transpose_in(
                d,
                [&](auto b, index r) HWY_ATTR {
                  const index row = v * lanes + r, count = in_triangle(row, q, per, n);
                  return hn::MaskedLoad(hn::FirstN(b, static_cast<std::size_t>(count)), b,
                                        a.p + (count > 0 ? row * a.rs + q * per : 0));
                },
                [&](int c, V x) HWY_ATTR { t[q * per + c][v] = x; });
    }
  }

  HWY_INLINE void store(const strided<T>& a) const {
    const D d;
    const index n = a.rows;
    if (a.rs == 1) {
      HWY_UNROLL(16)
      for (index j = 0; j < ORDER; ++j)
        for (index v = j / lanes; v < vectors; ++v)
          if (j < n && v * lanes < n)
            hn::BlendedStore(t[j][v], lanes_between(d, j - v * lanes, n - v * lanes), d, a.p + v * lanes + j * a.cs);
    } else {
      constexpr int per = per_block<T>;
      HWY_UNROLL(8)
      for (int q = 0; q < ORDER / per; ++q)
        for (int v = q * per / lanes; v < vectors; ++v)
          if (q * per < n && v * lanes < n)
            transpose_out(
                d,
                [&](auto b, auto x, index r) HWY_ATTR {
                  const index row = v * lanes + r, count = in_triangle(row, q, per, n);
                  if (count > 0)
                    hn::BlendedStore(x, hn::FirstN(b, static_cast<std::size_t>(count)), b, a.p + row * a.rs + q * per);
                },
                [&](int c) HWY_ATTR { return t[q * per + c][v]; });
    }
  }

  /// False if it is not positive definite.
  HWY_INLINE bool factor(index n) {
    const D d;
    const V rows = hn::Iota(d, T(0)), zero = hn::Zero(d), infinity = hn::Set(d, std::numeric_limits<T>::infinity());
    V pivot = row(0, 0);
    auto good = hn::Eq(zero, zero);
    HWY_UNROLL(16)
    for (int c = 0; c < ORDER; ++c) {
      if (c >= n) break;
      good = hn::And(good, hn::And(hn::Gt(pivot, zero), hn::Lt(pivot, infinity)));
      const divisor<D> by(pivot);
      if (c + 1 < ORDER) pivot = by.reduce(row(c + 1, c + 1), row(c + 1, c));
      for (int v = c / lanes; v < vectors; ++v) t[c][v] = hn::Mul(t[c][v], by.reciprocal);
      HWY_UNROLL(16)
      for (int e = c + 1; e < ORDER; ++e)
        for (int v = e / lanes; v < vectors; ++v) t[e][v] = hn::NegMulAdd(t[c][v], row(e, c), t[e][v]);
      if (c + 1 < ORDER && (c + 1) % tile<T>::nr == 0) pivot = row(c + 1, c + 1);
      V& own = t[c][c / lanes];
      own = hn::IfThenElse(hn::Eq(rows, hn::Set(d, static_cast<T>(c % lanes))), by.root, own);
    }
    return hn::AllTrue(d, good);
  }
};

/// False, and nothing written, if this is not the way for the matrix: too large, no unit stride, not positive definite.
template <class T>
bool factor_tiny(const strided<const T>& a, const strided<T>& out) {
  const auto unit = [](index rs, index cs) { return rs == 1 || cs == 1; };
  if (a.rows > 16 || !unit(a.rs, a.cs) || !unit(out.rs, out.cs)) return false;
  const auto run = [&](auto order) HWY_ATTR {
    tiny<T, decltype(order)::value> t(a);
    const bool good = t.factor(a.rows);
    if (good) t.store(out);
    return good;
  };
  return a.rows <= 8 ? run(std::integral_constant<int, 8>{}) : run(std::integral_constant<int, 16>{});
}

#endif

/// The table's entry: none where it would not pay.
template <class T>
constexpr auto tiny_kernel() -> bool (*)(const strided<const T>&, const strided<T>&) {
#if HWY_TARGET <= HWY_AVX3
  if constexpr (!is_complex<T>) return &factor_tiny<T>;
#endif
  return nullptr;
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
