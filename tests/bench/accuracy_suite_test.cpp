// The suite `accuracy`: its cells, its ways, ratios, the table and the JSON.
#include <gtest/gtest.h>

#include <cmath>
#include <posdef/posdef.hpp>
#include <set>

#include "accuracy/accuracy_output.hpp"

namespace posdef::bench {
namespace {

using nlohmann::ordered_json;
constexpr posdef::device cpu{engine::cpu, 0};

TEST(AccuracyCells, HaveEveryTypeMatrixAndOrder) {
  std::set<std::string> all;
  for (const accuracy_cell& c : accuracy_cells(false)) EXPECT_TRUE(all.insert(c.text()).second) << c.text();
  for (const std::string type : {"f32", "f64", "c64", "c128"}) {
    for (const std::string matrix : {"wishart", "rbf", "matern52", "laplace-1d", "laplace-2d", "dominant", "hilbert",
                                     "condition-1e2", "condition-root", "condition-limit", "scaled", "elasticity"}) {
      for (const std::string n : {"2", "32", "48", "256", "384", "2048"})
        EXPECT_TRUE(all.contains(type + " " + matrix + " " + n)) << type + " " + matrix + " " + n;
    }
  }
  for (const accuracy_cell& c : accuracy_cells(true)) EXPECT_LE(c.n, 512);
}

std::vector<std::string> names_of(const std::vector<accuracy_way>& ways) {
  std::vector<std::string> names;
  for (const accuracy_way& w : ways) names.push_back(w.name);
  return names;
}

TEST(AccuracyWays, AreThoseThatTheLibraryTakes) {
  using names = std::vector<std::string>;
  for (const tools::dtype type : {tools::dtype::f32, tools::dtype::f64, tools::dtype::c64, tools::dtype::c128}) {
    EXPECT_EQ(names_of(accuracy_ways(type, 2, cpu)), (names{"tiny", "compact"}));
    EXPECT_EQ(names_of(accuracy_ways(type, 100, cpu)), names{"unblocked"});
    EXPECT_EQ(names_of(accuracy_ways(type, 2048, cpu)), names{"panels"});
    EXPECT_EQ(names_of(accuracy_ways(type, 100, {engine::reference, 0})), names{"reference"});
    EXPECT_EQ(accuracy_ways(type, 100, {engine::hybrid, 1}).at(0).name, "hybrid");
    EXPECT_EQ(accuracy_ways(type, 100, {})[0].name, "unblocked") << "and devices, if there are any";
  }
}

// A peer whose factor is posdef's with an error in its last element.
peer inaccurate(double relative_error) {
  peer p{.name = "P"};
  std::get<routines<double>>(p.all).potrf = [=](char, int n, double* a, int lda) {
    std::int64_t info = 0;
    try_cholesky(col_major(a, {n, n}, lda), {&info, 1}, {.device = cpu});
    a[n - 1 + std::int64_t{lda} * (n - 1)] *= 1 + relative_error;
    return static_cast<int>(info);
  };
  return p;
}

TEST(Accuracy, MeasuresEveryWayAndPeer) {
  const auto o =
      measure_accuracy({tools::dtype::f64, "wishart", 16}, {inaccurate(1e-10)}, {.device = cpu, .quick = true});
  EXPECT_EQ(o.samples, 16);
  ASSERT_EQ(o.ways.size(), 2u);
  for (const accuracy_result& w : o.ways) {
    EXPECT_EQ(w.measures.failed, 0);
    EXPECT_GT(w.measures.residual, o.floor / 4) << w.name;
    for (const double value :
         {w.measures.residual, w.measures.scaled_residual, w.measures.solve_backward, w.measures.inverse_residual}) {
      EXPECT_GT(value, 0) << w.name;
      EXPECT_LT(value, 2) << w.name;
    }
    EXPECT_LT(w.measures.diagonal_ulp, 100) << w.name;
    EXPECT_LT(w.measures.below_ulp, 100) << w.name;
    EXPECT_LT(w.measures.solve_forward, 1e5) << w.name;
  }
  const accuracy_measures& p = o.peers.at(0).measures;
  EXPECT_GT(p.residual, 100);
  EXPECT_GT(p.diagonal_ulp, 1e-10 / 2.3e-16);
  EXPECT_TRUE(std::isnan(p.solve_backward)) << "it has no potrs";
  EXPECT_TRUE(std::isnan(p.inverse_residual));
  EXPECT_LT(o.ratio(o.ways[0], &accuracy_measures::residual)->ratio, 0.01);
  EXPECT_FALSE(o.ratio(o.ways[0], &accuracy_measures::solve_backward));
}

TEST(Accuracy, ResidualOfABadlyScaledMatrixIsThatOfTheScaledOne) {
  const accuracy_settings s{.device = cpu, .quick = true};
  const accuracy_measures scaled = measure_accuracy({tools::dtype::f64, "scaled", 40}, {}, s).ways.at(0).measures;
  EXPECT_EQ(scaled.residual, scaled.scaled_residual);
  const accuracy_measures other = measure_accuracy({tools::dtype::f64, "hilbert", 40}, {}, s).ways.at(0).measures;
  EXPECT_NE(other.residual, other.scaled_residual);
}

TEST(Accuracy, CountsFailures) {
  peer p = inaccurate(0);
  std::get<routines<double>>(p.all).potrf = [](char, int, double*, int) { return 1; };
  const accuracy_outcome o = measure_accuracy({tools::dtype::f64, "hilbert", 3}, {p}, {.device = cpu, .quick = true});
  EXPECT_EQ(o.peers.at(0).measures.failed, 16);
  EXPECT_TRUE(std::isnan(o.peers.at(0).measures.residual));
  EXPECT_FALSE(o.ratio(o.ways.at(0), &accuracy_measures::residual));
}

TEST(Accuracy, MeasuresOnlyWantedWays) {
  accuracy_settings s{.device = cpu, .quick = true};
  s.wanted = [](const std::string& text) { return text == "f32 rbf 8 compact"; };
  const accuracy_outcome o = measure_accuracy({tools::dtype::f32, "rbf", 8}, {}, s);
  ASSERT_EQ(o.ways.size(), 1u);
  EXPECT_EQ(o.ways[0].name, "compact");
  EXPECT_TRUE(wanted_ways({tools::dtype::f32, "rbf", 12}, s).empty());
}

accuracy_outcome example(const std::string& matrix, double residual) {
  accuracy_outcome o{.cell = {tools::dtype::c64, matrix, 100}, .samples = 16, .floor = 0.0625, .ways = {}, .peers = {}};
  o.ways.push_back({"unblocked", {.residual = residual, .solve_backward = 3}});
  o.ways[0].measures.failed = 2;
  o.peers.push_back({"A", {.residual = 0.5, .diagonal_ulp = 7, .solve_backward = 1}});
  o.peers.push_back({"B", {.residual = 0.25, .solve_backward = 2}});
  o.peers.push_back({"C", {}});
  return o;
}

const machine computer = {.processor = "P", .instruction_set = "avx2", .threads = 1, .posdef_version = "0.1.0"};

TEST(AccuracyJson, HasItsKeys) {
  const std::vector<ordered_json> list = accuracy_json(example("rbf", 0.375), computer);
  ASSERT_EQ(list.size(), 1u);
  const ordered_json o = ordered_json::parse(list[0].dump());
  EXPECT_EQ(o["suite"], "accuracy");
  EXPECT_EQ(o["type"], "c64");
  EXPECT_EQ(o["matrix"], "rbf");
  EXPECT_EQ(o["n"], 100);
  EXPECT_EQ(o["way"], "unblocked");
  EXPECT_EQ(o["samples"], 16);
  EXPECT_EQ(o["failed"], 2);
  EXPECT_EQ(o["residual"], 0.375);
  EXPECT_EQ(o["floor"], 0.0625);
  EXPECT_EQ(o["best_peer"], "B");
  EXPECT_EQ(o["ratio"], 1.5);
  EXPECT_EQ(o["solve_backward"], 3.0);
  EXPECT_EQ(o["solve_backward_ratio"], 3.0);
  EXPECT_TRUE(o["inverse_residual"].is_null());
  EXPECT_TRUE(o["inverse_residual_ratio"].is_null());
  EXPECT_EQ(o["peers"]["A"]["diagonal_ulp"], 7.0);
  EXPECT_TRUE(o["peers"]["C"]["residual"].is_null());
  EXPECT_EQ(o["machine"]["posdef"], "0.1.0");
}

TEST(AccuracyTable, ShowsRatiosMeansAndTheWorstCells) {
  const std::vector<accuracy_outcome> all = {example("rbf", 0.375), example("hilbert", 0.5)};
  const std::string row = accuracy_rows(all[0]);
  for (const char* words : {"c64 rbf 100 unblocked", "0.3750", "0.0625", "0.2500", "1.50", "3.00", "  B\n",
                            "unblocked failed in 2 of 16 samples"}) {
    EXPECT_NE(row.find(words), std::string::npos) << words << "\n" << row;
  }
  const std::string text = accuracy_summary(all);
  EXPECT_NE(text.find("factor    c64                      1.732      2.00       2\n"), std::string::npos) << text;
  EXPECT_NE(text.find("factor    all types                1.732      2.00       2\n"), std::string::npos) << text;
  EXPECT_NE(text.find("solve     unblocked                3.000      3.00       2\n"), std::string::npos) << text;
  const std::size_t first = text.find("    2.00  c64 hilbert 100 unblocked  B\n");
  const std::size_t second = text.find("    1.50  c64 rbf 100 unblocked  B\n");
  ASSERT_NE(second, std::string::npos) << text;
  EXPECT_LT(first, second);
}

}  // namespace
}  // namespace posdef::bench
