// Compiled, never run: views accept a std::mdspan of one matrix or of a batch, if the compiler has it. The compiler
// checks the results.
#include <array>
#include <mdspan>
#include <posdef/posdef.hpp>

#if !defined(__cpp_lib_mdspan)
#error "this check needs a standard library with std::mdspan"
#endif

namespace {

using posdef::view;

constexpr std::array<double, 64> room{};

constexpr view<const double> right(std::mdspan(room.data(), 3, 5));
static_assert(right.rows == 3 && right.cols == 5 && right.ld == 5 && right.order == posdef::layout::row_major);
static_assert(right.batch == 1 && right.data == room.data());

constexpr view<const double> left(std::mdspan(room.data(), std::layout_left::mapping(std::dextents<int, 2>(3, 5))));
static_assert(left.rows == 3 && left.cols == 5 && left.ld == 3 && left.order == posdef::layout::col_major);

// A column in the default, row-major layout: the most common right-hand side. Both of its strides are 1.
constexpr view<const double> column(std::mdspan(room.data(), 5, 1));
static_assert(column.rows == 5 && column.cols == 1 && column.ld >= (column.order == posdef::layout::col_major ? 5 : 1));
constexpr view<const double> row(std::mdspan(room.data(), std::layout_left::mapping(std::dextents<int, 2>(1, 5))));
static_assert(row.rows == 1 && row.cols == 5 && row.ld >= (row.order == posdef::layout::col_major ? 1 : 5));

constexpr view<const double> padded(std::mdspan(room.data(), std::layout_stride::mapping(std::dextents<int, 3>(2, 4, 4),
                                                                                         std::array{32, 1, 7})));
static_assert(padded.rows == 4 && padded.cols == 4 && padded.ld == 7 && padded.order == posdef::layout::col_major);
static_assert(padded.batch == 2 && padded.stride == 32);

}  // namespace

void one_matrix(std::mdspan<double, std::dextents<std::size_t, 2>> m);
void one_matrix(std::mdspan<double, std::dextents<std::size_t, 2>> m) { posdef::cholesky(view<double>(m)); }

void a_batch(std::mdspan<float, std::dextents<std::size_t, 3>, std::layout_stride> m, posdef::info_span info);
void a_batch(std::mdspan<float, std::dextents<std::size_t, 3>, std::layout_stride> m, posdef::info_span info) {
  posdef::try_cholesky(view<float>(m), info);
}
