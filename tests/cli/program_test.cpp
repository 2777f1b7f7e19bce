// The built program: exit status, output and files.
#include "program.hpp"

#include <sys/ioctl.h>

#include <algorithm>
#include <cmath>

#include "generate/generate.hpp"
#include "textbook.hpp"

namespace posdef::test {
namespace {

using tools::matrices;

matrices<double> batch_with_failures() {
  matrices<double> all(4, 10, 10, layout::row_major);
  for (const auto& [b, k] : {std::pair{0, 0}, {1, 3}, {2, 0}, {3, 10}}) {
    const auto one =
        k == 0 ? tools::generate_spectrum<double>({.n = 10}) : tools::generate_indefinite<double>({.n = 10, .k = k});
    for (std::int64_t i = 0; i < 10; ++i) {
      for (std::int64_t j = 0; j < 10; ++j) all(b, i, j) = one(0, i, j);
    }
  }
  return all;
}

TEST_F(Program, FactorPrintsOneJsonObjectWithTheDocumentedKeys) {
  save(folder / "a.npy", tools::generate_spectrum<double>({.n = 50}));
  const json o = run_json({"factor", folder / "a.npy", "--threads", "2"});
  std::vector<std::string> keys;
  for (const auto& item : o.items()) keys.push_back(item.key());
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(keys, (std::vector<std::string>{"batch", "device", "doubtful", "dtype", "gflops", "info", "n", "residual",
                                            "residual_kind", "seconds", "threads", "verdict"}));
  EXPECT_EQ(o["n"], 50);
  EXPECT_EQ(o["batch"], 1);
  EXPECT_EQ(o["dtype"], "f64");
  EXPECT_EQ(o["device"], "cpu");
  EXPECT_EQ(o["threads"], 2);
  EXPECT_GT(o["seconds"], 0);
  EXPECT_GT(o["gflops"], 0);
  EXPECT_LT(o["residual"], 1);
  EXPECT_EQ(o["info"], json::array());
  EXPECT_EQ(o["verdict"], "right");
  EXPECT_EQ(o["doubtful"], json::array());
}

TEST_F(Program, RequiresSymmetryUnlessATriangleIsSelected) {
  write_file(folder / "m.mtx", "%%MatrixMarket matrix array real general\n2 2\n4\n1\n1.5\n3\n");
  const std::string file = folder / "m.mtx", factor = folder / "l.npy";
  const outcome refused = run({"factor", file});
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.err.find("--symmetrize takes the mean of both"), std::string::npos) << refused.err;
  const auto element = [&](const std::vector<std::string>& how) {
    std::vector<std::string> call = {"factor", file, "-o", factor};
    call.insert(call.end(), how.begin(), how.end());
    const outcome o = run(call);
    EXPECT_EQ(o.status, 0) << o.err;
    const auto l = std::get<matrices<double>>(tools::read_matrices(factor).content);
    return std::pair{std::max(l(0, 1, 0), l(0, 0, 1)), o.err};
  };
  EXPECT_EQ(element({"--uplo", "lower"}).first, 0.5);
  EXPECT_NE(element({"--uplo", "lower"}).second.find("is 0.14, at (2, 1)"), std::string::npos);
  EXPECT_EQ(element({"--uplo", "upper"}).first, 0.75);
  EXPECT_EQ(element({"--symmetrize"}).first, 0.625);
}

TEST_F(Program, RejectsConversionBeyondTheRangeOfAType) {
  matrices<double> large(1, 2, 2), small(1, 2, 2);
  for (std::int64_t i = 0; i < 2; ++i) {
    large(0, i, i) = 1e300;
    small(0, i, i) = 1e-60;
  }
  small(0, 1, 0) = small(0, 0, 1) = 1e-80;
  save(folder / "large.npy", std::move(large));
  save(folder / "small.npy", std::move(small));
  for (const char* name : {"large.npy", "small.npy"})
    EXPECT_NE(run({"factor", folder / name, "--dtype", "f32"}).err.find("beyond the range of f32"), std::string::npos);
}

TEST_F(Program, NonFiniteResultsAreDoubtfulAndTheStatusIsThree) {
  matrices<double> a(1000, 3, 3), b(1000, 3, 1), tiny(1, 2, 2);
  for (std::int64_t m = 0; m < 1000; ++m)
    for (std::int64_t i = 0; i < 3; ++i) a(m, i, i) = b(m, i, 0) = 1;
  b(500, 1, 0) = std::numeric_limits<double>::infinity();
  tiny(0, 0, 0) = 1e-310;
  tiny(0, 1, 1) = 1;
  save(folder / "a.npy", std::move(a));
  save(folder / "b.npy", std::move(b));
  save(folder / "tiny.npy", std::move(tiny));
  for (const std::string how : {"--verify", "--no-verify"}) {
    const outcome solved = run({"solve", folder / "a.npy", folder / "b.npy", "--json", how});
    EXPECT_EQ(solved.status, 3);
    EXPECT_EQ(json::parse(solved.out)["verdict"], "doubtful");
    EXPECT_EQ(json::parse(solved.out)["doubtful"], json::array({500}));
    const outcome inverted = run({"inverse", folder / "tiny.npy", how});
    EXPECT_EQ(inverted.status, 3);
    EXPECT_NE(inverted.out.find("DOUBTFUL: it holds NaN or infinity"), std::string::npos) << inverted.out;
  }
  const outcome unverified = run({"factor", folder / "a.npy", "--json", "--no-verify"});
  EXPECT_EQ(unverified.status, 0);
  EXPECT_EQ(json::parse(unverified.out)["verdict"], "not verified");
}

TEST_F(Program, FactorIsCorrectInEveryTypeTriangleAndFormat) {
  save(folder / "real.npy", tools::generate_spectrum<double>({.n = 70}));
  save(folder / "complex.mtx", tools::generate_spectrum<std::complex<double>>({.n = 70}), tools::structure::hermitian);
  for (const std::string type : {"f32", "f64", "c64", "c128"}) {
    for (const std::string triangle : {"lower", "upper"}) {
      const std::string file = type[0] == 'f' ? "real.npy" : "complex.mtx";
      const json o =
          run_json({"factor", folder / file, "--dtype", type, "--uplo", triangle, "--output", folder / "l.npy"});
      EXPECT_LT(o["residual"], 1) << type << triangle;
      EXPECT_EQ(o["dtype"], type);
      const tools::any_matrices l = tools::read_matrices(folder / "l.npy").content;
      EXPECT_EQ(tools::name_of(tools::dtype_of_any(l)), type);
      std::visit(
          [&](const auto& x) {
            EXPECT_GT(std::real(x(0, 69, 69)), 0);
            EXPECT_EQ(std::imag(x(0, 69, 69)), 0);
            EXPECT_EQ(std::abs(triangle == "lower" ? x(0, 3, 60) : x(0, 60, 3)), 0) << "the other triangle is zero";
            EXPECT_NE(std::abs(triangle == "lower" ? x(0, 60, 3) : x(0, 3, 60)), 0);
          },
          l);
    }
  }
}

TEST_F(Program, FactorWithoutVerificationGivesTheSameFactor) {
  save(folder / "a.npy", tools::generate_spectrum<double>({.n = 40}));
  run_json({"factor", folder / "a.npy", "-o", folder / "checked.npy"});
  const json o = run_json({"factor", folder / "a.npy", "--no-verify", "-o", folder / "unchecked.npy"});
  EXPECT_TRUE(o["residual"].is_null());
  EXPECT_EQ(read_file(folder / "checked.npy"), read_file(folder / "unchecked.npy"));
}

TEST_F(Program, FailuresAreListedAndTheStatusIsOne) {
  save(folder / "a.npy", batch_with_failures());
  const json o = run_json({"factor", folder / "a.npy"}, 1);
  EXPECT_EQ(o["info"], json::parse("[[1, 3], [3, 10]]"));
  EXPECT_LT(o["residual"], 1);
  expect_files({"a.npy"});
  const outcome text = run({"factor", folder / "a.npy"});
  EXPECT_EQ(text.status, 1);
  EXPECT_NE(
      text.out.find("2 of 4 NOT positive definite: matrix 1, leading minor of order 3, matrix 3, leading minor of "
                    "order 10"),
      std::string::npos)
      << text.out;
}

TEST_F(Program, FailurePolicyNanWritesTheOtherResults) {
  save(folder / "a.npy", batch_with_failures());
  run_json({"factor", folder / "a.npy", "--on-failure", "nan", "--output", folder / "l.npy"}, 1);
  const auto l = load<double>(folder / "l.npy");
  EXPECT_TRUE(std::isfinite(l(0, 5, 5)));
  EXPECT_TRUE(std::isnan(l(1, 5, 5)));
  EXPECT_TRUE(std::isfinite(l(2, 5, 5)));
  EXPECT_TRUE(std::isnan(l(3, 5, 5)));
}

TEST_F(Program, FailurePolicyRaiseStops) {
  save(folder / "a.npy", batch_with_failures());
  const outcome o = run({"factor", folder / "a.npy", "--on-failure", "raise", "--output", folder / "l.npy", "--json"});
  EXPECT_EQ(o.status, 1);
  EXPECT_EQ(o.out, "");
  EXPECT_NE(o.err.find("matrix 1: the leading minor of order 3 is not positive definite"), std::string::npos) << o.err;
  expect_files({"a.npy"});
}

TEST_F(Program, ReportsTheFirstMinorWithNanOrInfinity) {
  for (const double value : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    save(folder / "a.npy", tools::generate_planted({.n = 60, .row = 41, .col = 7, .value = value}));
    const json o = run_json({"factor", folder / "a.npy"}, 1);
    EXPECT_EQ(o["info"], json::parse("[[0, 41]]"));
    EXPECT_TRUE(o["residual"].is_null());
  }
}

TEST_F(Program, ReadsOnlyTheSelectedTriangleOfAnNpyFile) {
  auto a = tools::generate_spectrum<double>({.n = 30});
  for (std::int64_t i = 0; i < 30; ++i) {
    for (std::int64_t j = i + 1; j < 30; ++j) a(0, i, j) = std::numeric_limits<double>::quiet_NaN();
  }
  save(folder / "a.npy", std::move(a));
  EXPECT_LT(run_json({"factor", folder / "a.npy"})["residual"], 1);
  EXPECT_EQ(run_json({"factor", folder / "a.npy", "--uplo", "upper"}, 1)["info"], json::parse("[[0, 2]]"));
}

TEST_F(Program, SolveAcceptsAFileOnesOrAUnitVector) {
  matrices<double> a(1, 3, 3), b(1, 3, 2);
  for (std::int64_t i = 0; i < 3; ++i) {
    a(0, i, i) = static_cast<double>(1 << i);
    b(0, i, 0) = 4;
    b(0, i, 1) = 8;
  }
  save(folder / "a.npy", std::move(a));
  save(folder / "b.mtx", std::move(b));
  const std::string x = folder / "x.npy";
  EXPECT_LT(run_json({"solve", folder / "a.npy", folder / "b.mtx", "-o", x})["residual"], 1);
  EXPECT_NEAR(load<double>(x)(0, 2, 1), 2, 1e-12);
  run_json({"solve", folder / "a.npy", "--ones", "-o", x});
  EXPECT_NEAR(load<double>(x)(0, 1, 0), 0.5, 1e-12);
  run_json({"solve", folder / "a.npy", "--unit", "3", "-o", x, "--uplo", "upper", "--no-verify"});
  EXPECT_NEAR(load<double>(x)(0, 2, 0), 0.25, 1e-12);
  EXPECT_EQ(load<double>(x)(0, 0, 0), 0);
}

TEST_F(Program, SolveABatchWithOneRightHandSideOrOnePerMatrix) {
  const auto a = tools::generate_kalman({.batch = 7});
  save(folder / "a.npy", tools::generate_kalman({.batch = 7}));
  matrices<double> b(7, 6, 2, layout::row_major);
  for (std::int64_t m = 0; m < 7; ++m) {
    for (std::int64_t i = 0; i < 6; ++i) b(m, i, 0) = b(m, i, 1) = static_cast<double>(m + i);
  }
  save(folder / "b.npy", std::move(b));
  EXPECT_LT(run_json({"solve", folder / "a.npy", folder / "b.npy"})["residual"], 1);
  EXPECT_LT(run_json({"solve", folder / "a.npy", "--ones", "-o", folder / "x.npy"})["residual"], 1);
  const auto x = load<double>(folder / "x.npy");
  ASSERT_EQ(x.batch, 7);
  double first = 0;
  for (std::int64_t j = 0; j < 6; ++j) first += a(4, 0, j) * x(4, j, 0);
  EXPECT_NEAR(first, 1, 1e-9);
}

TEST_F(Program, SolveRejectsRightHandSidesOfTheWrongShape) {
  save(folder / "a.npy", tools::generate_spectrum<double>({.n = 5}));
  save(folder / "b.npy", matrices<double>(1, 4, 1));
  save(folder / "c.npy", matrices<double>(3, 5, 1));
  EXPECT_EQ(run({"solve", folder / "a.npy", folder / "b.npy"}).status, 2);
  EXPECT_EQ(run({"solve", folder / "a.npy", folder / "c.npy"}).status, 2);
  EXPECT_EQ(run({"solve", folder / "a.npy", "--unit", "6"}).status, 2);
  EXPECT_EQ(run({"solve", folder / "a.npy", "--unit", "0"}).status, 2);
  EXPECT_EQ(run({"solve", folder / "a.npy"}).status, 2);
  EXPECT_EQ(run({"solve", folder / "a.npy", folder / "b.npy", "--ones"}).status, 2);
}

TEST_F(Program, InverseTimesMatrixIsTheIdentity) {
  save(folder / "a.npy", tools::generate_spectrum<std::complex<double>>({.n = 30}));
  for (const std::string triangle : {"lower", "upper"}) {
    const json o = run_json({"inverse", folder / "a.npy", "-o", folder / "x.npy", "--uplo", triangle});
    EXPECT_LT(o["residual"], 1);
    const auto a = load<std::complex<double>>(folder / "a.npy");
    const auto x = load<std::complex<double>>(folder / "x.npy");
    for (std::int64_t i = 0; i < 30; ++i) {
      for (std::int64_t j = 0; j < 30; ++j) {
        std::complex<double> sum = 0;
        for (std::int64_t k = 0; k < 30; ++k) sum += a(0, i, k) * x(0, k, j);
        EXPECT_NEAR(std::abs(sum - (i == j ? 1.0 : 0.0)), 0, 1e-12);
      }
    }
  }
}

TEST_F(Program, LogDetIsNaNForMatricesThatAreNotPositiveDefinite) {
  save(folder / "a.npy", batch_with_failures());
  const json o = run_json({"logdet", folder / "a.npy"}, 1);
  ASSERT_EQ(o["logdet"].size(), 4u);
  // Eigenvalues from 1 to 1/100, spaced in their logarithm: log det = -n·log(100)/2.
  EXPECT_NEAR(o["logdet"][0], -10 * std::log(100.0) / 2, 1e-12);
  EXPECT_TRUE(o["logdet"][1].is_null());
  EXPECT_EQ(o["info"], json::parse("[[1, 3], [3, 10]]"));
}

TEST_F(Program, AcceptsEmptyMatricesAndBatches) {
  save(folder / "zero.npy", matrices<double>(1, 0, 0));
  save(folder / "none.npy", matrices<double>(0, 4, 4));
  for (const std::string file : {"zero.npy", "none.npy"}) {
    for (const std::string command : {"factor", "inverse", "logdet"}) {
      EXPECT_EQ(run_json({command, folder / file})["info"], json::array()) << command << file;
    }
    EXPECT_EQ(run_json({"solve", folder / file, "--ones"})["info"], json::array());
  }
}

TEST_F(Program, BadInputGivesStatusTwoAndWritesNothing) {
  write_file(folder / "cut.mtx", "%%MatrixMarket matrix coordinate real symmetric\n3 3 3\n1 1 2.000000\n2 2 2.0000\n");
  save(folder / "wide.npy", matrices<double>(1, 3, 4));
  write_file(folder / "skewed.mtx", "%%MatrixMarket matrix array real general\n2 2\n2\n1\n-1\n2\n");
  matrices<std::complex<double>> complex(1, 2, 2);
  complex(0, 1, 0) = {0, 1};
  save(folder / "complex.npy", std::move(complex));
  const std::vector<std::string> before = folder.names();
  const auto expect_refusal = [&](std::vector<std::string> words, const std::string& says) {
    words.insert(words.end(), {"--output", folder / "l.npy"});
    const outcome o = run(words);
    EXPECT_EQ(o.status, 2) << words[1];
    EXPECT_EQ(o.out, "");
    EXPECT_NE(o.err.find(says), std::string::npos) << o.err;
    expect_files(before);
  };
  expect_refusal({"factor", folder / "absent.npy"}, "absent.npy: cannot open");
  expect_refusal({"factor", folder / "cut.mtx"}, "cut.mtx:5: the file ends after 2 entries");
  expect_refusal({"factor", folder / "wide.npy"}, "3 x 4; expected a square one");
  expect_refusal({"factor", folder / "skewed.mtx"}, "not symmetric");
  expect_refusal({"factor", folder / "complex.npy", "--dtype", "f32"}, "imaginary part");
  expect_refusal({"factor", folder / "complex.npy", "--device", "abacus"}, "abacus");
}

TEST_F(Program, BadUsageGivesStatusTwo) {
  save(folder / "a.npy", tools::generate_spectrum<double>({.n = 5}));
  const std::string a = folder / "a.npy";
  EXPECT_EQ(run({}).status, 2);
  EXPECT_EQ(run({"frobnicate"}).status, 2);
  EXPECT_EQ(run({"factor"}).status, 2);
  EXPECT_EQ(run({"factor", a, "--uplo", "middle"}).status, 2);
  EXPECT_EQ(run({"factor", a, "--dtype", "f16"}).status, 2);
  EXPECT_EQ(run({"factor", a, "--threads", "-1"}).status, 2);
  EXPECT_EQ(run({"factor", a, "--verify", "--no-verify"}).status, 2);
  EXPECT_EQ(run({"factor", a, "--output", folder / "no/such/l.npy"}).status, 2);
  EXPECT_EQ(run({"generate", "gp"}).status, 2);
  EXPECT_EQ(run({"generate", "gp", "--n", "-3", "-o", folder / "g.npy"}).status, 2);
  EXPECT_EQ(run({"generate", "kalman", "-o", folder / "g.mtx"}).status, 2);
  expect_files({"a.npy"});
}

TEST_F(Program, HelpAndVersionGiveStatusZero) {
  EXPECT_EQ(run({"--help"}).status, 0);
  EXPECT_EQ(run({"factor", "--help"}).status, 0);
  const outcome version = run({"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_FALSE(version.out.empty());
}

TEST_F(Program, EveryKindCanBeGeneratedAndFactored) {
  const std::string file = folder / "g.npy";
  const auto factored = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "generate");
    words.insert(words.end(), {"-o", file});
    const outcome o = run(words);
    EXPECT_EQ(o.status, 0) << o.err;
    return run_json({"factor", file});
  };
  EXPECT_EQ(factored({"elasticity", "--nx", "10", "--ny", "4"})["n"], 100);
  EXPECT_LT(factored({"gp", "--n", "80", "--kernel", "matern52", "--points", "grid"})["residual"], 1);
  EXPECT_LT(factored({"sample-covariance", "--n", "40", "--samples", "100"})["residual"], 1);
  EXPECT_EQ(factored({"kalman", "--batch", "100"})["batch"], 100);
  EXPECT_EQ(factored({"mimo", "--n", "16", "--users", "4", "--dtype", "c64"})["dtype"], "c64");
  EXPECT_LT(factored({"spectrum", "--n", "50", "--condition", "1e6"})["residual"], 1);
  for (const auto& [words, k] : {std::pair<std::vector<std::string>, int>{{"indefinite", "--n", "30", "--k", "17"}, 17},
                                 {{"indefinite", "--n", "30", "--k", "17", "--dtype", "c64"}, 17},
                                 {{"nan", "--n", "30", "--row", "9", "--col", "21"}, 21},
                                 {{"nan", "--n", "30", "--row", "9", "--col", "9", "--value", "inf"}, 9}}) {
    std::vector<std::string> all = {"generate"};
    all.insert(all.end(), words.begin(), words.end());
    all.insert(all.end(), {"-o", file});
    ASSERT_EQ(run(all).status, 0);
    EXPECT_EQ(run_json({"factor", file}, 1)["info"], json::array({{0, k}}));
  }
}

TEST_F(Program, CantileverFilesGiveTheDeflectionOfBeamTheory) {
  ASSERT_EQ(run({"generate", "elasticity", "--nx", "60", "--ny", "8", "--length", "15", "--height", "2", "-o",
                 folder / "k.mtx", "--load", folder / "f.npy"})
                .status,
            0);
  const json o = run_json({"solve", folder / "k.mtx", folder / "f.npy", "-o", folder / "x.npy"});
  EXPECT_LT(o["residual"], 1);
  const auto beam = tools::generate_cantilever({.nx = 60, .ny = 8, .length = 15, .height = 2});
  EXPECT_NEAR(-load<double>(folder / "x.npy")(0, beam.tip, 0) / beam.timoshenko, 1, 0.02);
}

TEST_F(Program, ReferenceEngineGivesTheSameResult) {
  save(folder / "a.npy", tools::generate_spectrum<double>({.n = 60}));
  const json o = run_json({"factor", folder / "a.npy", "--device", "reference"});
  EXPECT_EQ(o["device"], "reference");
  EXPECT_LT(o["residual"], 1);
}

TEST_F(Program, DevicesAreListed) {
  const outcome o = run({"devices"});
  EXPECT_EQ(o.status, 0);
  EXPECT_NE(o.out.find("cpu"), std::string::npos);
  bool reference = false;
  for (const json& d : run_json({"devices"})) reference = reference || (d["device"] == "reference" && d["available"]);
  EXPECT_TRUE(reference);
}

// ----- long work: a moderate order suffices, because the reference engine uses textbook loops -----

std::vector<std::string> long_work(const std::string& input, const std::string& output) {
  return {POSDEF_PROGRAM, "factor", input, "--device", "reference", "--threads", "1", "--no-verify", "-o", output};
}

void save_copies(const std::string& path, std::int64_t batch) {
  const auto one = tools::generate_spectrum<double>({.n = 600, .reflections = 4});
  matrices<double> all(batch, 600, 600, layout::row_major);
  for (std::int64_t b = 0; b < batch; ++b) std::copy_n(one.elements.data(), one.elements.size(), &all(b, 0, 0));
  save(path, std::move(all));
}

// A batch that takes about three seconds on any machine, with or without sanitizers.
void save_long_input(const std::string& path) {
  const temporary_folder output;
  constexpr std::int64_t probe = 4;
  save_copies(path, probe);
  std::vector<std::string> words = long_work(path, output / "l.npy");
  words.push_back("--json");
  const json timed = json::parse(process(words, output).wait().out);
  save_copies(path, std::min<std::int64_t>(1000, 2 + static_cast<std::int64_t>(3 * probe / double(timed["seconds"]))));
}

TEST_F(Program, ASignalLeavesNoFileBehind) {
  using namespace std::chrono_literals;
  save_long_input(folder / "a.npy");
  const temporary_folder output;
  for (const int signal : {SIGINT, SIGTERM}) {
    process program(long_work(folder / "a.npy", folder / "l.npy"), output);
    for (int k = 0; k < 2000 && folder.names().size() < 2; ++k) std::this_thread::sleep_for(5ms);
    EXPECT_EQ(folder.names().size(), 2u) << "the temporary file is there while the program works";
    EXPECT_TRUE(program.running());
    program.send(signal);
    EXPECT_EQ(program.wait().status, 128 + signal);
    expect_files({"a.npy"});
  }
}

// What the program writes to a terminal as its stderr until it ends. A `signal` is sent as soon as the first text
// appears, and ends the program.
std::string seen_on_terminal(const std::vector<std::string>& command, const temporary_folder& output, int signal = 0,
                             unsigned short columns = 80) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  grantpt(master);
  unlockpt(master);
  const int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
  const winsize size{24, columns, 0, 0};
  ioctl(terminal, TIOCSWINSZ, &size);
  process program(command, output, terminal);
  close(terminal);
  std::string seen;
  char chunk[4096];
  for (ssize_t got = 0; (got = read(master, chunk, sizeof chunk)) > 0;) {
    if (seen.empty() && signal != 0) program.send(signal);
    seen.append(chunk, static_cast<std::size_t>(got));
  }
  close(master);
  EXPECT_EQ(program.wait().status, signal == 0 ? 0 : 128 + signal);
  return seen;
}

