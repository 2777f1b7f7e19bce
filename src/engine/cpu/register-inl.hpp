// Factorization of one matrix of order up to 16 (complex: 8) in registers: each column is in one or two vectors.
//
// The operations and their order are those of factor_tile in factor-inl.hpp and of compact_factor-inl.hpp, so the
// results are bitwise equal. For such orders packing would take as long as the factorization.
#if defined(POSDEF_REGISTER_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef POSDEF_REGISTER_INL
#undef POSDEF_REGISTER_INL
#else
#define POSDEF_REGISTER_INL
#endif

#include <limits>

#include "engine/cpu/factor-inl.hpp"
#include "engine/cpu/moves-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

#if HWY_TARGET <= HWY_AVX3

/// A matrix of order up to ORDER: for each column `vectors` vectors of real parts, and of imaginary parts. Rows above
/// the diagonal exist only in the vector of the diagonal.
template <class T, int ORDER>
struct register_matrix {
  using R = real_type<T>;
  static constexpr int planes = tile<T>::planes, most = 64 / sizeof(R), lanes = ORDER < most ? ORDER : most;
  static constexpr int vectors = ORDER / lanes, per = per_block<R>;
  using D = hn::FixedTag<R, lanes>;
  using V = hn::Vec<D>;
  V t[planes][ORDER][vectors];

  /// Row r of column c, broadcast to all lanes.
  HWY_INLINE V at(int plane, int r, int c) const { return spread(D(), t[plane][c][r / lanes], r % lanes); }

  /// The mask of the lower triangle's rows of column j in vector v.
  static HWY_INLINE hn::Mask<D> column(index j, index v, index n) {
    return lanes_between(D(), j - v * lanes, n - v * lanes);
  }
  /// The mask of the lower triangle's numbers of column j in vector v, for complex elements in memory order.
  static HWY_INLINE hn::Mask<D> numbers(index j, index v, index n) {
    return lanes_between(D(), 2 * j - v * lanes, 2 * n - v * lanes);
  }
  /// The number of lower-triangle numbers in block q of row r.
  static HWY_INLINE index in_triangle(index r, index q, index n) {
    return r < n ? std::clamp<index>(planes * (r + 1) - q * per, 0, per) : 0;
  }

  /// Calls f(q, v) for each block q of numbers and each vector v of rows that intersect.
  template <class F>
  static HWY_INLINE void for_blocks(index n, const F& f) {
    HWY_UNROLL(8)
    for (int q = 0; q < planes * ORDER / per; ++q)
      for (int v = q * per / planes / lanes; v < vectors; ++v)
        if (q * per < planes * n && v * lanes < n) f(q, v);
  }

  /// Loads the lower triangle; zeros above it and after the last row and column.
  HWY_INLINE explicit register_matrix(const strided<const T>& a) {
    const D d;
    const index n = a.rows;
    const auto* const memory = reinterpret_cast<const R*>(a.p);
    const V im = hn::Set(d, a.conj ? R(-1) : R(1));
    for (auto& plane : t) {
      HWY_UNROLL(16)
      for (auto& c : plane)
        for (auto& v : c) v = hn::Zero(d);
    }
    if (a.rs == 1) {
      HWY_UNROLL(16)
      for (index j = 0; j < ORDER; ++j) {
        const auto* const from = memory + planes * j * a.cs;
        if (j >= n) continue;
        if constexpr (is_complex<T>) {
          const V low = hn::MaskedLoad(numbers(j, 0, n), d, from);
          const V high = hn::MaskedLoad(numbers(j, 1, n), d, from + lanes);
          t[0][j][0] = hn::ConcatEven(d, high, low);
          t[1][j][0] = hn::Mul(hn::ConcatOdd(d, high, low), im);
        } else {
          for (index v = j / lanes; v < vectors; ++v)
            if (v * lanes < n) t[0][j][v] = hn::MaskedLoad(column(j, v, n), d, from + v * lanes);
        }
      }
    } else {
      for_blocks(n, [&](int q, int v) HWY_ATTR {
        transpose_in(
            d,
            [&](auto b, index r) HWY_ATTR {
              const index row = v * lanes + r, count = in_triangle(row, q, n);
              return hn::MaskedLoad(hn::FirstN(b, static_cast<std::size_t>(count)), b,
                                    memory + (count > 0 ? planes * row * a.rs + q * per : 0));
            },
            [&](int c, V x) HWY_ATTR {
              const int number = q * per + c, plane = number % planes;
              t[plane][number / planes][v] = plane == 1 ? hn::Mul(x, im) : x;
            });
      });
    }
  }

  HWY_INLINE void store(const strided<T>& a) const {
    const D d;
    const index n = a.rows;
    auto* const memory = reinterpret_cast<R*>(a.p);
    const V im = hn::Set(d, a.conj ? R(-1) : R(1));
    if (a.rs == 1) {
      HWY_UNROLL(16)
      for (index j = 0; j < ORDER; ++j) {
        auto* const to = memory + planes * j * a.cs;
        if (j >= n) continue;
        if constexpr (is_complex<T>) {
          HWY_ALIGN R both[2 * lanes];
          hn::StoreInterleaved2(t[0][j][0], hn::Mul(t[1][j][0], im), d, both);
          hn::BlendedStore(hn::Load(d, both), numbers(j, 0, n), d, to);
          if (2 * n > lanes) hn::BlendedStore(hn::Load(d, both + lanes), numbers(j, 1, n), d, to + lanes);
        } else {
          for (index v = j / lanes; v < vectors; ++v)
            if (v * lanes < n) hn::BlendedStore(t[0][j][v], column(j, v, n), d, to + v * lanes);
        }
      }
    } else {
      for_blocks(n, [&](int q, int v) HWY_ATTR {
        transpose_out(
            d,
            [&](auto b, auto x, index r) HWY_ATTR {
              const index row = v * lanes + r, count = in_triangle(row, q, n);
              if (count > 0)
                hn::BlendedStore(x, hn::FirstN(b, static_cast<std::size_t>(count)), b,
                                 memory + planes * row * a.rs + q * per);
            },
            [&](int c) HWY_ATTR {
              const int number = q * per + c, plane = number % planes;
              const V x = t[plane][number / planes][v];
              return plane == 1 ? hn::Mul(x, im) : x;
            });
      });
    }
  }

