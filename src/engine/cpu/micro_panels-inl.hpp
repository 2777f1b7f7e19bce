// Packing from memory with any strides into micro-panels (see kernels.hpp), and unpacking.
//
// Along the caller's unit stride whole vectors are moved: columns directly, rows transposed in registers. Memory
// without a unit stride is moved element by element.
#if defined(POSDEF_MICRO_PANELS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef POSDEF_MICRO_PANELS_INL
#undef POSDEF_MICRO_PANELS_INL
#else
#define POSDEF_MICRO_PANELS_INL
#endif

#include "engine/cpu/moves-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace posdef::internal::cpu {
namespace HWY_NAMESPACE {

/// The address of element (i, j) in micro-panels. Its imaginary part is mr numbers further.
template <class T, class Number>
struct micro_panel_map {
  Number* w;
  index stride;
  HWY_INLINE Number* at(index i, index j) const {
    constexpr index mr = tile<T>::mr;
    return w + i / mr * stride + j * tile<T>::planes * mr + i % mr;
  }
};

/// The columns of a transposed block, and the column that its c-th numbers belong to: the same, or mirrored if the
/// caller's columns are in reverse order in memory. Counted in columns of numbers: a complex column is two.
template <class T>
inline constexpr index block_columns = per_block<real_type<T>> / tile<T>::planes;

template <class T>
HWY_INLINE index column_of(index c, bool backwards) {
  constexpr index planes = tile<T>::planes;
  return backwards ? (block_columns<T> - 1 - c / planes) * planes + c % planes : c;
}

/// Reverses the lanes of a vector of elements in planes.
template <class T>
HWY_INLINE void reverse_planes(real_type<T>* w, index plane) {
  const typename tile<T>::D d;
  for (index q = 0; q < tile<T>::planes; ++q) hn::StoreU(hn::Reverse(d, hn::LoadU(d, w + q * plane)), d, w + q * plane);
}

/// Packing: moves from the caller's block into micro-panels.
template <class T>
struct loading {
  using R = real_type<T>;
  strided<const T> a;
  micro_panel_map<T, R> micro_panels;
  R im;

  /// A vector of rows of a contiguous column; `backwards`: in descending memory order.
  HWY_INLINE void whole(const T* memory, R* micro_panel) const {
    vector_to_planes(memory, micro_panel, tile<T>::mr, im);
  }
  HWY_INLINE void whole_backwards(const T* memory, R* micro_panel) const {
    whole(memory - (tile<T>::lanes - 1), micro_panel);
    reverse_planes<T>(micro_panel, tile<T>::mr);
  }
  HWY_INLINE void some(const T* memory, R* micro_panel, index first, index last) const {
    some_to_planes(memory, first, last, micro_panel, tile<T>::mr, im);
  }
  /// Rows from i on, one per lane of D, of the columns from j on that one block holds.
  template <class D>
  HWY_INLINE void across(D d, index i, index j) const {
    R* const to = micro_panels.at(i, j);
    const T* const from = &a.at(i, a.cs == 1 ? j : j + block_columns<T> - 1);
    const bool backwards = a.cs != 1;
    transpose_in(
        d, [&](auto b, index r) HWY_ATTR { return hn::LoadU(b, reinterpret_cast<const R*>(from + r * a.rs)); },
        [&](int c, hn::Vec<D> v) HWY_ATTR {
          if (is_complex<T> && c % 2 == 1) v = hn::Mul(v, hn::Set(d, im));
          hn::StoreU(v, d, to + column_of<T>(c, backwards) * tile<T>::mr);
        });
  }
  HWY_INLINE void clear_vector(index i, index j) const {
    for (index q = 0; q < tile<T>::planes; ++q)
      std::fill_n(micro_panels.at(i, j) + q * tile<T>::mr, tile<T>::lanes, R(0));
  }
  HWY_INLINE void one(index i, index j) const {
    const auto* z = reinterpret_cast<const R*>(&a.at(i, j));
    R* const to = micro_panels.at(i, j);
    to[0] = z[0];
    if constexpr (is_complex<T>) to[tile<T>::mr] = im * z[1];
  }
};

/// Unpacking: moves from micro-panels into the caller's block.
template <class T>
struct storing {
  using R = real_type<T>;
  strided<T> a;
  micro_panel_map<T, const R> micro_panels;
  R im;