// Sets an environment variable for programs started during its lifetime.
struct environment {
  const char* name;
  environment(const char* variable, const char* value) : name(variable) { setenv(name, value, 1); }
  ~environment() { unsetenv(name); }
};

TEST_F(Program, ShowsProgressOnlyOnATerminal) {
  const environment at_once("POSDEF_PROGRESS_AFTER", "0");
  save_copies(folder / "a.npy", 3);
  const temporary_folder output;
  const std::string seen = seen_on_terminal(long_work(folder / "a.npy", folder / "l.npy"), output);
  EXPECT_NE(seen.find("factoring  "), std::string::npos);
  EXPECT_EQ(seen.rfind("\r\033[K"), seen.size() - 4) << "the bar is erased";
  EXPECT_EQ(process(long_work(folder / "a.npy", folder / "l.npy"), output).wait().err, "");
}

TEST_F(Program, ProgressBarFitsTheTerminal) {
  const environment at_once("POSDEF_PROGRESS_AFTER", "0");
  save_copies(folder / "a.npy", 3);
  const temporary_folder output;
  for (const unsigned short columns : {20, 50, 80, 200}) {
    std::istringstream bars(seen_on_terminal(long_work(folder / "a.npy", folder / "l.npy"), output, 0, columns));
    std::size_t longest = 0;
    for (std::string bar; std::getline(bars, bar, '\r');)
      longest = std::max(longest, bar.size() - bar.starts_with("\033[K") * 3);
    EXPECT_GT(longest, 10u);
    EXPECT_LT(longest, columns);
  }
}

TEST_F(Program, ASignalErasesTheProgressBar) {
  const environment at_once("POSDEF_PROGRESS_AFTER", "0");
  save_long_input(folder / "a.npy");
  const temporary_folder output;
  std::vector<std::string> without_output = long_work(folder / "a.npy", folder / "l.npy");
  without_output.resize(without_output.size() - 2);
  for (const auto& command : {long_work(folder / "a.npy", folder / "l.npy"), without_output}) {
    const std::string seen = seen_on_terminal(command, output, SIGINT);
    EXPECT_NE(seen.find("reading "), std::string::npos);
    EXPECT_EQ(seen.rfind("\r\033[K"), seen.size() - 4) << seen;
    expect_files({"a.npy"});
  }
}

TEST_F(Program, ShortWorkShowsNoProgress) {
  const environment patient("POSDEF_PROGRESS_AFTER", "1000");
  save(folder / "a.npy", tools::generate_spectrum<double>({.n = 300, .reflections = 4}));
  const temporary_folder output;
  EXPECT_EQ(seen_on_terminal({POSDEF_PROGRAM, "factor", folder / "a.npy", "--device", "reference"}, output), "");
}

}  // namespace
}  // namespace posdef::test
