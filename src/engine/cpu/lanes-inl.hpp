// Packs: the numbers of as many matrices as a vector has lanes, matrix r in lane r. Element (i, j) of all of them is a
// vector of real parts and, if they are complex, a vector of imaginary parts behind it.
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

/// Element (i, j) of a pack lies at w + i*rs + j*cs.
template <class R>
struct compact_numbers {
  R* w;
  index rs, cs;
  HWY_INLINE R* at(index i, index j) const { return w + i * rs + j * cs; }
};

/// ROWS × COLS elements of a pack, in registers.
template <class T, int ROWS, int COLS>
struct compact_tile {
  using V = typename tile<T>::V;
  V re[ROWS][COLS], im[ROWS][COLS];

  /// Element (r, c) −= x·conj y.
  HWY_INLINE void subtract(int r, int c, V xr, V xi, V yr, V yi) {
    subtract_product<T>(re[r][c], im[r][c], xr, xi, yr, yi);
  }

  /// Of a real element there is none, and nobody looks at what is returned.
  HWY_INLINE V imaginary(int r, int c) const {
    if constexpr (is_complex<T>)
      return im[r][c];
    else
      return re[r][c];
  }
};

/// Between the memory of as many matrices as there are lanes and a pack: all of each, or a part of square ones, along
/// the caller's shorter step, imaginary parts with the other sign if `conj`. `a` has their shape and strides, at[r] is
/// the first number of matrix r. Blocks of a run move for all matrices at once and are transposed on the way; the last
/// one may overlap the one before it.
template <class T, bool IN, class Number>
HWY_INLINE void move_compact(const strided<T>& a, part which, bool conj, Number* const* at,
                             const compact_numbers<real_type<T>>& numbers) {
  using R = real_type<T>;
  constexpr index lanes = tile<T>::lanes, planes = tile<T>::planes;
  constexpr index per = per_block<R> / planes;  // elements in a block
  // Matrices may lie a power of two apart, in the same set of the cache, which holds eight lines or more.
  constexpr int group = lanes < 8 ? static_cast<int>(lanes) : 8;
  const hn::FixedTag<R, group> d;
  const auto im = hn::Set(d, conj ? R(-1) : R(1));
  const bool down = (a.rs < 0 ? -a.rs : a.rs) <= (a.cs < 0 ? -a.cs : a.cs);
  const index s = down ? a.rs : a.cs;                 // from element to element, with the caller ...
  const index step = down ? numbers.rs : numbers.cs;  // ... and in the pack
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
      // The numbers from element `e` on, all of a block or the first of them.
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
          // Masked moves touch nothing but what they move: so it is with these instruction sets.
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
