// Runs posdef bench.
#include "cli/program.hpp"

namespace posdef::test {
namespace {

using namespace std::chrono_literals;

class Bench : public Program {
 protected:
  // A cell that takes almost no time.
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

#if POSDEF_ENGINE_CPU
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

TEST_F(Bench, MeasuresFirstCalls) {
  const outcome o = run(small({"--first-calls", "--json", folder / "cells.json"}));
  ASSERT_EQ(o.status, 0) << o.err;
  for (const json& c : json::parse(read_file(folder / "cells.json"))) {
    EXPECT_EQ(c["ways"].size(), 3u);
    for (const json& w : c["ways"]) {
      EXPECT_GT(w["first_seconds"], 0) << w;
      EXPECT_TRUE(w.contains("first_bytes")) << w;
    }
    EXPECT_NE(c["command"].get<std::string>().find(" bench --suite tiny --filter 1000x2 "), std::string::npos);
    EXPECT_EQ(c["date"].get<std::string>().size(), 10u);
  }
  const json without = json::parse(run(small({"--json", "-"})).out);
  EXPECT_FALSE(without[0]["ways"][0].contains("first_seconds"));
}

TEST_F(Bench, AccuracyWritesItsCells) {
  const std::vector<std::string> words = {"bench",    "--suite",       "accuracy",       "--quick",  "--device",
                                          "cpu",      "--dtype",       "f32,c128",       "--filter", "wishart 8",
                                          "--filter", "laplace-1d 48", "--peers",        "Eigen",    "--threads",
                                          "1",        "--json",        folder / "a.json"};
  const outcome o = run(words);
  ASSERT_EQ(o.status, 0) << o.err;
  for (const char* text : {"\nf32 wishart 8 tiny ", "\nc128 laplace-1d 48 unblocked ", "Largest ratios of residuals"})
    EXPECT_NE(o.out.find(text), std::string::npos) << text << "\n" << o.out;
  const json list = json::parse(read_file(folder / "a.json"));
  ASSERT_EQ(list.size(), 6u);
  for (const json& c : list) {
    for (const char* key : {"type", "matrix", "n", "way", "residual", "floor", "scaled_residual", "diagonal_ulp",
                            "below_ulp", "solve_backward", "solve_backward_ratio", "solve_forward", "inverse_residual",
                            "inverse_residual_ratio", "peers", "best_peer", "ratio", "machine"})
      EXPECT_TRUE(c.contains(key)) << key;
    EXPECT_EQ(c["failed"], 0) << c;
    EXPECT_LT(c["residual"], 3) << c;
    EXPECT_LT(c["solve_backward"], 30) << c;
    EXPECT_LT(c["inverse_residual"], 30) << c;
  }
  EXPECT_EQ(list[0]["way"], "tiny");
  EXPECT_EQ(list[1]["way"], "compact");
  EXPECT_EQ(list[2]["way"], "unblocked");
}

TEST_F(Bench, AccuracyReplacesTheTablesOfAPage) {
  const std::string path = folder / "page.md", begin = "<!-- tables: posdef bench --suite accuracy --markdown -->\n";
  write_file(path, "# Title\n\n" + begin + "old\n<!-- end of the tables -->\n\nAfter.\n");
  const outcome o = run({"bench", "--suite", "accuracy", "--quick", "--device", "cpu", "--filter", "f64 rbf 12 tiny",
                         "--peers", "Eigen", "--markdown", path});
  if (o.err.find("No such file") != std::string::npos) GTEST_SKIP() << "no Python: " << o.err;
  ASSERT_EQ(o.status, 0) << o.err;
  const std::string text = read_file(path);
  EXPECT_TRUE(text.starts_with("# Title\n\n" + begin)) << text;
  EXPECT_TRUE(text.ends_with("<!-- end of the tables -->\n\nAfter.\n")) << text;
  EXPECT_EQ(text.find("old"), std::string::npos) << text;
  EXPECT_NE(text.find("| f64 rbf 12 tiny |"), std::string::npos) << text;
}

TEST_F(Bench, StdoutHoldsOnlyTheJson) {
  const outcome o = run(small({"--json", "-"}));
  EXPECT_EQ(o.status, 0);
  EXPECT_EQ(json::parse(o.out).size(), 2u);
  EXPECT_NE(o.err.find("f32 1000x2 "), std::string::npos) << o.err;
}

TEST_F(Bench, FilterMatchesWholeWords) {
  const outcome o = run({"bench", "--quick", "--suite", "tiny", "--dtype", "f64", "--peers", "Eigen", "--time", "0.001",
                         "--repetitions", "1", "--filter", "1000x2", "--filter", "f64 1000x3"});
  EXPECT_EQ(o.status, 0) << o.err;
  EXPECT_NE(o.out.find("f64 1000x2 "), std::string::npos) << o.out;
  EXPECT_NE(o.out.find("f64 1000x3 "), std::string::npos) << o.out;
  EXPECT_EQ(o.out.find("f64 1000x24 "), std::string::npos) << o.out;
  EXPECT_NE(o.out.find("--quick:"), std::string::npos) << "reports the omitted cells";
}

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> all;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) all.push_back(json::parse(line));
  return all;
}

TEST_F(Bench, LinesAreAppended) {
  const std::string path = folder / "cells.jsonl";
  write_file(path, "{\"unfinished\": ");  // by a run that was killed
  ASSERT_EQ(run(small({"--json-lines", path})).status, 0);
  ASSERT_EQ(run(small({"--json-lines", path, "--json", folder / "cells.json"})).status, 0);
  const std::string text = read_file(path);
  const std::size_t first = text.find('\n') + 1;
  EXPECT_EQ(text.substr(0, first), "{\"unfinished\": \n");
  const std::vector<json> lines = lines_of(text.substr(first));
  ASSERT_EQ(lines.size(), 4u);
  const json list = json::parse(read_file(folder / "cells.json"));
  EXPECT_EQ(lines[2], list[0]) << "a line is a cell of --json";
  EXPECT_EQ(lines[3], list[1]);
  EXPECT_EQ(lines[0]["dtype"], "f32");
}

TEST_F(Bench, StdoutHoldsOnlyTheLines) {
  const outcome o = run(small({"--json-lines", "-"}));
  EXPECT_EQ(o.status, 0);
  EXPECT_EQ(lines_of(o.out).size(), 2u);
  EXPECT_NE(o.err.find("f32 1000x2 "), std::string::npos) << o.err;
  expect_refusal(small({"--json-lines", "-", "--json", "-"}), "cannot both be stdout");
}

// However the run ends, the lines and the rows of the table contain the finished measurements.
TEST_F(Bench, InterruptedRunKeepsItsMeasurements) {
  for (const int signal : {SIGTERM, SIGKILL}) {
    const std::string path = folder / ("cells" + std::to_string(signal));
    const temporary_folder output;
    process running({POSDEF_PROGRAM, "bench", "--suite", "tiny,sweep", "--peers", "none", "--time", "0.02", "--threads",
                     "1", "--json-lines", path, "--json", folder / "all.json"},
                    output);
    while (running.running() && read_file(path).find('\n') == std::string::npos) std::this_thread::sleep_for(10ms);
    running.send(signal);
    const outcome o = running.wait();
    EXPECT_EQ(o.status, 128 + signal) << o.err;
    const std::string text = read_file(path);
    const std::vector<json> lines = lines_of(text.substr(0, text.rfind('\n') + 1));
    ASSERT_FALSE(lines.empty());
    EXPECT_NE(o.out.find("ratio = best peer / posdef"), std::string::npos) << o.out;
    for (const json& c : lines) {
      const std::string name = c["dtype"].get<std::string>() + " " + std::to_string(c["batch"].get<int>()) + "x" +
                               std::to_string(c["n"].get<int>());
      EXPECT_NE(o.out.find("\n" + name + " "), std::string::npos) << name << "\n" << o.out;
    }
    EXPECT_FALSE(std::filesystem::exists(folder / "all.json"));
  }
}

// MKL asks a function of its own for the vendor, unless the program answers. Either peer can be first, but MKL asks
// once.
TEST_F(Bench, AnswersForMkl) {
  const auto heading = [&](const std::string& peers) {
    return run_script("MKLROOT=\"$1\" \"$0\" bench --suite tiny --filter 1000x2 --dtype f32 --time 0.01 --peers \"$2\"",
                      {POSDEF_MKL_STAND_IN, peers})
        .out;
  };
  const bool amd = read_file("/proc/cpuinfo").find("AuthenticAMD") != std::string::npos;
  const std::string plain = heading("MKL");
  EXPECT_NE(plain.find(amd ? "stand-in, answer 0\n" : "stand-in, answer "), std::string::npos) << plain;
  const std::string answered = heading("MKL-intel");
  EXPECT_NE(answered.find(amd ? "stand-in, answer 1, vendor check answered\n" : "only for processors of AMD"),
            std::string::npos)
      << answered;
  const std::string both = heading("MKL-intel,MKL");
  EXPECT_NE(both.find(amd ? "MKL is already loaded as MKL; " : "only for processors of AMD"), std::string::npos)
      << both;
}

TEST_F(Bench, MeasuresPosdefAloneWithoutPeers) {
  std::vector<std::string> words = small({"--json", folder / "cells.json"});
  *std::find(words.begin(), words.end(), "Eigen") = "none";
  const outcome o = run(words);
  ASSERT_EQ(o.status, 0) << o.err;
  const json c = json::parse(read_file(folder / "cells.json"))[0];
  EXPECT_TRUE(c["peers"].empty());
  EXPECT_TRUE(c["ratio"].is_null());
  EXPECT_TRUE(c["machine"]["peers"].empty());
  EXPECT_TRUE(c["machine"]["missing"].empty());
  for (const json& w : c["ways"]) EXPECT_TRUE(w["name"].get<std::string>().starts_with("posdef")) << w;
}

TEST_F(Bench, ReportsThePythonOfReports) {
  const outcome o = run(small({"--markdown", folder / "table.md", "--python", "/usr/bin/env"}));
  EXPECT_NE(o.out.find("reports       /usr/bin/env\n"), std::string::npos) << o.out;
}

TEST_F(Bench, RejectsInvalidArguments) {
  expect_refusal({"bench", "--suite", "seed"}, "--suite");
  expect_refusal({"bench", "--peers", "NoSuchLibrary"}, "--peers");
  expect_refusal({"bench", "--dtype", "f16"}, "--dtype");
  expect_refusal({"bench", "--threads", "-1"}, "--threads");
  expect_refusal({"bench", "--repetitions", "0"}, "--repetitions");
  expect_refusal({"bench", "--time", "0"}, "--time");
  expect_refusal({"bench", "--filter", "1x17"}, "match no cell");
  expect_refusal({"bench", "--suite", "accuracy", "--filter", "rbf 17"}, "match no cell");
  expect_refusal({"bench", "--suite", "accuracy,tiny"}, "--suite accuracy cannot be combined");
  expect_refusal({"bench", "--suite", "accuracy", "--tune"}, "--suite accuracy cannot be combined");
  for (const char* other : {"--tune", "--suite=accuracy", "--device=cuda"})
    expect_refusal({"bench", "--first-calls", other}, "--first-calls");
  expect_refusal({"bench", "--suite", "accuracy", "--peers", "cuSOLVER"}, "cuSOLVER is not a peer");
  expect_refusal({"bench", "--json", ""}, "--json: the file name is empty");
  expect_refusal(small({"--json", folder / "no/such/folder.json"}), "cannot write");
  expect_refusal(small({"--json-lines", folder / "no/such/folder.jsonl"}), "cannot write");
  expect_refusal({"bench", "--peers", "Eigen,none"}, "none cannot be combined");
  expect_refusal(small({"--report", folder / "no/such/folder.html"}), "cannot write");
  expect_files({});
}
#else
TEST_F(Bench, ReportsAMissingCpuEngine) {
  expect_refusal(
      {"bench"},
      "measuring in host memory (--device cpu) requires the engine cpu, and this program was built without it");
  expect_refusal({"bench", "--device", "reference", "--peers", "Eigen"},
                 "measuring in host memory (--device reference)");
  expect_refusal({"bench", "--suite", "accuracy"}, "--suite accuracy requires the engine cpu");
  expect_refusal({"bench", "--tune"}, "tuning requires the engine cpu, and this program was built without it");
}
#endif

// Whether the program can measure on a CUDA device here.
bool has_cuda(const outcome& devices) {
  for (const json& d : json::parse(devices.out)) {
    if (d["device"] == "cuda:0") return d["available"];
  }
  return false;
}

TEST_F(Bench, WithoutACudaDeviceNothingIsWritten) {
  if (has_cuda(run({"devices", "--json"}))) GTEST_SKIP() << "there is one";
  for (const char* const suite : {"seeds", "tiny", "large", "sweep", "contest"}) {
    expect_refusal({"bench", "--device", "cuda", "--suite", suite, "--json", folder / "cells.json", "--json-lines",
                    folder / "cells.jsonl", "--report", folder / "p.html", "--markdown", folder / "t.md"},
                   "bench: no CUDA device: ");
  }
  expect_refusal({"bench", "--device", "cuda:1", "--peers", "cuSOLVER,PyTorch"}, "no CUDA device");
  expect_refusal({"bench", "--device", "cuda", "--tune"}, "bench: ");
  expect_files({});
}

TEST_F(Bench, RejectsPeersAndOperationsOfOtherDevices) {
  expect_refusal({"bench", "--device", "cuda", "--peers", "OpenBLAS"}, "OpenBLAS is not a peer on cuda");
  expect_refusal({"bench", "--device", "cuda", "--peers", "cuSOLVER,none"}, "none cannot be combined");
#if POSDEF_ENGINE_CPU
  expect_refusal({"bench", "--device", "cpu", "--peers", "cuSOLVER"}, "cuSOLVER is not a peer on cpu");
#endif
  expect_refusal({"bench", "--device", "cuda", "--suite", "ops"}, "--suite ops is not available on cuda");
  expect_refusal({"bench", "--device", "reference", "--tune"}, "bench: --tune: ");
  expect_refusal({"bench", "--device", "cuda:x"}, "cuda:x");
  expect_files({});
}

TEST_F(Bench, CudaDeviceHasBothTimes) {
  if (!has_cuda(run({"devices", "--json"}))) GTEST_SKIP() << "there is none";
  const outcome o = run({"bench", "--device", "cuda", "--suite", "seeds", "--filter", "f32 1x64", "--peers", "cuSOLVER",
                         "--time", "0.1", "--json", folder / "cells.json"});
  ASSERT_EQ(o.status, 0) << o.err;
  const json c = json::parse(read_file(folder / "cells.json"))[0];
  EXPECT_GT(c["device_seconds"], 0);
  EXPECT_GT(c["seconds"], 0);
  EXPECT_LT(c["residual"], 3);
  EXPECT_NE(c["device"].get<std::string>().find("cuda:0, "), std::string::npos) << c["device"];
}

#if POSDEF_ENGINE_CPU
TEST_F(Bench, MissingInterpreterIsReportedAndTheResultsAreKept) {
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

TEST_F(Bench, WritesAPage) {
  const outcome o = run(small({"--report", folder / "page.html"}));
  for (const char* reason : {"No such file", "No module named"}) {
    if (o.err.find(reason) != std::string::npos) GTEST_SKIP() << o.err;
  }
  ASSERT_EQ(o.status, 0) << o.err;
  const std::string text = read_file(folder / "page.html");
  EXPECT_NE(text.find("<title>posdef: benchmark</title>"), std::string::npos);
  EXPECT_NE(text.find("<td>f32 1000×2</td>"), std::string::npos);
  EXPECT_NE(text.find("<svg"), std::string::npos);
  expect_files({"page.html"});
}
#endif

}  // namespace
}  // namespace posdef::test
