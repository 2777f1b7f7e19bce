// The simulation of the schedule: lists with known times, and bounds that hold for every list. No test depends on how
// long something takes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "dispatch/chosen_kernels.hpp"
#include "schedule/output.hpp"
#include "schedule/task_times.hpp"

namespace posdef::bench {
namespace {

/// Nothing costs time but the tasks.
processor free_of_cost(int cores) { return {.cores = cores, .take = 0, .take_moved = 0, .step = 0, .notice = 0}; }

/// a: 1 s; then b: 2 s and c: 3 s; then d: 1 s.
task_list diamond() {
  task_list l;
  l.add(1);
  l.add(2);
  l.needs(0);
  l.add(3);
  l.needs(0);
  l.add(1);
  l.needs({1, 3});
  return l;
}

TEST(Schedule, DiamondTakesTheLongerSideOnTwoCores) {
  const task_list l = diamond();
  EXPECT_EQ(l.work(), 7);
  EXPECT_EQ(l.critical_path(), 5);
  EXPECT_EQ(l.paths(), (std::vector<double>{5, 3, 4, 1}));
  for (const auto run : {run_in_order, run_by_path}) {
    EXPECT_EQ(run(l, free_of_cost(1)).seconds, 7);
    EXPECT_EQ(run(l, free_of_cost(2)).seconds, 5);
    EXPECT_EQ(run(l, free_of_cost(9)).seconds, 5);
  }
}

TEST(Schedule, ATaskCanOnlyNeedEarlierOnes) {
  task_list l;
  l.add(1);
  EXPECT_THROW(l.needs(0), std::logic_error);
  EXPECT_THROW(l.needs(-1), std::logic_error);
}

// In order, the core that takes the second task waits for the first one; by path, it starts with the third.
TEST(Schedule, InOrderACoreWaitsAlthoughALaterTaskIsReady) {
  task_list l;
  l.add(2);
  l.add(2);
  l.needs(0);
  l.add(2);
  EXPECT_EQ(run_in_order(l, free_of_cost(2)).seconds, 4);
  EXPECT_EQ(run_in_order(l, free_of_cost(2)).waiting, 2);
  l.add(1);
  EXPECT_EQ(run_in_order(l, free_of_cost(2)).seconds, 5);
  EXPECT_EQ(run_by_path(l, free_of_cost(2)).seconds, 4);
}

TEST(Schedule, OneCoreAtATimeChangesTheCounter) {
  task_list l;
  for (int t = 0; t < 4; ++t) l.add(1);
  processor p = free_of_cost(4);
  p.take = 10;
  p.take_moved = 10;
  // Taken at 10, 20, 30 and 40 seconds.
  const simulated s = run_in_order(l, p);
  EXPECT_EQ(s.seconds, 41);
  EXPECT_EQ(s.counter, 10 + 20 + 30 + 40);
  p.cores = 1;
  EXPECT_EQ(run_in_order(l, p).seconds, 44);
}

TEST(Schedule, ACorePassesOverTheTasksOfOthers) {
  task_list l;
  for (int t = 0; t < 3; ++t) l.add(1);
  processor p = free_of_cost(2);
  p.step = 0.25;
  // The second core starts at task 1, the first one goes on from task 0 to task 2.
  EXPECT_EQ(run_in_order(l, p).seconds, 2.5);
  EXPECT_EQ(run_in_order(l, p).walking, 0.75);
}

TEST(Schedule, AResultOfAnotherCoreIsNoticedLater) {
  processor p = free_of_cost(2);
  p.notice = 0.5;
  // b begins half a second after a, c at once on the core of a. d begins on the core of b, half a second after c.
  EXPECT_EQ(run_in_order(diamond(), p).seconds, 5.5);
}

TEST(Schedule, CoresShareTheBandwidth) {
  task_list l;
  l.add(1, 10);
  l.add(1, 10);
  processor p = free_of_cost(2);
  p.bandwidth = 5;
  EXPECT_EQ(run_in_order(l, p).seconds, 4);
  EXPECT_EQ(run_by_path(l, p).seconds, 4);
  p.bandwidth = 100;
  EXPECT_EQ(run_in_order(l, p).seconds, 1);
}

constexpr panel_times some_times{.factor = 50, .last_factor = 20, .solve = 1, .update = 0.125, .diagonal = 0.0625};

TEST(Schedule, TwoBlocksAreAChain) {
  const task_list l = panel_list({.n = 10, .nb = 8, .tile = 8}, some_times, {});
  // factor, solve 2 rows, update 2 × 2 elements on the diagonal, factor
  EXPECT_EQ(l.size(), 4);
  EXPECT_EQ(l.critical_path(), 50 + 2 + 0.25 + 20);
  EXPECT_EQ(l.work(), l.critical_path());
  EXPECT_EQ(run_in_order(l, free_of_cost(3)).seconds, l.work());
}

TEST(Schedule, NoNumberOfCoresIsFasterThanItsBounds) {
  for (const panel_grid g : {panel_grid{.n = 100, .nb = 8, .tile = 8}, panel_grid{.n = 97, .nb = 16, .tile = 4},
                             panel_grid{.n = 97, .nb = 16, .tile = 4, .ahead = 20}}) {
    const task_list l = panel_list(g, some_times, {});
    for (const int cores : {1, 2, 3, 8, 100}) {
      const double bound = std::max(l.critical_path(), l.work() / cores);
      for (const auto run : {run_in_order, run_by_path}) {
        const simulated s = run(l, free_of_cost(cores));
        EXPECT_GE(s.seconds, bound * (1 - 1e-12)) << cores;
        EXPECT_NEAR(s.busy, l.work(), 1e-9 * l.work());
        if (cores == 1) {
          EXPECT_NEAR(s.seconds, l.work(), 1e-9 * l.work());
        }
      }
      // With costs, everything adds up.
      const simulated s = run_in_order(l, {.cores = cores, .take = 0.25, .take_moved = 0.5, .step = 0.01, .notice = 1});
      EXPECT_GE(s.seconds, bound);
      EXPECT_NEAR(s.busy + s.memory + s.waiting + s.counter + s.walking, cores * s.seconds, 1e-6 * cores * s.seconds);
    }
  }
}

std::vector<std::int32_t> needs(const task_list& l, std::int32_t task) {
  std::vector<std::int32_t> all;
  for (const auto r : l.needs_of(task))
    for (std::int32_t e = r.first; e < r.last; ++e) all.push_back(e);
  return all;
}

// Three block columns of one tile: the list is factor 0, solve 0 1, solve 0 2, update 0 1 1, factor 1, update 0 2 1,
// solve 1 2, update 0 2 2, update 1 2 2, factor 2.
TEST(Schedule, TasksNeedWhatTheScheduleWaitsFor) {
  const task_list l = panel_list({.n = 24, .nb = 8, .tile = 8, .ahead = 0}, some_times, {});
  ASSERT_EQ(l.size(), 10);
  using tasks = std::vector<std::int32_t>;
  EXPECT_EQ(needs(l, 0), tasks{});
  EXPECT_EQ(needs(l, 2), tasks{0});
  EXPECT_EQ(needs(l, 3), tasks{1});
  EXPECT_EQ(needs(l, 4), tasks{3});
  EXPECT_EQ(needs(l, 5), (tasks{2, 1}));
  EXPECT_EQ(needs(l, 6), (tasks{4, 5}));
  EXPECT_EQ(needs(l, 7), tasks{2});
  EXPECT_EQ(needs(l, 8), (tasks{6, 7}));
  // Block column 2 reuses the micro-panels of block column 0, so it needs all updates with that.
  EXPECT_EQ(needs(l, 9), (tasks{8, 3, 5, 7}));
}

TEST(Schedule, SolvesComeAfterTheUpdatesAhead) {
  const task_list l = panel_list({.n = 24, .nb = 8, .tile = 8, .ahead = 1}, some_times, {});
  // update 0 2 2, then solve 1 2
  EXPECT_EQ(needs(l, 6), (std::vector<std::int32_t>{2}));
  EXPECT_EQ(needs(l, 7), (std::vector<std::int32_t>{4, 5}));
  // The same tasks in another order, each after those that it needs (else `needs` throws).
  const double work = panel_list({.n = 97, .nb = 16, .tile = 4}, some_times, {}).work();
  for (const index ahead : {0, 1, 7, 100, 100000})
    EXPECT_NEAR(panel_list({.n = 97, .nb = 16, .tile = 4, .ahead = ahead}, some_times, {}).work(), work, 1e-9 * work);
}

TEST(Schedule, TilesDivideTheWidth) {
  const auto grids = grids_of(1000, 24, {100, 144, 1000}, 1e9);
  std::vector<std::pair<index, index>> found;
  for (const panel_grid& g : grids) found.emplace_back(g.nb, g.tile);
  EXPECT_EQ(found,
            (std::vector<std::pair<index, index>>{
                {96, 96}, {96, 48}, {96, 24}, {144, 144}, {144, 72}, {144, 48}, {144, 24}, {984, 984}, {984, 24}}));
  EXPECT_EQ(grids_of(1000, 24, {96}, 300).size(), 1U);
}

TEST(Schedule, KeepsTheFastestTimesOfEachGrid) {
  const panel_grid g{.n = 100, .nb = 32, .tile = 16};
  panel_times slower = some_times, faster = some_times;
  slower.update *= 2;
  faster.update /= 2;
  std::vector<measured_grid> all;
  for (const panel_times& t : {some_times, slower, faster, some_times}) keep_fastest(all, {"f64", g, t});
  keep_fastest(all, {"f32", g, slower});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].times.update, faster.update);
  EXPECT_EQ(all[1].type, "f32");
}

