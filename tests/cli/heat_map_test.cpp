// The largest element of every cell, compared with loops over all elements.
#include "numeric/heat_map.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace posdef::tools {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

template <class T>
class HeatMap : public testing::Test {};
using element_types = testing::Types<float, double, std::complex<float>, std::complex<double>>;
TYPED_TEST_SUITE(HeatMap, element_types);

TYPED_TEST(HeatMap, EveryElementCountsOnlyInItsCell) {
  using T = TypeParam;
  const std::int64_t n = 23, most = 7;
  for (const layout order : {layout::col_major, layout::row_major}) {
    matrices<T> m(2, n, n, order);
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j < n; ++j) {
        m(0, i, j) = T(1e6);
        m(1, i, j) = T(static_cast<real_type<T>>((i * 31 + j * 17) % 101 - 50));
      }
    }
    std::vector<double> expected(static_cast<std::size_t>(most * most), 0);
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j < n; ++j) {
        double& cell = expected[static_cast<std::size_t>(i * most / n * most + j * most / n)];
        cell = std::max(cell, static_cast<double>(std::abs(m(1, i, j))));
      }
    }
    for (const int threads : {1, 3}) {
      const heat_map map = heat_map_of(m, 1, most, threads);
      EXPECT_EQ(map.cells, most);
      EXPECT_EQ(map.largest, expected);
    }
  }
}

TYPED_TEST(HeatMap, ASmallMatrixIsItsOwnMap) {
  using T = TypeParam;
  matrices<T> m(1, 3, 3, layout::row_major);
  m(0, 0, 2) = T(-2);
  m(0, 2, 1) = T(0.5);
  const heat_map map = heat_map_of(m, 0, 512, 2);
  EXPECT_EQ(map.largest, (std::vector<double>{0, 0, 2, 0, 0, 0, 0, 0.5, 0}));
  EXPECT_EQ(map(0, 2), 2);
}

TYPED_TEST(HeatMap, ANonFiniteElementMarksItsCell) {
  using T = TypeParam;
  for (const double bad : {nan, std::numeric_limits<double>::infinity()}) {
    for (const std::int64_t at : {0, 3}) {  // before the others of its cell and after them
      matrices<T> m(1, 8, 8);
      for (std::int64_t i = 0; i < 8; ++i) m(0, i, i) = T(1);
      m(0, at, at) = T(static_cast<real_type<T>>(bad));
      const heat_map map = heat_map_of(m, 0, 2, 1);
      EXPECT_TRUE(std::isnan(map(0, 0)));
      EXPECT_EQ(map(0, 1), 0);
      EXPECT_EQ(map(1, 1), 1);
    }
  }
}

TEST(HeatMapOfComplex, AnOverflowingAbsoluteValueIsTheLargestNumber) {
  constexpr double most = std::numeric_limits<double>::max();
  matrices<std::complex<double>> m(1, 1, 1);
  m(0, 0, 0) = {most, most};
  EXPECT_EQ(heat_map_of(m, 0, 512, 1)(0, 0), most);
}

TEST(HeatMapOfNothing, HasNoCells) { EXPECT_EQ(heat_map_of(matrices<double>(1, 0, 0), 0, 512, 2).cells, 0); }

}  // namespace
}  // namespace posdef::tools
