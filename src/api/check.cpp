#include "api/check.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>

namespace posdef::internal {

namespace {

using std::string;
using std::string_view;

[[noreturn]] void bad(string_view function, string_view argument, string_view field, index value, const string& want) {
  throw invalid_argument(function, string(argument) + "." + string(field), std::to_string(value), want);
}

/// Whether two matrices of equal ld and order share an element; the second starts `shift` elements after the first.
/// Element (i, j) of one is (i', j') of the other if i − i' + (j − j')·ld = shift with |i − i'|, |j − j'| in range.
bool share(index shift, index ld, index lead1, index runs1, index lead2, index runs2) {
  // The two candidates for j − j': the multiples of ld next to the shift.
  index j = shift / ld;
  if (shift % ld < 0) --j;
  for (const index dj : {j, j + 1}) {
    const index di = shift - dj * ld;
    if (di > -lead2 && di < lead1 && dj > -runs2 && dj < runs1) return true;
  }
  return false;
}

struct range {
  std::uintptr_t first, last;  // bytes; last is exclusive
};

range bytes_of(const extent& v, const void* base, index matrices) {
  const auto at = reinterpret_cast<std::uintptr_t>(base);
  const index reach = matrices > 1 ? (matrices - 1) * v.stride * v.element : 0;
  const auto low = at + static_cast<std::uintptr_t>(std::min<index>(reach, 0));
  const auto high = at + static_cast<std::uintptr_t>(std::max<index>(reach, 0) + v.span() * v.element);
  return {low, high};
}

bool apart(range a, range b) { return a.last <= b.first || b.last <= a.first; }

const void* base(const extent& v, index b) {
  return v.pointers != nullptr ? v.pointers[b] : static_cast<const char*>(v.data) + b * v.stride * v.element;
}

}  // namespace

void check_view(string_view function, string_view argument, const extent& v) {
  if (v.rows < 0) bad(function, argument, "rows", v.rows, "0 or more");
  if (v.cols < 0) bad(function, argument, "cols", v.cols, "0 or more");
  if (v.batch < 0) bad(function, argument, "batch", v.batch, "0 or more");
  if (v.order != layout::col_major && v.order != layout::row_major)
    bad(function, argument, "order", static_cast<index>(v.order), "col_major or row_major");
  const index least = std::max<index>(1, v.lead());
  if (v.ld < least) bad(function, argument, "ld", v.ld, "at least " + std::to_string(least));
  if (v.empty()) return;
  // The byte range of a matrix, and of the batch, must fit into 63 bits.
  index one = 0, step = 0, all = 0;
  const bool long_matrix = __builtin_mul_overflow(v.runs() - 1, v.ld, &one) ||
                           __builtin_add_overflow(one, v.lead(), &one) || __builtin_mul_overflow(one, v.element, &one);
  if (long_matrix) bad(function, argument, "ld", v.ld, "a matrix that fits into 63 bits of address");
  if (v.pointers != nullptr) {
    for (index b = 0; b < v.batch; ++b)
      if (v.pointers[b] == nullptr)
        throw invalid_argument(function, string(argument) + ".pointers[" + std::to_string(b) + "]", "null",
                               "the address of a matrix");
    return;
  }
  const bool long_batch = v.stride == std::numeric_limits<index>::min() ||
                          __builtin_mul_overflow(std::abs(v.stride), v.batch - 1, &step) ||
                          __builtin_mul_overflow(step, v.element, &step) || __builtin_add_overflow(one, step, &all);
  if (long_batch) bad(function, argument, "stride", v.stride, "a batch that fits into 63 bits of address");
  if (v.data == nullptr)
    throw invalid_argument(function, string(argument) + ".data", "null", "the address of a matrix");
}

void check_any_square(string_view function, string_view argument, const extent& v) {
  check_view(function, argument, v);
  if (v.rows != v.cols) bad(function, argument, "cols", v.cols, std::to_string(v.rows) + ", the number of rows");
}

void check_disjoint(string_view function, string_view argument, const extent& v) {
  if (v.empty() || v.batch == 1 || v.pointers != nullptr) return;
  const index step = v.stride < 0 ? -v.stride : v.stride;
  if (step >= v.span()) return;
  for (index d = 1; d < v.batch && d * step < v.span(); ++d)
    if (share(d * step, v.ld, v.lead(), v.runs(), v.lead(), v.runs()))
      bad(function, argument, "stride", v.stride, "matrices of a batch that share no element");
}

std::string argument_name::text() const {
  return member.empty() ? string(argument) : string(argument) + "." + string(member);
}

void refuse_unequal(string_view function, const argument_name& argument, index value, const argument_name& other,
                    index expected) {
  throw invalid_argument(function, argument.text(), std::to_string(value),
                         std::to_string(expected) + ", as " + other.text());
}

void check_all_apart(string_view function, string_view in_name, const extent& in, string_view out_name, const void* out,
                     index bytes) {
  if (in.empty() || bytes == 0) return;
  const auto at = reinterpret_cast<std::uintptr_t>(out);
  const range written{at, at + static_cast<std::uintptr_t>(bytes)};
  const index pieces = in.pointers != nullptr ? in.batch : 1;
  for (index b = 0; b < pieces; ++b)
    if (!apart(bytes_of(in, base(in, b), in.pointers != nullptr ? 1 : in.batch), written))
      throw invalid_argument(function, out_name, "in the same memory as " + string(in_name), "separate memory");
}

bool check_aliasing(string_view function, string_view in_name, const extent& in, string_view out_name,
                    const extent& out) {
  if (in.empty() || out.empty()) return false;
  const auto overlap = [&](index b) {
    throw invalid_argument(function, out_name,
                           "partly the same memory as " + string(in_name) + " (matrix " + std::to_string(b) + ")",
                           "exactly the same matrices, or no common element");
  };
  // The step of a dimension of extent 1 is arbitrary.
  const bool same_shape = in.rows == out.rows && in.cols == out.cols &&
                          (in.rows == 1 || in.row_step() == out.row_step()) &&
                          (in.cols == 1 || in.col_step() == out.col_step());
  if (in.pointers == nullptr && out.pointers == nullptr) {
    if (apart(bytes_of(in, in.data, in.batch), bytes_of(out, out.data, out.batch))) return false;
    const bool same_steps = in.batch == 1 || in.stride == out.stride;
    if (in.data == out.data && same_shape && same_steps) return true;
    // The address ranges intersect, but views of one larger array may be disjoint: compare them exactly where possible.
    const auto distance = static_cast<const char*>(out.data) - static_cast<const char*>(in.data);
    if (in.ld == out.ld && in.order == out.order && same_steps && distance % in.element == 0) {
      const index shift = distance / in.element;
      for (index d = 1 - in.batch; d < in.batch; ++d)
        if (share(shift + d * out.stride, in.ld, in.lead(), in.runs(), out.lead(), out.runs())) overlap(0);
      return false;
    }
    overlap(0);
  }
  index same = 0;
  for (index b = 0; b < in.batch; ++b) {
    if (base(in, b) == base(out, b) && same_shape)
      ++same;
    else if (!apart(bytes_of(in, base(in, b), 1), bytes_of(out, base(out, b), 1)))
      overlap(b);
  }
  if (same != 0 && same != in.batch) overlap(same);
  return same != 0;
}

}  // namespace posdef::internal
