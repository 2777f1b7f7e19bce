// The table and the JSON: results, missing peers, wrong results.
#include "output.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "gpu/table.hpp"

namespace posdef::bench {
namespace {

using nlohmann::ordered_json;

const peer_list peers = {.present = {{.name = "A", .version = "1.2"}}, .missing = {{"B", "no libb.so"}}};
const machine computer = {
    .processor = "P",
    .processors = 4,
    .instruction_set = "avx2",
    .threads = 3,
    .command = "posdef bench",
    .date = "2026-11-27",
    .posdef_version = "0.1.0",
    .peers = {{"A", "1.2"}},
    .missing = {{"B", "no libb.so"}},
    .limits = limits{.arithmetic = {{"avx2", {10, 30}, {5, 15}}}, .column = {4, 6}, .triad = {7, 9}}};

outcome example() {
  return {
      .cell = {.suite = "seeds", .type = tools::dtype::c64, .batch = 4, .n = 1024},
      .threads = 3,
      .ways = {{.name = "posdef", .way = "plan", .counted = false, .seconds = 0.5, .residual = 0.25, .repetitions = 7},
               {.name = "posdef call", .way = "call", .counted = false, .seconds = 0.75},
               {.name = "A", .way = "tasks", .seconds = 2, .residual = 0.5, .repetitions = 5},
               {.name = "A", .way = "own threads", .seconds = 1, .residual = 5000}}};
}

TEST(Json, CellHasItsKeysInOrder) {
  const ordered_json o = to_json(example(), computer);
  std::vector<std::string> keys;
  for (const auto& [key, value] : o.items()) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"suite", "op", "dtype", "uplo", "layout", "batch", "n", "nrhs", "threads",
                                            "seconds", "gflops", "residual", "peers", "ratio", "beside", "ways", "date",
                                            "command", "machine"}));
  EXPECT_EQ(o["suite"], "seeds");
  EXPECT_EQ(o["op"], "cholesky");
  EXPECT_EQ(o["dtype"], "c64");
  EXPECT_EQ(o["uplo"], "lower");
  EXPECT_EQ(o["layout"], "col_major");
  EXPECT_EQ(o["threads"], 3);
  EXPECT_EQ(o["seconds"], 0.5);
  EXPECT_FALSE(o["ways"][0].contains("device_seconds"));
  EXPECT_DOUBLE_EQ(o["gflops"], example().cell.operations() / 0.5 / 1e9);
  EXPECT_EQ(o["peers"], ordered_json({{"A", 2.0}}));
  EXPECT_EQ(o["ratio"], 4.0);
  EXPECT_EQ(o["beside"], ordered_json({{"posdef call", 0.75}}));
  EXPECT_EQ(o["ways"].size(), 4u);
  EXPECT_EQ(o["ways"][3]["right"], false);
  EXPECT_EQ(o["date"], "2026-11-27");
  EXPECT_EQ(o["command"], "posdef bench");
  EXPECT_EQ(o["machine"]["missing"]["B"], "no libb.so");
  EXPECT_EQ(o["machine"]["limits"]["gflops"]["avx2"]["f32"]["all"], 30.0);
  EXPECT_EQ(o["machine"]["limits"]["triad_gbytes"]["one"], 7.0);
  EXPECT_EQ(o["machine"]["limits"]["column_nanoseconds"]["f64"], 6.0);
}

TEST(Json, MissingValuesAreNull) {
  machine unmeasured = computer;
  unmeasured.limits.reset();
  outcome o = example();
  o.ways.resize(1);
  o.ways[0].residual = std::numeric_limits<double>::quiet_NaN();
  ordered_json j = to_json(o, unmeasured);
  EXPECT_TRUE(j["residual"].is_null());
  EXPECT_TRUE(j["ratio"].is_null());
  EXPECT_TRUE(j["machine"]["limits"].is_null());
  EXPECT_TRUE(j["peers"].is_object());
  o.ways = {{.name = "posdef", .way = "plan", .left_out = "needs 9 TB of memory"}};
  j = to_json(o, computer);
  EXPECT_TRUE(j["seconds"].is_null());
  EXPECT_TRUE(j["gflops"].is_null());
  EXPECT_EQ(j["ways"][0]["left_out"], "needs 9 TB of memory");
}

TEST(Json, FirstCallsStandInTheirWays) {
  outcome o = example();
  o.ways[0].first_seconds = 0.25;
  o.ways[0].first_bytes = 4096;
  o.ways[2].first_seconds = 0.75;
  const ordered_json ways = to_json(o, computer)["ways"];
  EXPECT_EQ(ways[0]["first_seconds"], 0.25);
  EXPECT_EQ(ways[0]["first_bytes"], 4096);
  EXPECT_FALSE(ways[1].contains("first_seconds")) << "it was not measured";
  EXPECT_EQ(ways[2]["first_seconds"], 0.75);
  EXPECT_TRUE(ways[2]["first_bytes"].is_null());
}

outcome device_example() {
  outcome o = example();
  o.device = "cuda:0";
  o.card = "NVIDIA H200";
  o.ways = {
      {.name = "posdef", .way = "plan", .counted = false, .seconds = 0.5, .device_seconds = 0.25, .residual = 0.1},
      {.name = "A", .way = "potrf", .seconds = 0.125, .device_seconds = 2, .residual = 0.5},
      {.name = "A", .way = "Xpotrf", .seconds = 3, .device_seconds = 1, .residual = 0.75},
      {.name = "A", .way = "potrfBatched", .seconds = 0.01, .device_seconds = 0.01, .residual = 5000},
      {.name = "A", .way = "other", .left_out = "too large"},
      {.name = "JAX", .way = "another process", .counted = false, .seconds = 4, .residual = 1}};
  return o;
}

