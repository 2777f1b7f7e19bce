// The device view of a batch of blocks of one shape, by the address of the first element.
//
// It has the operations of `strided` (engine/strided.hpp), a device address instead of a pointer, and an additional
// stride between matrices. So algorithms run on both without changes.
#pragma once

#include <cstdint>

#include "engine/strided.hpp"

namespace posdef::internal::gpu {

/// A device address. On CUDA it is a pointer. On OpenCL it holds the buffer number in the upper bits and the byte
/// offset in the lower bits. On both an offset can be added.
using address = std::uintptr_t;

/// Element (i, j) of matrix b is (b·stride + i·rs + j·cs) elements after `at`, or its conjugate if `conj`.
template <class T>
struct matrices {
  address at = 0;
  index stride = 0;
  index rows = 0, cols = 0;
  index rs = 1, cs = 0;
  bool conj = false;

  matrices block(index i, index j, index m, index n) const { return {step(i, j), stride, m, n, rs, cs, conj}; }
  matrices lead(index k) const { return block(0, 0, k, k); }
  matrices columns(index j, index k) const { return block(0, j, rows, k); }
  matrices row_range(index i, index k) const { return block(i, 0, k, cols); }

  matrices t() const { return {at, stride, cols, rows, cs, rs, conj}; }
  matrices conjugated() const { return {at, stride, rows, cols, rs, cs, is_complex<T> && !conj}; }
  matrices h() const { return t().conjugated(); }
  matrices reversed() const {
    return {rows > 0 && cols > 0 ? step(rows - 1, cols - 1) : at, stride, rows, cols, -rs, -cs, conj};
  }
  matrices reversed_columns() const { return {cols > 0 ? step(0, cols - 1) : at, stride, rows, cols, rs, -cs, conj}; }
  matrices reversed_rows() const { return {rows > 0 ? step(rows - 1, 0) : at, stride, rows, cols, -rs, cs, conj}; }

 private:
  address step(index i, index j) const {
    return at + static_cast<address>(i * rs + j * cs) * static_cast<address>(sizeof(T));
  }
};

/// The batch of a problem whose pointers are device addresses.
template <class T>
auto on_device(const batch<T>& b) {
  using U = std::remove_const_t<T>;
  return matrices<U>{reinterpret_cast<address>(b.data), b.stride, b.rows, b.cols, b.rs, b.cs, b.conj};
}

}  // namespace posdef::internal::gpu
