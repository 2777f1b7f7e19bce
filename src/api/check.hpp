// Argument checks: everything that can be wrong with a call is found here, before anything is written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/strided.hpp"

namespace posdef::internal {

/// What a view says, without its type, for checks that need no element.
struct extent {
  const void* data;
  const void* const* pointers;
  index rows, cols, ld, batch, stride;
  layout order;
  index element;  ///< bytes

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
  index lead() const { return order == layout::col_major ? rows : cols; }  ///< elements in a run
  index runs() const { return order == layout::col_major ? cols : rows; }  ///< runs, ld apart
  index span() const { return empty() ? 0 : (runs() - 1) * ld + lead(); }  ///< elements from first to last

  /// One matrix about which there is nothing to say: sizes that no product of them overflows, a good ld, an address.
  /// Most calls have such, and for a tiny matrix the checks would take as long as the factorization.
  bool ordinary() const {
    constexpr index most = index{1} << 29;
    return batch == 1 && pointers == nullptr && data != nullptr && rows > 0 && cols > 0 && rows < most && cols < most &&
           ld >= lead() && ld < most && (order == layout::col_major || order == layout::row_major);
  }
};

/// The name of an argument, or of a member of it, put together only where an error needs it.
struct argument_name {
  std::string_view argument, member;
  argument_name(std::string_view a, std::string_view m = {}) : argument(a), member(m) {}
  argument_name(const char* a) : argument(a) {}
  std::string text() const;
};

/// The very same view?
inline bool identical(const extent& a, const extent& b) {
  return a.data == b.data && a.pointers == b.pointers && a.rows == b.rows && a.cols == b.cols && a.ld == b.ld &&
         a.batch == b.batch && a.stride == b.stride && a.order == b.order;
}

/// Sizes not negative, ld and pointers good, addresses within 63 bits.
void check_view(std::string_view function, std::string_view argument, const extent& v);
/// check_view, and as many rows as columns.
void check_any_square(std::string_view function, std::string_view argument, const extent& v);
inline void check_square(std::string_view function, std::string_view argument, const extent& v) {
  if (!v.ordinary() || v.rows != v.cols) check_any_square(function, argument, v);
}
/// No element of a written batch belongs to two of its matrices. (Arrays of pointers are the caller's to keep apart.)
void check_disjoint(std::string_view function, std::string_view argument, const extent& v);
/// `value` equals what another argument requires.
[[noreturn]] void refuse_unequal(std::string_view function, const argument_name& argument, index value,
                                 const argument_name& other, index expected);
inline void check_equal(std::string_view function, const argument_name& argument, index value,
                        const argument_name& other, index expected) {
  if (value != expected) [[unlikely]]
    refuse_unequal(function, argument, value, other, expected);
}
/// An array of results shares no byte with the matrices.
void check_all_apart(std::string_view function, std::string_view in_name, const extent& in, std::string_view out_name,
                     const void* out, index bytes);
inline void check_apart(std::string_view function, std::string_view in_name, const extent& in,
                        std::string_view out_name, const void* out, index bytes) {
  const auto a = reinterpret_cast<std::uintptr_t>(in.data), b = reinterpret_cast<std::uintptr_t>(out);
  const bool apart = in.ordinary() && (a + static_cast<std::uintptr_t>(in.span() * in.element) <= b ||
                                       b + static_cast<std::uintptr_t>(bytes) <= a);
  if (!apart) check_all_apart(function, in_name, in, out_name, out, bytes);
}
/// An input and an output are the same matrices in the same places (returns true) or share nothing (false). Where
/// arrays of pointers are involved, matrix b is compared with matrix b; the others are the caller's to keep apart.
bool check_aliasing(std::string_view function, std::string_view in_name, const extent& in, std::string_view out_name,
                    const extent& out);

}  // namespace posdef::internal
