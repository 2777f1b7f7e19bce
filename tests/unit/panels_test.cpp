// The schedule of block columns: correct for every number of threads, exact info, always the same bits.
#include "engine/cpu/panels.hpp"

#include <gtest/gtest.h>

#include <complex>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "engine/reference/reference.hpp"
#include "support/matrices.hpp"

namespace posdef::internal {
namespace {

/// A dominant diagonal in the lower triangle; NaN above it, which must not be read.
template <class T>
std::vector<T> positive_definite(index n) {
  std::vector<T> a(static_cast<std::size_t>(n * n), T(std::numeric_limits<real_type<T>>::quiet_NaN()));
  test::put_positive_definite<T>(n, static_cast<unsigned>(n),
                                 [&](index i, index j, T x) { a[static_cast<std::size_t>(i + j * n)] = x; });
  return a;
}

TEST(PanelOrder, TheTileIsTheLargestThatGivesEachThreadItsUpdates) {
  EXPECT_EQ(cpu::largest_tile(8192, 288, 24, 1, 24), 288);
  EXPECT_EQ(cpu::largest_tile(4096, 288, 24, 2, 24), 288);
  EXPECT_EQ(cpu::largest_tile(1024, 192, 24, 2, 24), 96);
  // 86 tiles have 3741 updates; 57 tiles of order 144 have 1653, fewer than 24·128.
  EXPECT_EQ(cpu::largest_tile(8192, 288, 24, 128, 24), 96);
  EXPECT_EQ(cpu::largest_tile(1000, 288, 24, 128, 24), 24);
}

TEST(PanelOrder, MoreThanTwoThreadsTakeUpdatesAhead) {
  EXPECT_LT(cpu::updates_ahead(288, 96, 1), 0);
  EXPECT_LT(cpu::updates_ahead(288, 96, 2), 0);
  EXPECT_EQ(cpu::updates_ahead(288, 96, 32), 72);
}

/// Counts the tasks that it is shown, and omits columns as a thread does.
struct counter {
  index tasks = 0, skipped = 0, parity = 0;
  void factor(index) { ++tasks; }
  void solve(index, index) { ++tasks; }
  void update(index, index, index) { ++tasks; }
  bool skip(index count) {
    if (++parity % 2 == 0) return false;
    skipped += count;
    return true;
  }
  static bool stopped(index) { return false; }
};

TEST(PanelOrder, HasEveryTaskOnceWhereverTheSolvesAre) {
  for (const index ahead : {-1, 0, 1, 5, 1000}) {
    const cpu::panel_grid g{.n = 97, .nb = 16, .tile = 8, .ahead = ahead};
    index expected = g.blocks;
    for (index k = 0; k < g.blocks; ++k) expected += g.count_updates(k) + g.tiles - g.end_of(k);
    counter c;
    cpu::visit_tasks(g, c);
    EXPECT_EQ(c.tasks + c.skipped, expected) << ahead;
    EXPECT_GT(c.skipped, 0);
  }
}

template <class T>
class Panels : public testing::Test {
 protected:
  struct outcome {
    index info;
    std::vector<T> l;
  };

  /// In block columns of width nb; `rows`: the lower triangle of a row-major matrix.
  static outcome factor(const cpu::kernels<T>& k, index nb, std::vector<T> a, index n, int threads, bool rows) {
    using R = real_type<T>;
    carver measure(nullptr);
    const auto layout = cpu::lay_out_panels(k, nb, n, threads, threads == 2 ? 1 : 16);
    cpu::panel_workspace<R>::place(measure, layout);
    const buffer memory(measure.used());
    carver c(memory.data());
    const auto w = cpu::panel_workspace<R>::place(c, layout);
    strided<T> view{a.data(), n, n, 1, n, false};
    if (rows) {
      for (index j = 0; j < n; ++j)
        for (index i = 0; i < j; ++i) std::swap(view.at(i, j), view.at(j, i));
      view = view.t();
    }
    const index info = cpu::factor_by_panels(k, nb, view, w, team(threads));
    if (rows)
      for (index j = 0; j < n; ++j)
        for (index i = 0; i < j; ++i)
          std::swap(a[static_cast<std::size_t>(i + j * n)], a[static_cast<std::size_t>(j + i * n)]);
    return {info, a};
  }

  static testing::AssertionResult same_columns(const std::vector<T>& a, const std::vector<T>& b, index n, index cols,
                                               double tolerance) {
    for (index j = 0; j < cols; ++j)
      for (index i = j; i < n; ++i) {
        const auto at = static_cast<std::size_t>(i + j * n);
        if (!(std::abs(a[at] - b[at]) <= tolerance))
          return testing::AssertionFailure() << "(" << i << ", " << j << "): " << a[at] << " " << b[at];
      }
    return testing::AssertionSuccess();
  }
};
using Types = testing::Types<float, double, std::complex<float>, std::complex<double>>;
TYPED_TEST_SUITE(Panels, Types);

TYPED_TEST(Panels, MatchesTheTextbookForEveryNumberOfThreads) {
  using T = TypeParam;
  for (const auto* k : cpu::available_kernels<T>())
    for (const index blocks : {1, 2, 4})
      for (const index more : {index{1}, k->mr - 1, 2 * k->mr + 1}) {
        const index nb = 2 * k->mr, n = blocks * nb + more;
        SCOPED_TRACE(std::string(k->instruction_set) + " n = " + std::to_string(n));
        const auto a = positive_definite<T>(n);
        auto expected = a;
        reference::engine<T>(nullptr, n).potrf_block({expected.data(), n, n, 1, n, false}, 0);
        const double tolerance = 20.0 * static_cast<double>(n) * std::numeric_limits<real_type<T>>::epsilon();
        for (const bool rows : {false, true}) {
          const auto one = this->factor(*k, nb, a, n, 1, rows);
          ASSERT_EQ(one.info, 0);
          ASSERT_TRUE(this->same_columns(one.l, expected, n, n, tolerance));
          for (const int threads : {2, 5}) {
            const auto several = this->factor(*k, nb, a, n, threads, rows);
            ASSERT_EQ(several.info, 0);
            ASSERT_TRUE(this->same_columns(several.l, one.l, n, n, 0)) << threads << " threads, rows " << rows;
          }
        }
      }
}

TYPED_TEST(Panels, FailureLeavesThePrecedingColumnsFinished) {
  using T = TypeParam;
  for (const auto* k : cpu::available_kernels<T>()) {
    const index nb = 2 * k->mr, n = 3 * nb + k->mr + 1;
    const auto a = positive_definite<T>(n);
    const auto good = this->factor(*k, nb, a, n, 1, false);
    for (const index at : {index{1}, nb, nb + 1, nb + k->nr, 2 * nb - 1, 3 * nb, n - 1, n}) {
      auto bad = a;
      bad[static_cast<std::size_t>((at - 1) * (n + 1))] = T(-1);
      for (const int threads : {1, 2, 5}) {
        SCOPED_TRACE(std::string(k->instruction_set) + ", fails at " + std::to_string(at));
        const auto result = this->factor(*k, nb, bad, n, threads, false);
        ASSERT_EQ(result.info, at);
        ASSERT_TRUE(this->same_columns(result.l, good.l, n, at - 1, 0));
      }
    }
  }
}

}  // namespace
}  // namespace posdef::internal