TEST(Json, DeviceCellHasBothTimesAndEveryResidual) {
  machine with_device = computer;
  with_device.device = "cuda:0, a device";
  with_device.python = "/opt/python (torch)";
  const ordered_json o = ordered_json::parse(to_json(device_example(), with_device).dump());
  EXPECT_EQ(o["device"], "cuda:0, NVIDIA H200") << "every result contains the card";
  EXPECT_EQ(o["machine"]["python"], "/opt/python (torch)");
  EXPECT_EQ(o["machine"]["device"], "cuda:0, a device");
  EXPECT_EQ(o["seconds"], 0.5);
  EXPECT_EQ(o["device_seconds"], 0.25);
  EXPECT_EQ(o["peers"], ordered_json({{"A", 0.125}}));
  EXPECT_EQ(o["device_peers"], ordered_json({{"A", 1.0}}));
  EXPECT_EQ(o["ratio"], 4.0) << "by device time";
  EXPECT_DOUBLE_EQ(o["gflops"], example().cell.operations() / 0.25 / 1e9);
  EXPECT_EQ(o["beside"], ordered_json({{"JAX", 4.0}}));
  EXPECT_EQ(o["device_beside"], ordered_json::object()) << "it has no events";
  EXPECT_EQ(o["ways"][2]["device_seconds"], 1.0);
  EXPECT_EQ(o["ways"][2]["residual"], 0.75);
  EXPECT_EQ(o["ways"][3]["right"], false);
  EXPECT_EQ(o["ways"][4]["left_out"], "too large");
  EXPECT_TRUE(o["ways"][5]["device_seconds"].is_null());
}

TEST(Table, DeviceTableHasALineForEachConfiguration) {
  machine with_device = computer;
  with_device.device = "cuda:0, a device";
  with_device.python = "/opt/python (torch); not used: /usr/bin/python3 (no torch)";
  with_device.report_python = "/usr/bin/python3 (matplotlib)";
  const std::string head = device_heading(with_device);
  for (const char* words : {"cuda:0, a device\n", "0.1.0", "A             1.2", "B             missing: no libb.so",
                            "Python        /opt/python (torch); not used: /usr/bin/python3 (no torch)\n",
                            "reports       /usr/bin/python3 (matplotlib)\n"}) {
    EXPECT_NE(head.find(words), std::string::npos) << words << "\n" << head;
  }
  const std::string text = device_rows(device_example());
  EXPECT_NE(text.find("c64 4x1024 on NVIDIA H200: ratio 4.00 to A\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  250000.00   500000.00"), std::string::npos) << text;
  EXPECT_NE(text.find("5e+03  WRONG\n"), std::string::npos) << text;
  EXPECT_NE(text.find("A (other) left out: too large\n"), std::string::npos) << text;
  EXPECT_EQ(device_rows(device_example(), 5).find("posdef"), std::string::npos);
  EXPECT_NE(device_rows(device_example(), 5).find("JAX (another process)"), std::string::npos);
}

TEST(Table, HeadingListsTheMachineThePeersAndTheMissingOnes) {
  machine m = computer;
  m.report_python = "/usr/bin/python3 (matplotlib)";
  const std::string text = heading(m, peers);
  for (const char* words : {"P, 4 processors; 3 threads", "0.1.0, avx2", "1.2", "missing: no libb.so",
                            "30 GFLOP/s in single, 15 in double", "reports       /usr/bin/python3 (matplotlib)\n"}) {
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
  }
}

TEST(Table, RowNamesTheFastestPeerAndWrongResults) {
  outcome o = example();
  std::string text = table_row(o, peers);
  EXPECT_NE(text.find("c64 4x1024"), std::string::npos) << text;
  EXPECT_NE(text.find("4.00  A\n"), std::string::npos) << text;
  EXPECT_NE(text.find("WRONG: A (own threads), residual 5e+03"), std::string::npos) << text;
  o.ways = {{.name = "posdef", .way = "plan", .left_out = "needs 9 TB of memory"}};
  text = table_row(o, peers);
  EXPECT_NE(text.find("posdef (plan) left out: needs 9 TB of memory"), std::string::npos) << text;
}

TEST(Table, ColdCallsHaveALineForEachSituation) {
  outcome o = example();
  EXPECT_EQ(cold_rows(o), "");
  EXPECT_FALSE(to_json(o, computer)["ways"][0].contains("cold"));
  o.ways[0].cold = {{"after_pause", 1e-3}};
  o.ways[2].cold = {{"after_pause", 2e-3}};
  EXPECT_EQ(cold_rows(o), "    after pause                          1000.00  A 2000.00\n");
  EXPECT_EQ(to_json(o, computer)["ways"][0]["cold"], ordered_json({{"after_pause", 1e-3}}));
}

TEST(Table, ArrayLibrariesAreShownOrListedAsMissing) {
  machine m = computer;
  m.missing["PyTorch"] = "No module named 'torch'";
  m.peers["SciPy"] = "1.17.1";
  outcome o = example();
  o.ways.push_back({.name = "NumPy", .way = "another process", .counted = false, .seconds = 3e-3});
  const std::string text = arrays_table({o}, m);
  EXPECT_NE(text.find("PyTorch       missing: No module named 'torch'"), std::string::npos) << text;
  EXPECT_NE(text.find("SciPy         1.17.1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("3000.00"), std::string::npos) << text;
  EXPECT_EQ(*o.ratio(), 4);
}

}  // namespace
}  // namespace posdef::bench