predicted seconds_of(index nb, index tile, int cores, double seconds) {
  return {.type = "f64", .grid = {.n = 1000, .nb = nb, .tile = tile}, .cores = cores, .time = {.seconds = seconds}};
}

TEST(Schedule, ChoosesTheWidthThatLosesLeastOverAllNumbersOfCores) {
  const std::vector<predicted> all = {seconds_of(96, 96, 1, 10), seconds_of(96, 48, 8, 2),    seconds_of(96, 96, 8, 3),
                                      seconds_of(192, 96, 1, 9), seconds_of(192, 48, 8, 2.1), seconds_of(384, 96, 1, 8),
                                      seconds_of(384, 48, 8, 4)};
  const choice c = choose(all);
  // Widths lose (10/8, 1), (9/8, 2.1/2) and (1, 4/2).
  EXPECT_EQ(c.nb, 192);
  ASSERT_EQ(c.by_cores.size(), 2U);
  EXPECT_EQ(c.by_cores[1].best.grid.tile, 48);
  EXPECT_DOUBLE_EQ(c.by_cores[1].loss, 1.05);
  EXPECT_DOUBLE_EQ(c.by_cores[1].efficiency, 8 / 2.1 / 8);
  EXPECT_DOUBLE_EQ(c.mean_loss, std::sqrt(1.125 * 1.05));
  const auto width = [](index nb) { return [nb](const predicted& p) { return p.grid.nb == nb; }; };
  EXPECT_EQ(choose(all, width(96)).nb, 96);
  EXPECT_DOUBLE_EQ(choose(all, width(96)).by_cores[0].loss, 1.25);
  EXPECT_TRUE(choose(all, width(97)).by_cores.empty());
}

TEST(Schedule, MeasuresEveryKindOfTask) {
  const auto& k = internal::chosen_kernels<double>();
  const panel_grid g{.n = 4 * k.mr + 1, .nb = 2 * k.mr, .tile = k.mr};
  const panel_times t = measure_tasks(k, g, 1e-6);
  for (const double seconds : {t.factor, t.last_factor, t.solve, t.update, t.diagonal}) EXPECT_GT(seconds, 0);
}

TEST(Schedule, TimesSurviveTheirFile) {
  const measured_grid m{"c64", {.n = 100, .nb = 32, .tile = 16}, some_times};
  const measured_grid back = measured_grid_of(json_of(m));
  EXPECT_EQ(json_of(back).dump(), json_of(m).dump());
  EXPECT_EQ(back.times.update, some_times.update);
  EXPECT_EQ(back.grid.tiles, m.grid.tiles);
}

}  // namespace
}  // namespace posdef::bench
