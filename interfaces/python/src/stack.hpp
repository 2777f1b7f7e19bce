// From an array to the library's views. Batch dimensions are broadcast and folded into one. An array that no view can
// describe (neither stride of a matrix is one element, rows overlap, half precision, unaligned addresses) is copied.
#pragma once

#include <complex>
#include <memory>
#include <optional>
#include <posdef/posdef.hpp>
#include <vector>

#include "array.hpp"

namespace posdef::python {

/// A batch of rows × cols matrices in an array. Steps are bytes; shape and steps have `ndim` batch dimensions.
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

/// A stack as a view<T>: without a copy if a view can describe it, else through a copy.
template <class T>
class placed {
 public:
  /// `read`: the elements are read. `own`: make a copy for every layout.
  placed(const stack& s, bool read, bool own = false);
  placed(const placed&) = delete;

  const view<T>& where() const { return view_; }
  /// The copy, where `own` made one, as a stack. The result points into this object.
  stack copy();
  /// Writes the copy back, if there is one.
  void finish();

 private:
  bool place();

  stack stack_;
  view<T> view_;
  std::vector<T*> pointers_;
  std::vector<index> copy_steps_;
  std::unique_ptr<T[]> memory_;
};

}  // namespace posdef::python
