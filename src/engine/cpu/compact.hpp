// The CPU engine for batches of tiny matrices: as many as a vector has lanes are one block, a *pack*.
//
// A pack holds matrix r in lane r: element (i, j) is `lanes` real parts, then `lanes` imaginary parts. That is the
// memory of `lanes` numbers, so a pack is an ordinary view whose strides are multiples of `lanes`, and the algorithms
// transpose, reverse and conjugate it like any other. It lies in memory as the caller's matrices do: the longer stride
// is the longer one here too, and it is conjugated if they are.
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

  static constexpr index sides_at_once = 8;  ///< right-hand sides in a pack
  /// What it works in, for matrices of order n with nrhs right-hand sides.
  static std::size_t bytes(const kernels<T>& k, index n, index nrhs);
  compact_engine(const kernels<T>& k, std::byte* memory, index n);

  /// An empty pack for triangles, or for right-hand sides, of this shape.
  output triangle(const input& like) { return finite_ = true, place(triangle_, like); }
  output sides(const input& like) const { return place(sides_, like); }

  /// Matrices first, first + 1, ... of a batch, at most `lanes` of them, from column `column` on. Lanes that are left
  /// over hold the last one again: computed and stored twice, it is the same.
  void to_compact(const batch<const T>& from, index first, index count, output to, part which, index column = 0) const;
  void from_compact(output from, const batch<T>& to, index first, index count, part which, index column = 0) const;

  /// Whether every diagonal may be multiplied by its reciprocals, and if so asked is that of a Cholesky factor.
  bool divides(input l, bool positive);
  /// Whether the numbers of the inverse in the last `triangle` are finite: if not, it is not to be used.
  bool finite() const { return finite_; }

  void trsm_block(input l, output b, bool unit);
  void invert_block(output l, bool unit);
  void square_block(output l);
  void copy(int sign, input a, output b, part which) const;
  void fill(output a, T x, part which) const;

 private:
  output place(T* at, const input& like) const;
  /// Reciprocals for a solve with L.
  void prepare(input l, bool unit);

  const kernels<T>& k_;
  R* inverse_;
  T *triangle_, *sides_;
  bool real_ = true;  ///< whether all reciprocals in inverse_ are
  bool finite_ = true;
};

}  // namespace posdef::internal::cpu
