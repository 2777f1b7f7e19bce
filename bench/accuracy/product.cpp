#include "accuracy/product.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "accuracy/product.cpp"
// Vectors of SVE have no size at compile time, so they cannot be members.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#include "hwy/foreach_target.h"
// After foreach_target, as Highway requires.
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace posdef::bench {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using numbers = hn::CappedTag<double, strips::height>;
using vec = hn::Vec<numbers>;

#if !HWY_NATIVE_FMA
// The upper half of the digits: products of halves are exact.
vec upper_half(vec a) {
  const vec c = hn::Mul(a, hn::Set(numbers(), 134217729.0));  // 2^27 + 1
  return hn::Sub(c, hn::Sub(c, a));
}
#endif

// a·b − p for p = a·b rounded: a number of double precision.
HWY_INLINE vec product_error(vec a, vec b, vec p) {
#if HWY_NATIVE_FMA
  return hn::MulSub(a, b, p);
#else
  const vec ah = upper_half(a), al = hn::Sub(a, ah), bh = upper_half(b), bl = hn::Sub(b, bh);
  const vec first = hn::Sub(hn::Mul(ah, bh), p);
  return hn::Add(hn::Add(hn::Add(first, hn::Mul(ah, bl)), hn::Mul(al, bh)), hn::Mul(al, bl));
#endif
}

// One vector of sums.
struct sum {
  vec hi, lo;
};

// Adds p·q.
template <precision P>
HWY_INLINE void add(sum& s, vec p, vec p_lo, vec q, vec q_lo) {
  if constexpr (P == precision::plain) {
    s.hi = hn::MulAdd(p, q, s.hi);
  } else {
    const vec product = hn::Mul(p, q);
    vec error = product_error(p, q, product);
    const vec total = hn::Add(s.hi, product), added = hn::Sub(total, s.hi);
    const vec lost = hn::Add(hn::Sub(s.hi, hn::Sub(total, added)), hn::Sub(product, added));
    if constexpr (P == precision::extended) error = hn::MulAdd(p, q_lo, hn::MulAdd(p_lo, q, error));
    s.hi = total;
    s.lo = hn::Add(s.lo, hn::Add(error, lost));
  }
}

// One vector of rows × `Columns` columns, both planes.
template <precision P, int Planes, int Columns>
HWY_INLINE void multiply_rows(const double* p, const double* p_lo, const double* q, const double* q_lo,
                              std::int64_t depth, std::int64_t column, std::int64_t row, product_tile& out) {
  constexpr bool extended = P == precision::extended;
  const numbers d;
  sum s[Planes][Columns];
  for (auto& plane : s) {
    for (sum& x : plane) x = {hn::Zero(d), hn::Zero(d)};
  }
  const vec zero = hn::Zero(d);
  for (std::int64_t k = 0; k < depth; ++k) {
    vec a[Planes], a_lo[Planes];
    for (int h = 0; h < Planes; ++h) {
      a[h] = hn::Load(d, p + (k * Planes + h) * strips::height);
      a_lo[h] = extended ? hn::Load(d, p_lo + (k * Planes + h) * strips::height) : zero;
    }
    for (int c = 0; c < Columns; ++c) {
      const auto of = [&](const double* from, int h) {
        return hn::Set(d, from[(k * Planes + h) * strips::height + column + c]);
      };
      const vec re = of(q, 0), re_lo = extended ? of(q_lo, 0) : zero;
      add<P>(s[0][c], a[0], a_lo[0], re, re_lo);
      if constexpr (Planes == 2) {
        const vec im = of(q, 1), im_lo = extended ? of(q_lo, 1) : zero;
        add<P>(s[0][c], a[1], a_lo[1], im, im_lo);
        add<P>(s[1][c], a[1], a_lo[1], re, re_lo);
        add<P>(s[1][c], a[0], a_lo[0], hn::Neg(im), hn::Neg(im_lo));
      }
    }
  }
  for (int h = 0; h < Planes; ++h) {
    for (int c = 0; c < Columns; ++c) {
      hn::Store(s[h][c].hi, d, &out.hi[h][column % tile_columns + c][row]);
      hn::Store(s[h][c].lo, d, &out.lo[h][column % tile_columns + c][row]);
    }
  }
}

template <precision P, int Planes>
void multiply_tile(const strips& p, std::int64_t i, const strips& q, std::int64_t j, std::int64_t depth,
                   product_tile& out) {
  constexpr int columns = Planes == 1 ? 4 : 2;  // as many sums as registers can hold
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(numbers()));
  for (std::int64_t row = 0; row < strips::height; row += lanes) {
    for (std::int64_t c = 0; c < tile_columns; c += columns) {
      multiply_rows<P, Planes, columns>(p.hi(i) + row, p.lo(i) + row, q.hi(j), q.lo(j), depth, j % strips::height + c,
                                        row, out);
    }
  }
}

template <int Planes>
void multiply_planes(const strips& p, std::int64_t i, const strips& q, std::int64_t j, std::int64_t depth,
                     product_tile& out) {
  switch (p.kind()) {
    case precision::plain: return multiply_tile<precision::plain, Planes>(p, i, q, j, depth, out);
    case precision::doubled: return multiply_tile<precision::doubled, Planes>(p, i, q, j, depth, out);
    default: return multiply_tile<precision::extended, Planes>(p, i, q, j, depth, out);
  }
}

void multiply_here(const strips& p, std::int64_t i, const strips& q, std::int64_t j, std::int64_t depth,
                   product_tile& out) {
  p.planes() == 1 ? multiply_planes<1>(p, i, q, j, depth, out) : multiply_planes<2>(p, i, q, j, depth, out);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace posdef::bench
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace posdef::bench {

HWY_EXPORT(multiply_here);

strips::strips(std::int64_t rows, std::int64_t depth, bool is_complex, precision p)
    : rows_(rows), depth_(depth), planes_(is_complex ? 2 : 1), precision_(p) {
  const std::int64_t size = (rows + height - 1) / height * height * depth * planes_;
  hi_ = tools::buffer<double>(size);
  if (p == precision::extended) lo_ = tools::buffer<double>(size);
}

complex_double_double strips::get(std::int64_t i, std::int64_t k) const {
  const auto part = [this](std::int64_t at) {
    return double_double(hi_.data()[at], precision_ == precision::extended ? lo_.data()[at] : 0);
  };
  const std::int64_t at = place(i, k);
  return {part(at), planes_ == 2 ? part(at + height) : double_double()};
}

void strips::set(std::int64_t i, std::int64_t k, complex_double_double value) {
  const auto part = [this](std::int64_t at, double_double x) {
    hi_.data()[at] = x.hi;
    if (precision_ == precision::extended) lo_.data()[at] = x.lo;
  };
  const std::int64_t at = place(i, k);
  part(at, value.re);
  if (planes_ == 2) part(at + height, value.im);
}

void multiply(const strips& p, std::int64_t i, const strips& q, std::int64_t j, std::int64_t depth, product_tile& out) {
  if (p.planes() == 1) out = {};
  HWY_DYNAMIC_DISPATCH(multiply_here)(p, i, q, j, depth, out);
}

}  // namespace posdef::bench
#endif