  /// Adds the product of column c with the conjugate of its row e to the sums s of column e. The last product before
  /// the end of a tile or of column e is subtracted from the column: T(e) −= L(c)·conj L(e,c), after T(e) −= S(e).
  HWY_INLINE void eliminate(register_matrix& s, int c, int e) {
    constexpr int im = planes - 1;
    const V br = at(0, e, c), bi = at(im, e, c);
    for (int v = e / lanes; v < vectors; ++v) {
      V &re = s.t[0][e][v], &ii = s.t[im][e][v];
      if (e == c + 1 && e % tile<T>::nr != 0)
        subtract_product<T>(t[0][e][v], t[im][e][v], t[0][c][v], t[im][c][v], br, bi);
      else
        add_product<T>(re, ii, t[0][c][v], t[im][c][v], br, bi);
    }
  }
  /// Column e −= its sums, which are zero then.
  HWY_INLINE void subtract_sums(register_matrix& s, int e) {
    for (int q = 0; q < planes; ++q)
      for (int v = e / lanes; v < vectors; ++v) {
        t[q][e][v] = hn::Sub(t[q][e][v], s.t[q][e][v]);
        s.t[q][e][v] = hn::Zero(D());
      }
  }

  /// Returns false if the matrix is not positive definite.
  HWY_INLINE bool factor(index n) {
    using one = one_number<R>;
    const D d;
    const V rows = hn::Iota(d, R(0));
    const auto zero = hn::Zero(one()), infinity = hn::Set(one(), std::numeric_limits<R>::infinity());
    register_matrix s;
    for (auto& plane : s.t) {
      HWY_UNROLL(16)
      for (auto& c : plane)
        for (auto& v : c) v = hn::Zero(d);
    }
    next_pivot<one> pivot(first_part(at(0, 0, 0)));
    auto good = hn::Eq(zero, zero);
    HWY_UNROLL(16)
    for (int c = 0; c < ORDER; ++c) {
      if (c >= n) break;
      good = hn::And(good, hn::And(hn::Gt(pivot.exact, zero), hn::Lt(pivot.exact, infinity)));
      const auto by = pivot.make_divisor(/* starts = */ c % tile<T>::nr == 0);
      const bool last_in_tile = (c + 1) % tile<T>::nr == 0;
      if (c + 1 < ORDER && !last_in_tile) {
        subtract_sums(s, c + 1);
        pivot = next_pivot<one>(first_part(at(0, c + 1, c + 1)));
        for (int q = 0; q < planes; ++q) pivot.subtract(first_part(at(q, c + 1, c)), by);
      }
      const V root = hn::Set(d, hn::GetLane(by.root)), reciprocal = hn::Set(d, hn::GetLane(by.reciprocal));
      for (auto& plane : t)
        for (int v = c / lanes; v < vectors; ++v) plane[c][v] = divide(plane[c][v], root, reciprocal);
      HWY_UNROLL(16)
      for (int e = c + 1; e < ORDER; ++e) eliminate(s, c, e);
      if (leading_chunks<T>.end(c) == c + 1) {
        HWY_UNROLL(16)
        for (int e = c + 2; e < ORDER; ++e) subtract_sums(s, e);
      }
      if (c + 1 < ORDER && last_in_tile) {
        subtract_sums(s, c + 1);
        pivot = next_pivot<one>(first_part(at(0, c + 1, c + 1)));
      }
      const auto diagonal = hn::Eq(rows, hn::Set(d, static_cast<R>(c % lanes)));
      V& own = t[0][c][c / lanes];
      own = hn::IfThenElse(diagonal, root, own);
      if constexpr (is_complex<T>) t[1][c][0] = hn::IfThenElse(diagonal, hn::Zero(d), t[1][c][0]);
    }
    return hn::AllTrue(one(), good);
  }

 private:
  HWY_INLINE register_matrix() {}
};

/// Returns false, and writes nothing, if the matrix is too large, has no unit stride, or is not positive definite.
template <class T>
bool factor_in_registers(const strided<const T>& a, const strided<T>& out) {
  const auto unit = [](index rs, index cs) { return rs == 1 || cs == 1; };
  if (a.rows > (is_complex<T> ? 8 : 16) || !unit(a.rs, a.cs) || !unit(out.rs, out.cs)) return false;
  const auto run = [&](auto order) HWY_ATTR {
    register_matrix<T, decltype(order)::value> t(a);
    const bool good = t.factor(a.rows);
    if (good) t.store(out);
    return good;
  };
  if constexpr (!is_complex<T>)
    if (a.rows > 8) return run(std::integral_constant<int, 16>{});
  return run(std::integral_constant<int, 8>{});
}

#endif

/// The table entry; null for instruction sets where the kernel is not faster.
template <class T>
constexpr auto register_kernel() -> bool (*)(const strided<const T>&, const strided<T>&) {
#if HWY_TARGET <= HWY_AVX3
  return &factor_in_registers<T>;
#else
  return nullptr;
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
