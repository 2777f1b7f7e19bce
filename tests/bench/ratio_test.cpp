// The ratio: which times count, and the median.
#include <gtest/gtest.h>

#include <cmath>

#include "measure.hpp"

namespace posdef::bench {
namespace {

outcome made_up(std::vector<timing> ways) { return {.cell = {.n = 30}, .ways = std::move(ways)}; }

TEST(Ratio, IsTheFastestCountedPeerOverPosdef) {
  const outcome o = made_up({{.name = "posdef", .counted = false, .seconds = 2},
                             {.name = "posdef call", .counted = false, .seconds = 1},
                             {.name = "A", .way = "own threads", .seconds = 9},
                             {.name = "A", .way = "tasks", .seconds = 6},
                             {.name = "B", .seconds = 7},
                             {.name = "wrong", .seconds = 0.1, .residual = 31},
                             {.name = "nan", .seconds = 0.1, .residual = std::nan("")},
                             {.name = "out", .seconds = 0.1, .left_out = "no time"},
                             {.name = "NumPy", .counted = false, .seconds = 0.5}});
  EXPECT_EQ(o.best(true), (std::map<std::string, double>{{"A", 6}, {"B", 7}}));
  EXPECT_EQ(o.best(false), (std::map<std::string, double>{{"NumPy", 0.5}, {"posdef call", 1}}));
  EXPECT_EQ(o.best_peer()->first, "A");
  EXPECT_DOUBLE_EQ(*o.ratio(), 3);
  EXPECT_DOUBLE_EQ(o.gflops(), 9000.0 / 2 / 1e9);
}

TEST(Ratio, IsMissingWithoutAPeerOrWithAWrongResult) {
  EXPECT_FALSE(made_up({{.name = "posdef", .seconds = 1}}).ratio());
  EXPECT_FALSE(made_up({{.name = "posdef", .seconds = 1, .residual = 1000}, {.name = "A", .seconds = 1}}).ratio());
}

TEST(Median, IsTheMiddle) {
  EXPECT_EQ(median({}), 0);
  EXPECT_EQ(median({5}), 5);
  EXPECT_EQ(median({9, 1, 5}), 5);
  EXPECT_EQ(median({9, 1, 5, 2}), 3.5);
}

}  // namespace
}  // namespace posdef::bench