  HWY_INLINE void whole(T* memory, const R* micro_panel) const {
    vector_from_planes(micro_panel, tile<T>::mr, memory, im);
  }
  HWY_INLINE void whole_backwards(T* memory, const R* micro_panel) const {
    HWY_ALIGN R turned[tile<T>::planes * tile<T>::lanes];
    for (index q = 0; q < tile<T>::planes; ++q)
      std::copy_n(micro_panel + q * tile<T>::mr, tile<T>::lanes, turned + q * tile<T>::lanes);
    reverse_planes<T>(turned, tile<T>::lanes);
    vector_from_planes(turned, tile<T>::lanes, memory - (tile<T>::lanes - 1), im);
  }
  HWY_INLINE void some(T* memory, const R* micro_panel, index first, index last) const {
    some_from_planes(micro_panel, tile<T>::mr, first, last, memory, im);
  }
  template <class D>
  HWY_INLINE void across(D d, index i, index j) const {
    const R* const from = micro_panels.at(i, j);
    T* const to = &a.at(i, a.cs == 1 ? j : j + block_columns<T> - 1);
    const bool backwards = a.cs != 1;
    transpose_out(
        d, [&](auto b, auto v, index r) HWY_ATTR { hn::StoreU(v, b, reinterpret_cast<R*>(to + r * a.rs)); },
        [&](int c) HWY_ATTR {
          auto v = hn::LoadU(d, from + column_of<T>(c, backwards) * tile<T>::mr);
          if (is_complex<T> && c % 2 == 1) v = hn::Mul(v, hn::Set(d, im));
          return v;
        });
  }
  HWY_INLINE void clear_vector(index, index) const {}
  HWY_INLINE void one(index i, index j) const {
    auto* z = reinterpret_cast<R*>(&a.at(i, j));
    const R* const from = micro_panels.at(i, j);
    z[0] = from[0];
    if constexpr (is_complex<T>) z[1] = im * from[tile<T>::mr];
  }
};

/// Moves N rows from i on of the columns [j, j + count), along the rows.
template <class T, int N, class Move>
HWY_INLINE void move_rows(const Move& move, index i, index j, index count) {
  using R = real_type<T>;
  constexpr index columns = block_columns<T>;
  if constexpr (N * sizeof(R) >= 16 && columns > 0) {
    if (count >= columns) {
      const hn::FixedTag<R, N> d;
      index c = 0;
      for (; c + columns <= count; c += columns) move.across(d, i, j + c);
      if (c < count) move.across(d, i, j + count - columns);
      return;
    }
  }
  for (index c = 0; c < count; ++c)
    for (int r = 0; r < N; ++r) move.one(i + r, j + c);
}

/// Moves the lower triangle of order N at (i, i), along the rows.
template <class T, int N, class Move>
HWY_INLINE void move_triangle(const Move& move, index i, index columns) {
  if (i >= columns) return;
  if constexpr (N * sizeof(real_type<T>) > 16) {
    constexpr index half = N / 2;
    move_triangle<T, half>(move, i, columns);
    move_rows<T, half>(move, i + half, i, std::min(half, columns - i));
    move_triangle<T, half>(move, i + half, columns);
  } else {
    for (index r = 0; r < N; ++r)
      for (index c = 0; c <= r && i + c < columns; ++c) move.one(i + r, i + c);
  }
}

/// Moves rows [i, end) along the rows, in groups of N, then of fewer; `lower`: up to the diagonal.
template <class T, int N, class Move>
HWY_INLINE void move_row_groups(const Move& move, index i, index end, index columns, bool lower) {
  for (; i + N <= end; i += N) {
    move_rows<T, N>(move, i, 0, lower ? std::min(i, columns) : columns);
    if (lower) move_triangle<T, N>(move, i, columns);
  }
  if constexpr (N > 1) move_row_groups<T, N / 2>(move, i, end, columns, lower);
}

/// Moves rows [i + first, i + last) of column j, less than a vector. Packing sets the rest of the vector to zero.
template <class T, class Move>
HWY_INLINE void move_some(const Move& move, index i, index j, index first, index last) {
  if (move.a.rs == 1) return move.some(&move.a.at(i, j), move.micro_panels.at(i, j), first, last);
  move.clear_vector(i, j);
  for (index r = first; r < last; ++r) move.one(i + r, j);
}

/// Moves `rows` rows of the columns [j, last): MV vectors of one micro-panel, down the columns.
template <class T, int MV, class Move>
HWY_INLINE void move_columns(const Move& move, index i, index rows, index j, index last) {
  constexpr index lanes = tile<T>::lanes;
  auto* memory = &move.a.at(i, j);
  auto* micro_panel = move.micro_panels.at(i, j);
  const bool backwards = move.a.rs != 1;
  for (; j < last; ++j, memory += move.a.cs, micro_panel += tile<T>::planes * tile<T>::mr)
    for (int v = 0; v < MV; ++v) {
      if (v + 1 == MV && rows != MV * lanes)
        move_some<T>(move, i + v * lanes, j, 0, rows - v * lanes);
      else if (backwards)
        move.whole_backwards(memory - v * lanes, micro_panel + v * lanes);
      else
        move.whole(memory + v * lanes, micro_panel + v * lanes);
    }
}

/// Moves the rows [i, end) of a micro-panel, down the columns; `lower`: from the diagonal on.
template <class T, class Move>
HWY_INLINE void move_micro_panel(const Move& move, index i, index end, bool lower) {
  constexpr index lanes = tile<T>::lanes;
  const index cols = move.a.cols;
  with_vectors<T>(end - i, [&](auto mv) HWY_ATTR {
    move_columns<T, decltype(mv)::value>(move, i, end - i, 0, lower ? std::min(i, cols) : cols);
  });
  // The triangle, a vector of rows at a time.
  for (index r = i; lower && r < end; r += lanes) {
    const index rows = std::min(lanes, end - r);
    move_columns<T, 1>(move, r, rows, i, std::min(r, cols));
    for (index j = r; j < std::min(r + rows, cols); ++j) move_some<T>(move, r, j, j - r, rows);
  }
}

template <class T, class Move>
HWY_INLINE void move_block(const Move& move, bool lower) {
  constexpr index mr = tile<T>::mr;
  const index rows = move.a.rows, cols = move.a.cols;
  for (index i = 0; i < rows; i += mr) {
    const index end = std::min(i + mr, rows);
    if (move.a.rs == 1 || move.a.rs == -1) {
      move_micro_panel<T>(move, i, end, lower);
    } else if (move.a.cs == 1 || move.a.cs == -1) {
      move_row_groups<T, tile<T>::lanes>(move, i, end, cols, lower);
    } else {
      for (index j = 0; j < cols; ++j)
        for (index r = lower ? std::max(i, j) : i; r < end; ++r) move.one(r, j);
    }
  }
}

/// Sets column j to zero in the group of `pad` rows that contains row i.
template <class T>
HWY_INLINE void clear(const micro_panel_map<T, real_type<T>>& micro_panels, index i, index j) {
  const typename tile<T>::D d;
  auto* to = micro_panels.at(i / tile<T>::pad * tile<T>::pad, j);
  for (index q = 0; q < tile<T>::planes; ++q)
    for (index v = 0; v < tile<T>::pad; v += tile<T>::lanes) hn::StoreU(hn::Zero(d), d, to + q * tile<T>::mr + v);
}

template <class T>
void pack(strided<const T> a, bool lower, real_type<T>* w, index stride) {
  using R = real_type<T>;
  const loading<T> move{a, {w, stride}, a.conj ? R(-1) : R(1)};
  // The padding is set so that nothing overflows or divides by zero there: zeros after the last row and above the
  // diagonal in a vector that crosses it, and columns of the identity after the last column. Moves down the columns set
  // the rest of their own vectors.
  const bool down = a.rs == 1 || a.rs == -1;
  if (a.rows % tile<T>::pad != 0 && (!down || tile<T>::pad > tile<T>::lanes))
    for (index j = 0; j < a.cols; ++j) clear<T>(move.micro_panels, a.rows, j);
  if (lower && (!down || tile<T>::pad > tile<T>::lanes))
    for (index j = 0; j < std::min(a.rows, a.cols); ++j) clear<T>(move.micro_panels, j, j);
  for (index j = a.cols; j % tile<T>::nr != 0; ++j) {
    for (index i = 0; i < a.rows; i += tile<T>::pad) clear<T>(move.micro_panels, i, j);
    if (lower && a.rows == a.cols) *move.micro_panels.at(j, j) = R(1);
  }
  move_block<T>(move, lower);
}

template <class T>
void unpack(const real_type<T>* w, index stride, strided<T> a, bool lower) {
  using R = real_type<T>;
  move_block<T>(storing<T>{a, {w, stride}, a.conj ? R(-1) : R(1)}, lower);
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::internal::cpu
HWY_AFTER_NAMESPACE();

#endif
