// Moves between memory and vectors: contiguous runs of elements, and blocks that are transposed in registers.
//
// A run is covered by whole vectors, of which the last one may overlap the one before. So an element may be moved
// twice, but nothing outside the run is read or written.
#if defined(POSDEF_MOVES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef POSDEF_MOVES_INL
#undef POSDEF_MOVES_INL
#else
#define POSDEF_MOVES_INL
#endif

#include "engine/cpu/tile-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

/// Calls step(d, i) so that the ranges [i, i + Lanes(d)) cover [0, count), in vectors of at most N lanes.
template <class R, int N, class F>
HWY_INLINE void cover(index count, const F& step) {
  const hn::FixedTag<R, N> d;
  if (count >= N) {
    index i = 0;
    for (; i + N <= count; i += N) step(d, i);
    if constexpr (N > 1)
      if (i < count) step(d, count - N);
    return;
  }
  if constexpr (N > 1) cover<R, N / 2>(count, step);
}

/// Copies a run of complex numbers to planes, with imaginary parts multiplied by `im`, or a run of real numbers.
template <class T>
HWY_INLINE void run_to_planes(index count, const T* from, real_type<T>* to, index plane, real_type<T> im) {
  using R = real_type<T>;
  const auto* numbers = reinterpret_cast<const R*>(from);
  cover<R, tile<T>::lanes>(count, [&](auto d, index i) HWY_ATTR {
    if constexpr (!is_complex<T>) {
      hn::StoreU(hn::LoadU(d, numbers + i), d, to + i);
    } else if constexpr (hn::MaxLanes(d) == 1) {
      to[i] = numbers[2 * i];
      to[i + plane] = im * numbers[2 * i + 1];
    } else {
      hn::Vec<decltype(d)> x, y;
      hn::LoadInterleaved2(d, numbers + 2 * i, x, y);
      hn::StoreU(x, d, to + i);
      hn::StoreU(hn::Mul(y, hn::Set(d, im)), d, to + i + plane);
    }
  });
}

template <class T>
HWY_INLINE void run_from_planes(index count, const real_type<T>* from, index plane, T* to, real_type<T> im) {
  using R = real_type<T>;
  auto* numbers = reinterpret_cast<R*>(to);
  cover<R, tile<T>::lanes>(count, [&](auto d, index i) HWY_ATTR {
    if constexpr (!is_complex<T>) {
      hn::StoreU(hn::LoadU(d, from + i), d, numbers + i);
    } else if constexpr (hn::MaxLanes(d) == 1) {
      numbers[2 * i] = from[i];
      numbers[2 * i + 1] = im * from[i + plane];
    } else {
      const auto y = hn::Mul(hn::LoadU(d, from + i + plane), hn::Set(d, im));
      hn::StoreInterleaved2(hn::LoadU(d, from + i), y, d, numbers + 2 * i);
    }
  });
}

// With AVX2 and AVX-512 a masked move accesses only the selected elements. On other targets Highway may emulate it with
// whole vectors. Masked stores are slow on some processors and are avoided where possible.
#if HWY_TARGET <= HWY_AVX2
/// The mask of lanes [first, last), clamped to the vector.
template <class D>
HWY_INLINE hn::Mask<D> lanes_between(D d, index first, index last) {
  const auto clamped = [](index i) { return static_cast<std::size_t>(std::clamp<index>(i, 0, hn::MaxLanes(D()))); };
  return hn::AndNot(hn::FirstN(d, clamped(first)), hn::FirstN(d, clamped(last)));
}
#endif

/// Loads a vector of elements into planes. For real types the imaginary part is unused.
template <class T>
HWY_INLINE void vector_of(const T* from, typename tile<T>::V& re, typename tile<T>::V& im) {
  const typename tile<T>::D d;
  const auto* numbers = reinterpret_cast<const real_type<T>*>(from);
  if constexpr (is_complex<T>)
    hn::LoadInterleaved2(d, numbers, re, im);
  else
    re = im = hn::LoadU(d, numbers);
}

