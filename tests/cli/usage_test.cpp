// Errors of the program for invalid requests, and its use of stdin and stdout.
#include <map>

#include "generate/generate.hpp"
#include "program.hpp"

namespace posdef::test {
namespace {

using tools::matrices;

class Usage : public Program {
 protected:
  void SetUp() override { save(a, tools::generate_spectrum<double>({.n = 8})); }
  // Fails with status 2, this text on stderr and nothing on stdout.
  void expect_refusal(const std::vector<std::string>& words, const std::string& says) const {
    const outcome o = run(words);
    EXPECT_EQ(o.status, 2) << says;
    EXPECT_EQ(o.out, "");
    EXPECT_NE(o.err.find(says), std::string::npos) << o.err;
  }
  const std::string a = folder / "a.npy";
};

TEST_F(Usage, FullStdoutIsAnError) {
  for (const std::string words : {"factor \"$1\" --json", "--help", "factor --help", "devices"}) {
    const outcome o = run_script("\"$0\" " + words + " > /dev/full", {a});
    EXPECT_EQ(o.status, 2) << words;
    EXPECT_NE(o.err.find("posdef: cannot write to stdout"), std::string::npos) << words << ": " << o.err;
  }
}

TEST_F(Usage, EmptyFileNameIsAnError) {
  expect_refusal({"factor", a, "-o", ""}, "--output: the file name is empty");
  expect_refusal({"factor", ""}, "FILE: the file name is empty");
  expect_refusal({"solve", a, ""}, "RHS: the file name is empty");
  expect_refusal({"generate", "gp", "-o", ""}, "--output: the file name is empty");
  expect_refusal({"generate", "elasticity", "-o", folder / "k.npy", "--load", ""}, "--load: the file name is empty");
  expect_files({"a.npy"});
}

TEST_F(Usage, ReportsAMissingOpenCLDriver) {
#if !POSDEF_ENGINE_OPENCL
  GTEST_SKIP() << "engine \"opencl\" is not built in";
#endif
  // The OpenCL loaders (ocl-icd's and Khronos's) look for drivers in the folder of these variables.
  const auto without = [&](const std::string& words) {
    return run_script("OCL_ICD_VENDORS=\"$1\" OPENCL_VENDOR_PATH=\"$1\" exec \"$0\" " + words, {folder / "none/", a});
  };
  std::filesystem::create_directory(folder / "none");
  const std::string reason = "no OpenCL driver is installed (Debian: pocl-opencl-icd runs OpenCL on the processor)\n";
  const outcome list = without("devices"), factor = without("factor \"$2\" --device opencl");
  EXPECT_EQ(list.status, 0) << list.err;
  EXPECT_NE(list.out.find("\nopencl      absent   " + reason), std::string::npos) << list.out;
  EXPECT_EQ(factor.status, 2);
  EXPECT_NE(factor.err.find("posdef: engine \"opencl\": " + reason), std::string::npos) << factor.err;
}

TEST_F(Usage, StdoutHoldsOnlyTheGeneratedMatrix) {
  ASSERT_EQ(run({"generate", "spectrum", "--n", "8", "-o", folder / "file.npy"}).status, 0);
  for (const std::string name : {"-", "/dev/stdout"}) {
    const outcome o = run({"generate", "spectrum", "--n", "8", "-o", name});
    EXPECT_EQ(o.status, 0);
    EXPECT_EQ(o.out, read_file(folder / "file.npy"));
    EXPECT_NE(o.err.find("8 x 8, f64"), std::string::npos) << o.err;
  }
}

TEST_F(Usage, ElasticityMessagesDoNotMixWithTheOutput) {
  const outcome o = run({"generate", "elasticity", "--nx", "4", "--ny", "2", "-o", folder / "k.npy", "--load", "-"});
  EXPECT_EQ(o.status, 0);
  EXPECT_EQ(o.out.rfind("\x93NUMPY", 0), 0u);
  EXPECT_EQ(o.out.find("beam theory"), std::string::npos);
  EXPECT_NE(o.err.find("beam theory"), std::string::npos) << o.err;
  expect_refusal({"generate", "elasticity", "-o", "-", "--load", "-"}, "only one of --output and --load");
}

TEST_F(Usage, DashIsStdinOrStdout) {
  const outcome o = run_script("\"$0\" factor - -o - --json < \"$1\" > \"$2\"", {a, folder / "l.npy"});
  EXPECT_EQ(o.status, 0) << o.err;
  EXPECT_EQ(json::parse(o.err)["n"], 8);
  EXPECT_GT(load<double>(folder / "l.npy")(0, 7, 7), 0);
  EXPECT_EQ(run_script("cat \"$1\" | \"$0\" solve \"$1\" -", {a}).status, 0);
  expect_refusal({"solve", "-", "-"}, "only one of FILE and RHS");
  expect_files({"a.npy", "l.npy"});
}

TEST_F(Usage, ReportsUnknownCommands) {
  expect_refusal({"fctor", a}, "posdef: unknown command \"fctor\"");
  expect_refusal({"--frob"}, "posdef: unknown option \"--frob\"");
  expect_refusal({"generate", "gpp", "-o", a}, "posdef: generate: unknown command \"gpp\"");
}

TEST_F(Usage, NoCommandShowsTheHelp) {
  expect_refusal({}, "Subcommands:\n  factor ");
  expect_refusal({"generate"}, "Subcommands:\n  elasticity ");
}

TEST_F(Usage, MessagesBeginWithTheProgramNameOnce) {
  const outcome o = run({"factor", a, "--device", "abacus"});
  EXPECT_EQ(o.err.rfind("posdef: --device", 0), 0u) << o.err;
  EXPECT_EQ(run({"factor", folder / "absent"}).err.rfind("posdef: /", 0), 0u);
}

TEST_F(Usage, EveryErrorIsOneLineWithProgramAndCommand) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> refused = {
      {{"factor"}, "posdef: factor: FILE is required"},
      {{"factor", a, "--threads", "5000"}, "posdef: factor: --threads: Value 5000 not in range 0 to 4096"},
      {{"factor", a, "--uplo", "middle"}, "posdef: factor: --uplo: middle not in {lower,upper}"},
      {{"logdet", a, "--frob"}, "posdef: logdet: The following argument was not expected: --frob"},
      {{"inverse", a, "--verify", "--no-verify"}, "posdef: inverse: --verify excludes --no-verify"},
      {{"solve", a}, "posdef: solve: "},
      {{"generate", "gp", "-o", folder / "x", "--frob"},
       "posdef: generate: gp: The following argument was not expected: --frob"},
      {{"fctor", a}, "posdef: unknown command \"fctor\""},
  };
  for (const auto& [words, begins] : refused) {
    const outcome o = run(words);
    EXPECT_EQ(o.status, 2) << begins;
    EXPECT_EQ(o.out, "");
    EXPECT_EQ(o.err.rfind(begins, 0), 0u) << o.err;
    EXPECT_EQ(o.err.find('\n'), o.err.size() - 1) << o.err;
    EXPECT_NE(o.err.find("--help"), std::string::npos) << o.err;
  }
}

TEST_F(Usage, ReportsTheExpectedShapeOfARightHandSide) {
  save(folder / "b.npy", matrices<double>(1, 7, 1));
  expect_refusal({"solve", a, folder / "b.npy"}, "b.npy: the right-hand side is 7 x 1; expected 8 x k");
  save(folder / "batch.npy", matrices<double>(5, 8, 8));
  save(folder / "flat.npy", matrices<double>(1, 5, 8));
  expect_refusal({"solve", folder / "batch.npy", folder / "flat.npy"},
                 "the right-hand side is 5 x 8; expected 8 x k for all matrices together, or a 3-D file, 5 x 8 x k");
  save(folder / "three.npy", matrices<double>(3, 8, 1));
  expect_refusal({"solve", a, folder / "three.npy"}, "the right-hand side is 3 x 8 x 1; expected 8 x k");
}

TEST_F(Usage, UnitVectorsAreCountedFromOneToN) {
  for (const std::string k : {"0", "-1", "9"}) {
    expect_refusal({"solve", a, "--unit", k}, "--unit " + k + "; expected 1 to 8");
  }
}

TEST_F(Usage, ChannelCovarianceRequiresAComplexType) {
  expect_refusal({"generate", "mimo", "--dtype", "f64", "-o", folder / "m.npy"},
                 "generate mimo: the channel covariance is complex; f64 is a real type; expected c64 or c128");
}

TEST_F(Usage, ReportsThatNothingWasWritten) {
  save(folder / "bad.npy", tools::generate_indefinite<double>({.n = 9, .k = 4}));
  for (const bool json_wanted : {false, true}) {
    std::vector<std::string> words = {"factor", folder / "bad.npy", "-o", folder / "l.npy"};
    if (json_wanted) words.push_back("--json");
    const outcome o = run(words);
    EXPECT_EQ(o.status, 1);
    EXPECT_NE(o.err.find("l.npy: nothing written"), std::string::npos) << o.err;
    EXPECT_EQ(std::count(o.err.begin(), o.err.end(), '\n'), 1);
    expect_files({"a.npy", "bad.npy"});
  }
}

TEST_F(Usage, HelpExplainsChecksAndTimes) {
  for (const std::string command : {"factor", "solve", "inverse", "logdet"}) {
    const std::string help = run({command, "--help"}).out;
    for (const std::string text : {"dense", "symmetry", "seconds", "--no-verify skips", "Exit status"}) {
      EXPECT_NE(help.find(text), std::string::npos) << command << ": " << text;
    }
  }
}

TEST_F(Usage, HelpOfOtherCommandsExplainsThem) {
  const std::map<std::string, std::string> says = {{"generate", "same seed"},
                                                   {"devices", "shows the reason"},
                                                   {"demo", "Reads no files"},
                                                   {"plot", "loads no others"}};
  for (const auto& [command, text] : says) {
    EXPECT_NE(run({command, "--help"}).out.find(text), std::string::npos) << command;
  }
}

TEST_F(Usage, ReportsAByteOrderMark) {
  write_file(folder / "bom.mtx", "\xEF\xBB\xBF%%MatrixMarket matrix array real general\n1 1\n4\n");
  expect_refusal({"factor", folder / "bom.mtx"}, "UTF-8 byte order mark");
}

}  // namespace
}  // namespace posdef::test
