// Compact batches: one matrix per vector lane, matrix r in lane r. Element (i, j) of all matrices is a vector of real
// parts, for complex types followed by a vector of imaginary parts.
#if defined(POSDEF_LANES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef POSDEF_LANES_INL
#undef POSDEF_LANES_INL
#else
#define POSDEF_LANES_INL
#endif

#include "engine/cpu/moves-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

/// The number of columns before column j whose products are summed; the product with the remaining one, if any, is
/// subtracted alone.
template <class T>
constexpr index summed(index j) {
  return j % tile<T>::nr == 0 ? j : j - 1;
}

/// Element (i, j) of a compact batch is at w + i*rs + j*cs.
template <class R>
struct compact_numbers {
  R* w;
  index rs, cs;
  HWY_INLINE R* at(index i, index j) const { return w + i * rs + j * cs; }
};

/// ROWS × COLS elements of a compact batch, in registers.
template <class T, int ROWS, int COLS>
struct compact_tile {
  using V = typename tile<T>::V;
  V re[ROWS][COLS], im[ROWS][COLS];

  /// Element (r, c) −= x·conj y.
  HWY_INLINE void subtract(int r, int c, V xr, V xi, V yr, V yi) {
    subtract_product<T>(re[r][c], im[r][c], xr, xi, yr, yi);
  }

  /// Element (r, c) += x·conj y.
  HWY_INLINE void add(int r, int c, V xr, V xi, V yr, V yi) { add_product<T>(re[r][c], im[r][c], xr, xi, yr, yi); }

  HWY_INLINE void set_zero() {
    for (int r = 0; r < ROWS; ++r)
      for (int c = 0; c < COLS; ++c) re[r][c] = im[r][c] = hn::Zero(typename tile<T>::D());
  }

  /// The imaginary part. For real types an unused value.
  HWY_INLINE V imaginary(int r, int c) const {
    if constexpr (is_complex<T>)
      return im[r][c];
    else
      return re[r][c];
  }
};

/// Copies as many matrices as there are lanes to a compact batch, or back: whole matrices, or a part of square ones.
/// Runs along the caller's smaller stride. Negates imaginary parts if `conj`. `a` has the shape and strides, at[r] is
/// the first number of matrix r. A block of a run is moved for all matrices at once and transposed in registers. The
/// last block may overlap the one before it.
template <class T, bool IN, class Number>
HWY_INLINE void move_compact(const strided<T>& a, part which, bool conj, Number* const* at,
                             const compact_numbers<real_type<T>>& numbers) {
  using R = real_type<T>;
  constexpr index lanes = tile<T>::lanes, planes = tile<T>::planes;
  constexpr index per = per_block<R> / planes;  // elements per block
  // Matrices may be a power of two apart, in one cache set, which has at least eight ways.
  constexpr int group = lanes < 8 ? static_cast<int>(lanes) : 8;
  const hn::FixedTag<R, group> d;
  const auto im = hn::Set(d, conj ? R(-1) : R(1));
  const bool down = (a.rs < 0 ? -a.rs : a.rs) <= (a.cs < 0 ? -a.cs : a.cs);
  const index s = down ? a.rs : a.cs;                 // element stride in the caller's memory
  const index step = down ? numbers.rs : numbers.cs;  // element stride in the compact batch
  const index runs = down ? a.cols : a.rows, length = down ? a.rows : a.cols;
  for (index o = 0; o < runs; ++o) {
    index begin = 0, end = length;
    if (which != part::full && down) begin = which == part::lower ? o : o + 1;
    if (which != part::full && !down) end = which == part::lower ? o + 1 : o;
    const index count = end - begin;
    const index from = planes * (down ? begin * a.rs + o * a.cs : o * a.rs + begin * a.cs);
    R* const to = down ? numbers.at(begin, o) : numbers.at(o, begin);
    index e = 0;
    if constexpr (per_block < R >> 1) {
      // Moves `wanted` numbers from element `first` on, at most a block.
      const auto block = [&](index lane, index first, auto load, auto store, int wanted) HWY_ATTR {
        const auto place = [&](int c) { return to + (first + c / planes) * step + c % planes * lanes + lane; };
        const auto sign = [&](int c, auto v) HWY_ATTR { return is_complex<T> && c % 2 == 1 ? hn::Mul(v, im) : v; };
        const auto memory = [&](index r) { return at[lane + r] + from + planes * first; };
        if constexpr (IN)
          transpose_in(
              d, [&](auto b, index r) HWY_ATTR { return load(b, memory(r)); },
              [&](int c, auto v) HWY_ATTR {
                if (c < wanted) hn::Store(sign(c, v), d, place(c));
              });
        else
          transpose_out(
              d, [&](auto b, auto v, index r) HWY_ATTR { store(b, v, memory(r)); },
              [&](int c) HWY_ATTR { return sign(c, hn::Load(d, place(c < wanted ? c : 0))); });
      };
      if (s == 1) {
        const auto load = [](auto b, Number* p) HWY_ATTR { return hn::LoadU(b, p); };
        const auto store = [](auto b, auto v, Number* p) HWY_ATTR {
          if constexpr (!IN) hn::StoreU(v, b, p);
        };
        for (index lane = 0; lane < lanes; lane += group) {
          for (e = 0; e + per <= count; e += per) block(lane, e, load, store, per_block<R>);
          if (e < count && count >= per) {
            block(lane, count - per, load, store, per_block<R>);
            e = count;
          }
#if HWY_TARGET <= HWY_AVX2
          // With these instruction sets masked moves access only the selected elements.
          if (e < count) {
            const int rest = static_cast<int>(planes * (count - e));
            const auto load_some = [&](auto b, Number* p)
                                       HWY_ATTR { return hn::MaskedLoad(hn::FirstN(b, rest), b, p); };
            const auto store_some = [&](auto b, auto v, Number* p) HWY_ATTR {
              if constexpr (!IN) hn::BlendedStore(v, hn::FirstN(b, rest), b, p);
            };
            block(lane, e, load_some, store_some, rest);
            e = count;
          }
#endif
        }
      }
    }
    for (; e < count; ++e)
      for (index r = 0; r < lanes; ++r) {
        Number* const z = at[r] + from + planes * e * s;
        R* const lane = to + e * step + r;
        for (index q = 0; q < planes; ++q) {
          const R sign = q == 1 && conj ? R(-1) : R(1);
          if constexpr (IN)
            lane[q * lanes] = sign * z[q];
          else
            z[q] = sign * lane[q * lanes];
        }
      }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
