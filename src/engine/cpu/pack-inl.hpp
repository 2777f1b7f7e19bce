// Between the caller's memory, with any strides, and the engine's own: strips for products, panels for blocks.
//
// Each loop runs along the caller's unit stride where there is one; the tests at the head of an element's way (complex,
// conjugated) are decided outside the loops.
#if defined(POSDEF_PACK_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef POSDEF_PACK_INL
#undef POSDEF_PACK_INL
#else
#define POSDEF_PACK_INL
#endif

#include "engine/cpu/tile-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

/// True if walking down a column of `a` is the shorter step in memory.
template <class T>
HWY_INLINE bool runs_down(const strided<T>& a) {
  return (a.rs < 0 ? -a.rs : a.rs) <= (a.cs < 0 ? -a.cs : a.cs);
}

/// Moves `count` elements between a caller's run (step s) and planes (step t), imaginary parts times `im`.
template <class T>
HWY_INLINE void gather_run(index count, const T* from, index s, real_type<T>* to, index t, index plane,
                           real_type<T> im) {
  for (index i = 0; i < count; ++i) {
    if constexpr (is_complex<T>) {
      const auto* z = reinterpret_cast<const real_type<T>*>(from + i * s);
      to[i * t] = z[0];
      to[i * t + plane] = im * z[1];
    } else {
      to[i * t] = from[i * s];
    }
  }
}

template <class T>
HWY_INLINE void scatter_run(index count, const real_type<T>* from, index t, index plane, T* to, index s,
                            real_type<T> im) {
  for (index i = 0; i < count; ++i) {
    if constexpr (is_complex<T>) {
      auto* z = reinterpret_cast<real_type<T>*>(to + i * s);
      z[0] = from[i * t];
      z[1] = im * from[i * t + plane];
    } else {
      to[i * s] = from[i * t];
    }
  }
}

template <class T>
void pack(strided<const T> a, index width, bool negate_imaginary, real_type<T>* to) {
  using R = real_type<T>;
  constexpr int planes = tile<T>::planes;
  const R im = negate_imaginary != a.conj ? R(-1) : R(1);
  const index step = planes * width;
  for (index i = 0; i < a.rows; i += width, to += step * a.cols) {
    const index m = std::min(width, a.rows - i);
    const T* from = a.p + i * a.rs;
    if (m < width) std::fill(to, to + step * a.cols, R(0));
    if (runs_down(a)) {
      // The common case spelled out: whole strips of unit stride become vector moves.
      if (a.rs == 1 && m == width)
        for (index j = 0; j < a.cols; ++j) gather_run(width, from + j * a.cs, 1, to + j * step, 1, width, im);
      else
        for (index j = 0; j < a.cols; ++j) gather_run(m, from + j * a.cs, a.rs, to + j * step, 1, width, im);
    } else {
      for (index j = 0; j < a.cols; j += 8)
        for (index r = 0; r < m; ++r)
          gather_run(std::min<index>(8, a.cols - j), from + r * a.rs + j * a.cs, a.cs, to + j * step + r, step, width,
                     im);
    }
  }
}

/// The run of row or column o of an m × n block that lies in `which`: [first, last).
struct run {
  index first, last;
};
HWY_INLINE run run_of(index o, index inner, part which, bool by_columns) {
  if (which == part::full) return {0, inner};
  const index strict = which == part::strict_lower ? 1 : 0;
  return by_columns ? run{std::min(o + strict, inner), inner} : run{0, std::min(o + 1 - strict, inner)};
}

template <class T>
void load(strided<const T> a, part which, real_type<T>* w, index ld) {
  using R = real_type<T>;
  const R im = a.conj ? R(-1) : R(1);
  const index step = tile<T>::planes * ld;
  for (index j = 0; j < a.cols; ++j)
    for (int q = 0; q < tile<T>::planes; ++q)
      std::fill(w + j * step + q * ld + a.rows, w + j * step + (q + 1) * ld, R(0));
  if (runs_down(a)) {
    for (index j = 0; j < a.cols; ++j) {
      const run r = run_of(j, a.rows, which, true);
      const T* from = a.p + r.first * a.rs + j * a.cs;
      R* to = w + j * step + r.first;
      if (a.rs == 1)
        gather_run(r.last - r.first, from, 1, to, 1, ld, im);
      else
        gather_run(r.last - r.first, from, a.rs, to, 1, ld, im);
    }
  } else {
    for (index i = 0; i < a.rows; ++i) {
      const run r = run_of(i, a.cols, which, false);
      gather_run(r.last - r.first, a.p + i * a.rs + r.first * a.cs, a.cs, w + r.first * step + i, step, ld, im);
    }
  }
}

template <class T>
void store(const real_type<T>* w, index ld, strided<T> a, part which) {
  using R = real_type<T>;
  const R im = a.conj ? R(-1) : R(1);
  const index step = tile<T>::planes * ld;
  if (runs_down(a)) {
    for (index j = 0; j < a.cols; ++j) {
      const run r = run_of(j, a.rows, which, true);
      T* to = a.p + r.first * a.rs + j * a.cs;
      const R* from = w + j * step + r.first;
      if (a.rs == 1)
        scatter_run(r.last - r.first, from, 1, ld, to, 1, im);
      else
        scatter_run(r.last - r.first, from, 1, ld, to, a.rs, im);
    }
  } else {
    for (index i = 0; i < a.rows; ++i) {
      const run r = run_of(i, a.cols, which, false);
      scatter_run(r.last - r.first, w + r.first * step + i, step, ld, a.p + i * a.rs + r.first * a.cs, a.cs, im);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
