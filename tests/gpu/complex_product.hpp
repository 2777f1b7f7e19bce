// Complex products from real ones, for a device that has only real products.
//
// A complex matrix in memory is two real ones with twice the strides: the real parts, and the imaginary parts one
// number later. With A = A' + i·A" and so on,
//
//   C' ← C' + A'·B' − A"·B",      C" ← C" + A'·B" + A"·B',
//
// four real products through views, without a copy. Conjugation of an operand changes the sign of the products with its
// imaginary part. The error is that of a complex product. The cost is four real products, as for any complex product
// that does not trade accuracy for speed.
#pragma once

#include "engine/engine.hpp"
#include "engine/gpu/matrices.hpp"

namespace posdef::internal {

/// The real (0) or imaginary (1) parts of a complex view, as stored in memory.
template <class R>
strided<R> plane(const strided<std::complex<R>>& a, int which) {
  return {reinterpret_cast<R*>(a.p) + which, a.rows, a.cols, 2 * a.rs, 2 * a.cs, false};
}
template <class R>
strided<const R> plane(const strided<const std::complex<R>>& a, int which) {
  return {reinterpret_cast<const R*>(a.p) + which, a.rows, a.cols, 2 * a.rs, 2 * a.cs, false};
}
template <class R>
gpu::matrices<R> plane(const gpu::matrices<std::complex<R>>& a, int which) {
  return {a.at + static_cast<gpu::address>(which) * sizeof(R), 2 * a.stride, a.rows, a.cols, 2 * a.rs, 2 * a.cs, false};
}

/// C ← C + sign·A·B on complex views, by the products of the real engine `e`. With part::lower as gemm of the contract.
template <class RealEngine, class In, class Out>
void gemm_of_planes(RealEngine& e, int sign, const In& a, const In& b, Out c, part which) {
  using R = typename RealEngine::value_type;
  // conj(C) + conj(A)·conj(B) is the same product.
  const int sa = a.conj != c.conj ? -1 : 1, sb = b.conj != c.conj ? -1 : 1;
  const auto real = plane(c, 0), imaginary = plane(c, 1);
  e.gemm(sign, plane(a, 0), plane(b, 0), real, which);
  e.gemm(-sign * sa * sb, plane(a, 1), plane(b, 1), real, which);
  e.gemm(sign * sb, plane(a, 0), plane(b, 1), imaginary, which);
  e.gemm(sign * sa, plane(a, 1), plane(b, 0), imaginary, which);
  if (which == part::lower) e.fill(imaginary, R(0), part::diagonal);
}

}  // namespace posdef::internal