#if HWY_TARGET <= HWY_AVX2
/// Loads lanes [first, last), the others are zero. Reads only these elements.
template <class T>
HWY_INLINE void some_of(const T* from, index first, index last, typename tile<T>::V& re, typename tile<T>::V& im) {
  const typename tile<T>::D d;
  const auto* numbers = reinterpret_cast<const real_type<T>*>(from);
  if constexpr (is_complex<T>) {
    constexpr index lanes = tile<T>::lanes;
    const auto low = hn::MaskedLoad(lanes_between(d, 2 * first, 2 * last), d, numbers);
    const auto high = hn::MaskedLoad(lanes_between(d, 2 * first - lanes, 2 * last - lanes), d, numbers + lanes);
    re = hn::ConcatEven(d, high, low);
    im = hn::ConcatOdd(d, high, low);
  } else {
    re = im = hn::MaskedLoad(lanes_between(d, first, last), d, numbers);
  }
}
#endif

/// Stores a vector in planes to memory.
template <class T>
HWY_INLINE void put_planes(typename tile<T>::V re, [[maybe_unused]] typename tile<T>::V im, real_type<T>* to,
                           [[maybe_unused]] index plane, [[maybe_unused]] real_type<T> sign) {
  const typename tile<T>::D d;
  hn::StoreU(re, d, to);
  if constexpr (is_complex<T>) hn::StoreU(hn::Mul(im, hn::Set(d, sign)), d, to + plane);
}

/// Copies a vector of elements to planes, and back.
template <class T>
HWY_INLINE void vector_to_planes(const T* from, real_type<T>* to, index plane, real_type<T> im) {
  typename tile<T>::V x, y;
  vector_of(from, x, y);
  put_planes<T>(x, y, to, plane, im);
}

template <class T>
HWY_INLINE void vector_from_planes(const real_type<T>* from, index plane, T* to, real_type<T> im) {
  const typename tile<T>::D d;
  auto* numbers = reinterpret_cast<real_type<T>*>(to);
  if constexpr (is_complex<T>)
    hn::StoreInterleaved2(hn::LoadU(d, from), hn::Mul(hn::LoadU(d, from + plane), hn::Set(d, im)), d, numbers);
  else
    hn::StoreU(hn::LoadU(d, from), d, numbers);
}

/// Copies lanes [first, last) of a vector of elements to planes; the others become zero. Reads only these elements.
template <class T>
HWY_INLINE void some_to_planes(const T* from, index first, index last, real_type<T>* to, index plane, real_type<T> im) {
#if HWY_TARGET <= HWY_AVX2
  typename tile<T>::V x, y;
  some_of(from, first, last, x, y);
  put_planes<T>(x, y, to, plane, im);
#else
  const typename tile<T>::D d;
  for (int q = 0; q < tile<T>::planes; ++q) hn::StoreU(hn::Zero(d), d, to + q * plane);
  run_to_planes(last - first, from + first, to + first, plane, im);
#endif
}

/// Copies lanes [first, last) back. Writes only these elements.
template <class T>
HWY_INLINE void some_from_planes(const real_type<T>* from, index plane, index first, index last, T* to,
                                 real_type<T> im) {
  run_from_planes(last - first, from + first, plane, to + first, im);
}

/// Numbers per 128-bit block, the unit of a transposition: this many rows form one block of columns.
template <class R>
inline constexpr int per_block = HWY_LANES(R) * sizeof(R) >= 16 ? static_cast<int>(16 / sizeof(R)) : 1;

// Vectors of one number need no transposition.
#if HWY_TARGET != HWY_SCALAR

/// Transposes the square of numbers in each 128-bit block. It is its own inverse.
template <class D, class V = hn::Vec<D>>
HWY_INLINE void transpose_blocks(D d, V* v) {
  using R = hn::TFromD<D>;
  if constexpr (per_block<R> == 2) {
    const V a = v[0];
    v[0] = hn::InterleaveLower(d, a, v[1]);
    v[1] = hn::InterleaveUpper(d, a, v[1]);
  } else if constexpr (per_block<R> == 4) {
    const V a = hn::InterleaveLower(d, v[0], v[2]), b = hn::InterleaveLower(d, v[1], v[3]);
    const V c = hn::InterleaveUpper(d, v[0], v[2]), e = hn::InterleaveUpper(d, v[1], v[3]);
    v[0] = hn::InterleaveLower(d, a, b);
    v[1] = hn::InterleaveUpper(d, a, b);
    v[2] = hn::InterleaveLower(d, c, e);
    v[3] = hn::InterleaveUpper(d, c, e);
  }
}

