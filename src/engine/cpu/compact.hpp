// The CPU engine for compact batches: as many matrices as a vector has lanes are one block.
//
// A compact batch holds matrix r in lane r: element (i, j) is `lanes` real parts, then `lanes` imaginary parts. This is
// the memory of `lanes` elements, so a compact batch is an ordinary view whose strides are multiples of `lanes`. The
// algorithms transpose, reverse and conjugate it as usual. It has the layout and the conjugation of the caller's
// matrices.
#pragma once

#include <cstddef>

#include "engine/cpu/kernels.hpp"
#include "engine/engine.hpp"

namespace posdef::internal::cpu {

template <class T>
class compact_engine {
 public:
  using value_type = T;
  using R = real_type<T>;
  using input = strided<const T>;
  using output = strided<T>;

  static constexpr index sides_at_once = 8;  ///< right-hand sides per compact batch
  /// The bytes of workspace for matrices of order n with nrhs right-hand sides.
  static std::size_t bytes(const kernels<T>& k, index n, index nrhs);
  compact_engine(const kernels<T>& k, std::byte* memory, index n);

  /// An empty compact batch for triangles or right-hand sides of this shape.
  output triangle(const input& like) { return finite_ = true, place(triangle_, like); }
  output sides(const input& like) const { return place(sides_, like); }

  /// Copies matrices first, first + 1, ... of a batch, at most `lanes`, from column `column` on. Unused lanes hold
  /// copies of the last matrix; they compute and store the same result.
  void to_compact(const batch<const T>& from, index first, index count, output to, part which, index column = 0) const;
  void from_compact(output from, const batch<T>& to, index first, index count, part which, index column = 0) const;

  /// Whether all diagonal elements have usable reciprocals; if `positive`, they must also be positive and real.
  bool divides(input l, bool positive);
  /// Whether the inverse in the last `triangle` is finite. If not, the result is invalid.
  bool finite() const { return finite_; }

  void trsm_block(input l, output b, bool unit);
  void invert_block(output l, bool unit);
  void square_block(output l);
  void copy(int sign, input a, output b, part which) const;
  void fill(output a, T x, part which) const;

 private:
  output place(T* at, const input& like) const;
  /// Computes the reciprocals for a solve with L.
  void prepare(input l, bool unit);

  const kernels<T>& k_;
  R* inverse_;
  T *triangle_, *sides_;
  bool real_ = true;  ///< all reciprocals in inverse_ are real
  bool finite_ = true;
};

}  // namespace posdef::internal::cpu
