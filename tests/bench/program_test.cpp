// posdef bench as a shell runs it.
#include "cli/program.hpp"

namespace posdef::test {
namespace {

class Bench : public Program {
 protected:
  // A cell that takes no time.
  static std::vector<std::string> small(std::vector<std::string> more = {}) {
    std::vector<std::string> all = {"bench",   "--suite",   "tiny",    "--filter",      "1000x2",
                                    "--dtype", "f32,c64",   "--peers", "Eigen",         "--time",
                                    "0.01",    "--threads", "1",       "--repetitions", "3"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  void expect_refusal(const std::vector<std::string>& words, const std::string& says) const {
    const outcome o = run(words);
    EXPECT_EQ(o.status, 2) << says;
    EXPECT_EQ(o.out, "");
    EXPECT_NE(o.err.find(says), std::string::npos) << o.err;
  }
};

TEST_F(Bench, WritesItsCells) {
  const std::string path = folder / "cells.json";
  const outcome o = run(small({"--json", path}));
  ASSERT_EQ(o.status, 0) << o.err;
  EXPECT_EQ(o.err, "");
  EXPECT_NE(o.out.find("f32 1000x2 "), std::string::npos) << o.out;
  const json list = json::parse(read_file(path));
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0]["dtype"], "f32");
  EXPECT_EQ(list[1]["dtype"], "c64");
  for (const json& c : list) {
    EXPECT_EQ(c["suite"], "tiny");
    EXPECT_EQ(c["n"], 2);
    EXPECT_EQ(c["batch"], 1000);
    EXPECT_EQ(c["threads"], 1);
    EXPECT_GT(c["seconds"], 0);
    EXPECT_LT(c["residual"], 3);
    EXPECT_TRUE(c["beside"].contains("posdef call"));
    for (const json& w : c["ways"]) EXPECT_LE(w["repetitions"], 3);
    for (const auto& [set, types] : c["machine"]["limits"]["gflops"].items()) {
      for (const char* type : {"f32", "f64"}) EXPECT_GT(types[type]["one"], 0) << set << " " << type;
    }
  }
  expect_files({"cells.json"});
}

TEST_F(Bench, JsonOnStdoutStandsAlone) {
  const outcome o = run(small({"--json", "-"}));
  EXPECT_EQ(o.status, 0);
  EXPECT_EQ(json::parse(o.out).size(), 2u);
  EXPECT_NE(o.err.find("f32 1000x2 "), std::string::npos) << o.err;
}

TEST_F(Bench, AFilterTakesWholeWords) {
  const outcome o = run({"bench", "--quick", "--suite", "tiny", "--dtype", "f64", "--peers", "Eigen", "--time", "0.001",
                         "--repetitions", "1", "--filter", "1000x2", "--filter", "f64 1000x3"});
  EXPECT_EQ(o.status, 0) << o.err;
  EXPECT_NE(o.out.find("f64 1000x2 "), std::string::npos) << o.out;
  EXPECT_NE(o.out.find("f64 1000x3 "), std::string::npos) << o.out;
  EXPECT_EQ(o.out.find("f64 1000x24 "), std::string::npos) << o.out;
  EXPECT_NE(o.out.find("--quick:"), std::string::npos) << "what was left out is said";
}

TEST_F(Bench, WhatCannotBeIsRefusedAtOnce) {
  expect_refusal({"bench", "--suite", "seed"}, "--suite");
  expect_refusal({"bench", "--peers", "NoSuchLibrary"}, "--peers");
  expect_refusal({"bench", "--dtype", "f16"}, "--dtype");
  expect_refusal({"bench", "--threads", "-1"}, "--threads");
  expect_refusal({"bench", "--repetitions", "0"}, "--repetitions");
  expect_refusal({"bench", "--time", "0"}, "--time");
  expect_refusal({"bench", "--filter", "1x17"}, "leave nothing");
  expect_refusal({"bench", "--json", ""}, "--json: the file name is empty");
  expect_refusal(small({"--json", folder / "no/such/folder.json"}), "cannot write");
  expect_refusal(small({"--report", folder / "no/such/folder.html"}), "cannot write");
  expect_files({});
}

// Whether the program can measure on a CUDA device here.
bool has_cuda(const outcome& devices) {
  for (const json& d : json::parse(devices.out)) {
    if (d["device"] == "cuda:0") return d["available"];
  }
  return false;
}

TEST_F(Bench, WithoutACudaDeviceNothingIsMeasuredOrWritten) {
  if (has_cuda(run({"devices", "--json"}))) GTEST_SKIP() << "there is one";
  for (const char* const suite : {"seeds", "tiny", "large", "sweep"}) {
    expect_refusal({"bench", "--device", "cuda", "--suite", suite, "--json", folder / "cells.json", "--report",
                    folder / "p.html", "--markdown", folder / "t.md"},
                   "bench: no CUDA device: ");
  }
  expect_refusal({"bench", "--device", "cuda:1", "--peers", "cuSOLVER,PyTorch"}, "no CUDA device");
  expect_files({});
}

TEST_F(Bench, ADeviceHasItsOwnPeersAndOperations) {
  expect_refusal({"bench", "--device", "cuda", "--peers", "OpenBLAS"}, "OpenBLAS is no peer on cuda");
  expect_refusal({"bench", "--device", "cpu", "--peers", "cuSOLVER"}, "cuSOLVER is no peer on cpu");
  expect_refusal({"bench", "--device", "cuda", "--suite", "ops"}, "--suite ops is not there on cuda");
  expect_refusal({"bench", "--device", "cuda", "--tune"}, "--tune is for the engine cpu");
  expect_refusal({"bench", "--device", "cuda:x"}, "cuda:x");
  expect_files({});
}

TEST_F(Bench, ACudaDeviceIsMeasuredByBothClocks) {
  if (!has_cuda(run({"devices", "--json"}))) GTEST_SKIP() << "there is none";
  const outcome o = run({"bench", "--device", "cuda", "--suite", "seeds", "--filter", "f32 1x64", "--peers", "cuSOLVER",
                         "--time", "0.1", "--json", folder / "cells.json"});
  ASSERT_EQ(o.status, 0) << o.err;
  const json c = json::parse(read_file(folder / "cells.json"))[0];
  EXPECT_GT(c["device_seconds"], 0);
  EXPECT_GT(c["seconds"], 0);
  EXPECT_LT(c["residual"], 3);
}

TEST_F(Bench, AnInterpreterThatIsNotThereIsNamedAndTheResultsAreKept) {
  const outcome o =
      run(small({"--json", folder / "cells.json", "--markdown", folder / "t.md", "--python", "no-python"}));
  EXPECT_EQ(o.status, 2);
  EXPECT_NE(o.err.find("no-python"), std::string::npos) << o.err;
  expect_files({"cells.json"});
}

TEST_F(Bench, WritesAMarkdownTable) {
  const outcome o = run(small({"--markdown", folder / "table.md"}));
  if (o.err.find("No such file") != std::string::npos) GTEST_SKIP() << "no Python: " << o.err;
  ASSERT_EQ(o.status, 0) << o.err;
  const std::string text = read_file(folder / "table.md");
  EXPECT_NE(text.find("| f32 1000×2 |"), std::string::npos) << text;
  EXPECT_NE(text.find("| c64 1000×2 |"), std::string::npos) << text;
  expect_files({"table.md"});
}

}  // namespace
}  // namespace posdef::test