#if HWY_TARGET <= HWY_AVX2
/// Transposes as many vectors as a vector has lanes.
template <class D, class V = hn::Vec<D>>
HWY_INLINE void transpose_square(D d, V* v) {
  constexpr int lanes = hn::MaxLanes(d), per = per_block<hn::TFromD<D>>, blocks = lanes / per;
  V turned[blocks][per];
  HWY_UNROLL(4)
  for (int i = 0; i < per; ++i) {
    const V &a = v[i], &b = v[i + per];
    if constexpr (blocks == 2) {
      turned[0][i] = hn::ConcatLowerLower(d, b, a);
      turned[1][i] = hn::ConcatUpperUpper(d, b, a);
    } else {
      const V &c = v[i + 2 * per], &e = v[i + 3 * per];
      const V ac = hn::ConcatLowerLower(d, c, a), be = hn::ConcatLowerLower(d, e, b);
      const V ac2 = hn::ConcatUpperUpper(d, c, a), be2 = hn::ConcatUpperUpper(d, e, b);
      turned[0][i] = hn::OddEvenBlocks(hn::SwapAdjacentBlocks(be), ac);
      turned[1][i] = hn::OddEvenBlocks(be, hn::SwapAdjacentBlocks(ac));
      turned[2][i] = hn::OddEvenBlocks(hn::SwapAdjacentBlocks(be2), ac2);
      turned[3][i] = hn::OddEvenBlocks(be2, hn::SwapAdjacentBlocks(ac2));
    }
  }
  HWY_UNROLL(4)
  for (int b = 0; b < blocks; ++b) {
    transpose_blocks(d, turned[b]);
    HWY_UNROLL(4)
    for (int i = 0; i < per; ++i) v[b * per + i] = turned[b][i];
  }
}
#endif

/// Loads one block, by block(d, r), from each of the rows first, first + per_block, ... to fill a vector.
template <class D, class Block>
HWY_INLINE hn::Vec<D> load_blocks(D d, const Block& block, index first) {
  using R = hn::TFromD<D>;
  constexpr int lanes = hn::MaxLanes(d);
  if constexpr (lanes <= per_block<R>) {
    return block(d, first);
  } else {
    const hn::Half<D> half;
    return hn::Combine(d, load_blocks(half, block, first + lanes / 2), load_blocks(half, block, first));
  }
}

template <class D, class Block>
HWY_INLINE void store_blocks(D d, hn::Vec<D> v, const Block& block, index first) {
  using R = hn::TFromD<D>;
  constexpr int lanes = hn::MaxLanes(d);
  if constexpr (lanes <= per_block<R>) {
    block(d, v, first);
  } else {
    const hn::Half<D> half;
    store_blocks(half, hn::LowerHalf(half, v), block, first);
    store_blocks(half, hn::UpperHalf(half, v), block, first + lanes / 2);
  }
}

/// Reads a block of per_block numbers for every lane r with block(d, r). column(c, v) gets the vector of c-th numbers.
template <class D, class Block, class Column>
HWY_INLINE void transpose_in(D d, const Block& block, const Column& column) {
  constexpr int per = per_block<hn::TFromD<D>>;
  hn::Vec<D> v[per];
  for (int i = 0; i < per; ++i) v[i] = load_blocks(d, block, i);
  transpose_blocks(d, v);
  for (int c = 0; c < per; ++c) column(c, v[c]);
}

/// The inverse: lane r of the vector column(c) becomes number c of the block that block(d, v, r) writes.
template <class D, class Block, class Column>
HWY_INLINE void transpose_out(D d, const Block& block, const Column& column) {
  constexpr int per = per_block<hn::TFromD<D>>;
  hn::Vec<D> v[per];
  for (int c = 0; c < per; ++c) v[c] = column(c);
  transpose_blocks(d, v);
  for (int i = 0; i < per; ++i) store_blocks(d, v[i], block, i);
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
