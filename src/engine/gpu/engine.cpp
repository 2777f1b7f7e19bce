#include "engine/gpu/engine.hpp"

#include <algorithm>

namespace posdef::internal::gpu {

namespace {

using int32 = std::int32_t;

/// Equals `view` in kernels/numbers.h.
struct kernel_view {
  index offset, stride, rows, cols, rs, cs;
  int32 conj, unused;
};
static_assert(sizeof(kernel_view) == 56);

/// The kernel arguments of a view: the buffer and the position in it.
template <class T>
struct placed {
  placed(const stream& s, const matrices<T>& m)
      : memory(argument::buffer(m.at & ~s.offset_bits())),
        view{static_cast<index>((m.at & s.offset_bits()) / sizeof(T)),
             m.stride,
             m.rows,
             m.cols,
             m.rs,
             m.cs,
             m.conj ? 1 : 0,
             0} {}
  argument memory;
  kernel_view view;
};

/// The kernel arguments of an array.
struct array {
  template <class V>
  static array of(const stream& s, address a) {
    return {argument::buffer(a & ~s.offset_bits()), static_cast<index>((a & s.offset_bits()) / sizeof(V))};
  }
  argument memory;
  index at;
};

array infos(const stream& s, address a) { return array::of<index>(s, a); }

constexpr index ceil_div(index a, index b) { return (a + b - 1) / b; }

}  // namespace

template <class T>
void engine<T>::factor(input a, output l, index first, bool zero, bool nan, index keep) {
  using layout = local_layout<T>;
  // The factor of conj(A) is conj(L).
  if (a.conj && l.conj) {
    a = a.conjugated();
    l = l.conjugated();
  }
  // Matrices with n <= 32 share a work-group; each gets as many items as rows, rounded up to a power of two.
  constexpr int small_items = 64, tile_items = 256;
  constexpr index small_order = 32;
  const bool small = a.rows <= small_order;
  int32 lanes = small ? static_cast<int32>(layout::step) : tile_items;
  while (lanes < a.rows && lanes < small_items) lanes *= 2;
  const int items = small ? small_items : tile_items, sharing = items / lanes;
  const placed<T> from(stream_, a), to(stream_, l);
  const array info = infos(stream_, info_), triangles = array::of<T>(stream_, scratch_);
  const int32 zero_flag = zero ? 1 : 0, nan_flag = nan ? 1 : 0;
  using arg = argument;
  stream_.launch(small ? kernel::potrf_small : kernel::potrf_tile, ceil_div(count_, sharing), items,
                 {from.memory, arg::value(from.view), to.memory, arg::value(to.view), info.memory, arg::value(info.at),
                  arg::value(count_), arg::value(first), arg::value(lanes), arg::value(zero_flag), arg::value(nan_flag),
                  triangles.memory, arg::value(triangles.at), arg::value(keep),
                  arg::local(layout::triangle_bytes(a.rows) * static_cast<std::size_t>(sharing))});
}

template <class T>
void engine<T>::potrf_unblocked(input a, output l, bool zero, bool nan) {
  factor(a, l, 0, zero, nan, 0);
}

template <class T>
index engine<T>::potrf_block(output a, index first) {
  factor(a, a, first, false, false, kept());
  return 0;
}

template <class T>
void engine<T>::potrf_tiles(output a) {
  using layout = local_layout<T>;
  a.conj = false;  // the factor of conj(A) is conj(L)
  const index down = tiles_down(blocking_, a.rows);
  const std::size_t counters = counter_bytes(down, count_);
  stream_.clear(scratch_, counters);
  const placed<T> to(stream_, a);
  const array info = infos(stream_, info_), state = array::of<int32>(stream_, scratch_),
              kept = array::of<T>(stream_, scratch_ + counters);
  using arg = argument;
  const index tiles = count_ * (down * (down + 1) / 2);
  const std::size_t local =
      std::max(layout::tiles_bytes(blocking_.block), tiles <= blocking_.spread ? blocking_.spread_bytes : 0);
  stream_.launch(kernel::potrf_tiles, tiles, layout::tile_items(blocking_.block, blocking_.side),
                 {to.memory, arg::value(to.view), info.memory, arg::value(info.at), arg::value(count_), state.memory,
                  arg::value(state.at), kept.memory, arg::value(kept.at), arg::local(local)});
}

template <class T>
void engine<T>::solve(input l, output b, bool unit, index kept) {
  if (b.rows == 0 || l.rows == 0) return;
  using layout = local_layout<T>;
  const placed<T> triangle(stream_, l), sides(stream_, b);
  const array info = infos(stream_, info_), triangles = array::of<T>(stream_, scratch_);
  const int32 unit_flag = unit ? 1 : 0, groups = static_cast<int32>(ceil_div(b.rows, layout::solve_rows));
  using arg = argument;
  stream_.launch(kernel::trsm_block, count_ * groups, layout::solve_items,
                 {triangle.memory, arg::value(triangle.view), sides.memory, arg::value(sides.view), info.memory,
                  arg::value(info.at), arg::value(concerned_), arg::value(unit_flag), arg::value(groups),
                  triangles.memory, arg::value(triangles.at), arg::value(kept)});
}

template <class T>
void engine<T>::gemm(int sign, input a, input b, output c, part which) {
  if (c.rows == 0 || c.cols == 0 || (a.cols == 0 && which != part::lower)) return;
  product(sign, a, b, c, which, {}, 0);
}

template <class T>
void engine<T>::herk_and_potrf_block(input a, output c, index next, index first) {
  product(-1, a, a.row_range(0, c.cols).h(), c, part::lower, c.lead(next), first);
}

/// C ← C + sign·A·B. `next`: empty, or the block at the start of C, which is then factored.
template <class T>
void engine<T>::product(int sign, input a, input b, output c, part which, output next, index first) {
  using layout = local_layout<T>;
  int32 lower = which == part::lower ? 1 : 0;
  // conj(C) += conj(A)·conj(B), and Cᵀ += Bᵀ·Aᵀ if this makes neighbouring items store to neighbouring addresses.
  if (c.conj) {
    a = a.conjugated();
    b = b.conjugated();
    c = c.conjugated();
  }
  if (std::abs(c.cs) < std::abs(c.rs)) {
    const input at = a.t();
    a = b.t();
    b = at;
    c = c.t();
    lower = -lower;
  }
  const placed<T> left(stream_, a), right(stream_, b.t()), to(stream_, c), block(stream_, next);
  const array info = infos(stream_, info_), triangles = array::of<T>(stream_, scratch_);
  // Large tiles compute faster; small tiles give more parallelism. The rounding is the same.
  const auto large_shape = layout::large_product(blocking_.side), small_shape = layout::small_product(blocking_.side);
  constexpr index deep = 128;
  const auto tiles = [&](const product_shape& s) { return ceil_div(c.rows, s.rows) * ceil_div(c.cols, s.cols); };
  const bool square = lower != 0 && c.rows == c.cols;  // half of the tiles have no work
  const bool large =
      count_ * tiles(large_shape) / (square ? 2 : 1) >= (a.cols >= deep ? blocking_.some : blocking_.many);
  const product_shape& shape = large ? large_shape : small_shape;
  const auto on_vectors = [](index k) { return k % layout::width == 0; };
  const index keep = next.rows > 0 ? kept() : 0;
  const int32 s = sign, wide = c.rs == 1 && on_vectors(c.cs) && on_vectors(c.stride) ? 1 : 0;
  using arg = argument;
  stream_.launch(large ? kernel::product_large : kernel::product_small, count_ * tiles(shape), shape.items,
                 {left.memory, arg::value(left.view), right.memory, arg::value(right.view), to.memory,
                  arg::value(to.view), info.memory, arg::value(info.at), arg::value(count_), arg::value(concerned_),
                  arg::value(s), arg::value(lower), arg::value(wide), arg::value(block.view), arg::value(first),
                  triangles.memory, arg::value(triangles.at), arg::value(keep)});
}

namespace {
constexpr int element_items = 64;                         // ELEMENT_ITEMS of elements.cl
constexpr index elements_of_a_group = 4 * element_items;  // times ELEMENTS_EACH of elements.cl
}  // namespace

template <class T>
void engine<T>::copy(int sign, input a, output b, part which, when w) {
  if (b.rows == 0 || b.cols == 0) return;
  const placed<T> from(stream_, a), to(stream_, b);
  const array info = infos(stream_, info_);
  const int32 s = sign, p = static_cast<int32>(which);
  using arg = argument;
  stream_.launch(kernel::copy_part, count_ * ceil_div(b.rows * b.cols, elements_of_a_group), element_items,
                 {from.memory, arg::value(from.view), to.memory, arg::value(to.view), info.memory, arg::value(info.at),
                  arg::value(w), arg::value(s), arg::value(p)});
}

template <class T>
void engine<T>::fill(output a, T x, part which, when w) {
  if (a.rows == 0 || a.cols == 0) return;
  const placed<T> to(stream_, a);
  const array info = infos(stream_, info_);
  const real re = std::real(x), im = std::imag(x);
  const int32 p = static_cast<int32>(which);
  using arg = argument;
  stream_.launch(kernel::fill_part, count_ * ceil_div(a.rows * a.cols, elements_of_a_group), element_items,
                 {to.memory, arg::value(to.view), info.memory, arg::value(info.at), arg::value(w), arg::value(re),
                  arg::value(im), arg::value(p)});
}

template <class T>
auto engine<T>::scratch(index k, index m, index n) const -> output {
  const index size = order_ * order_;
  return {scratch_ + static_cast<address>(k * count_ * size) * sizeof(T), size, m, n, 1, order_, false};
}

template <class T>
index engine<T>::check_diagonal(input l, bool positive) {
  const placed<T> triangle(stream_, l);
  const array info = infos(stream_, info_);
  const int32 flag = positive ? 1 : 0;
  using arg = argument;
  stream_.launch(kernel::check_diagonal, count_, element_items,
                 {triangle.memory, arg::value(triangle.view), info.memory, arg::value(info.at), arg::value(flag)});
  return 0;
}

template <class T>
void engine<T>::log_diagonal(input l, address value) {
  const placed<T> triangle(stream_, l);
  const array info = infos(stream_, info_), values = array::of<real>(stream_, value);
  using arg = argument;
  stream_.launch(kernel::log_diagonal, count_, element_items,
                 {triangle.memory, arg::value(triangle.view), values.memory, arg::value(values.at), info.memory,
                  arg::value(info.at)});
}

template class engine<float>;
template class engine<double>;
template class engine<std::complex<float>>;
template class engine<std::complex<double>>;

}  // namespace posdef::internal::gpu
