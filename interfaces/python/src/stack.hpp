// From an array to the views that the library takes: batch dimensions are broadcast and folded into one, and what no
// view can describe (neither stride of a matrix is one element, rows that overlap, half precision, odd addresses) is
// copied into memory that can be, and back.
#pragma once

#include <complex>
#include <memory>
#include <optional>
#include <posdef/posdef.hpp>
#include <vector>

#include "array.hpp"

namespace posdef::python {

/// A batch of rows × cols matrices somewhere in an array. Steps are bytes; the first `ndim` belong to the batch.
struct stack {
  std::byte* data = nullptr;
  dtype type = dtype::f32;
  index rows = 0, cols = 0, row_step = 0, col_step = 0;
  int ndim = 0;
  const index* shape = nullptr;
  const index* steps = nullptr;

  index count() const;
  bool empty() const { return rows == 0 || cols == 0 || count() == 0; }
};

/// The matrices in the last two dimensions of `a`, or the columns in its last one.
stack matrices(const array& a);
stack columns(const array& a);

/// One set of batch dimensions for several stacks, by NumPy's rules: missing and one-element dimensions repeat.
class broadcast {
 public:
  /// ValueError if the shapes do not agree.
  broadcast(const stack& a, const stack& b, const char* function);
  const std::vector<index>& shape() const { return shape_; }
  /// `s` with these batch dimensions. The result points into this object.
  stack of(const stack& s);

 private:
  std::vector<index> shape_;
  std::vector<std::unique_ptr<index[]>> steps_;
};

/// A stack as a view<T>, without a copy if a view can describe it, else by way of memory of its own.
template <class T>
class placed {
 public:
  /// `read`: what stands there matters. `own`: work on a copy whatever the layout.
  placed(const stack& s, bool read, bool own = false);
  placed(const placed&) = delete;

  const view<T>& where() const { return view_; }
  /// Writes a copy back to where it came from.
  void finish();

 private:
  bool place();

  stack stack_;
  view<T> view_;
  std::vector<T*> pointers_;
  std::unique_ptr<T[]> memory_;
};

}  // namespace posdef::python
