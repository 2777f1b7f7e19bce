// Argument checks. All arguments of a call are checked before anything is written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/strided.hpp"

namespace posdef::internal {

/// A view without its element type, for checks that do not depend on it.
struct extent {
  const void* data;
  const void* const* pointers;
  index rows, cols, ld, batch, stride;
  layout order;
  index element;  ///< size of an element in bytes

  template <class T>
  explicit extent(const view<T>& v)
      : data(v.data),
        pointers(reinterpret_cast<const void* const*>(v.pointers)),
        rows(v.rows),
        cols(v.cols),
        ld(v.ld),
        batch(v.batch),
        stride(v.stride),
        order(v.order),
        element(sizeof(T)) {}

  index row_step() const { return order == layout::col_major ? 1 : ld; }
  index col_step() const { return order == layout::col_major ? ld : 1; }
  bool empty() const { return rows == 0 || cols == 0 || batch == 0; }
  index lead() const { return order == layout::col_major ? rows : cols; }  ///< contiguous elements per column or row
  index runs() const { return order == layout::col_major ? cols : rows; }  ///< number of columns or rows, ld apart
  index span() const { return empty() ? 0 : (runs() - 1) * ld + lead(); }  ///< elements from first to last

  /// True for one matrix with valid sizes, ld and address, small enough that no product of sizes overflows. This fast
  /// path covers most calls. For n <= compact_max the full checks would take as long as the factorization.
  bool ordinary() const {
    constexpr index most = index{1} << 29;
    return batch == 1 && pointers == nullptr && data != nullptr && rows > 0 && cols > 0 && rows < most && cols < most &&
           ld >= lead() && ld < most && (order == layout::col_major || order == layout::row_major);
  }
};

/// The name of an argument or of one of its members. The text is built only for an error.
struct argument_name {
  std::string_view argument, member;
  argument_name(std::string_view a, std::string_view m = {}) : argument(a), member(m) {}
  argument_name(const char* a) : argument(a) {}
  std::string text() const;
};

/// Whether two views are equal in all members.
inline bool identical(const extent& a, const extent& b) {
  return a.data == b.data && a.pointers == b.pointers && a.rows == b.rows && a.cols == b.cols && a.ld == b.ld &&
         a.batch == b.batch && a.stride == b.stride && a.order == b.order;
}

/// Checks that sizes are not negative, that ld and pointers are valid, and that addresses fit into 63 bits.
void check_view(std::string_view function, std::string_view argument, const extent& v);
/// check_view, and rows == cols.
void check_any_square(std::string_view function, std::string_view argument, const extent& v);
inline void check_square(std::string_view function, std::string_view argument, const extent& v) {
  if (!v.ordinary() || v.rows != v.cols) check_any_square(function, argument, v);
}
/// Checks that the matrices of a written batch do not overlap. Arrays of pointers are not checked.
void check_disjoint(std::string_view function, std::string_view argument, const extent& v);
/// Checks that `value` equals the value of another argument.
[[noreturn]] void refuse_unequal(std::string_view function, const argument_name& argument, index value,
                                 const argument_name& other, index expected);
inline void check_equal(std::string_view function, const argument_name& argument, index value,
                        const argument_name& other, index expected) {
  if (value != expected) [[unlikely]]
    refuse_unequal(function, argument, value, other, expected);
}
/// Checks that an array of results does not overlap the matrices.
void check_all_apart(std::string_view function, std::string_view in_name, const extent& in, std::string_view out_name,
                     const void* out, index bytes);
inline void check_apart(std::string_view function, std::string_view in_name, const extent& in,
                        std::string_view out_name, const void* out, index bytes) {
  const auto a = reinterpret_cast<std::uintptr_t>(in.data), b = reinterpret_cast<std::uintptr_t>(out);
  const bool apart = in.ordinary() && (a + static_cast<std::uintptr_t>(in.span() * in.element) <= b ||
                                       b + static_cast<std::uintptr_t>(bytes) <= a);
  if (!apart) check_all_apart(function, in_name, in, out_name, out, bytes);
}
/// Returns true if input and output are the same matrices in the same memory, false if they do not overlap. Throws
/// otherwise. For arrays of pointers only matrices with the same index are compared.
bool check_aliasing(std::string_view function, std::string_view in_name, const extent& in, std::string_view out_name,
                    const extent& out);

}  // namespace posdef::internal
