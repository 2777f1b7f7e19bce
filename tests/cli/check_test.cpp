// The program: check, --jitter, --factor, shapes and formats of the output.
#include <algorithm>
#include <cmath>

#include "generate/generate.hpp"
#include "npy_file.hpp"
#include "program.hpp"

namespace posdef::test {
namespace {

using tools::matrices;

TEST_F(Program, CheckReportsPivotsAndConditions) {
  save(folder / "a.npy", tools::generate_spectrum<double>({.n = 60, .condition = 1e6}));
  const json o = run_json({"check", folder / "a.npy"});
  EXPECT_EQ(o["positive_definite"], true);
  const json& m = o["matrices"][0];
  EXPECT_EQ(m["info"], 0);
  EXPECT_GT(m["smallest_pivot"], 0);
  EXPECT_GE(m["largest_pivot"], m["smallest_pivot"]);
  EXPECT_GT(m["condition"], 1e6 / 60);  // the condition in the 2-norm is 1e6
  EXPECT_LT(m["condition"], 1e6 * 60);
  const outcome text = run({"check", folder / "a.npy"});
  EXPECT_EQ(text.status, 0);
  EXPECT_NE(text.out.find("advice    "), std::string::npos) << text.out;
}

TEST_F(Program, CheckDistinguishesBadScalingFromIllConditioning) {
  matrices<double> a(1, 3, 3);
  a(0, 0, 0) = 1e-12;
  a(0, 1, 1) = 1;
  a(0, 2, 2) = 1e12;
  save(folder / "a.npy", std::move(a));
  const json m = run_json({"check", folder / "a.npy"})["matrices"][0];
  EXPECT_DOUBLE_EQ(m["condition"].get<double>(), 1e24);
  EXPECT_LT(m["scaled_condition"], 3);
  EXPECT_EQ(m["smallest_pivot_at"], 1);
  EXPECT_NE(m["advice"].get<std::string>().find("badly scaled"), std::string::npos);
}

TEST_F(Program, CheckReportsTheSmallestSufficientJitter) {
  matrices<double> a(1, 4, 4);
  for (std::int64_t i = 0; i < 4; ++i) a(0, i, i) = i == 2 ? -3e-7 : 1;
  save(folder / "a.npy", std::move(a));
  const outcome o = run({"check", folder / "a.npy", "--json"});
  EXPECT_EQ(o.status, 1);
  const json m = json::parse(o.out)["matrices"][0];
  EXPECT_EQ(m["info"], 3);
  EXPECT_DOUBLE_EQ(m["jitter"].get<double>(), 1e-6);
  EXPECT_NE(m["advice"].get<std::string>().find("diagonal element (3, 3) is -3e-07"), std::string::npos);
  EXPECT_EQ(run({"factor", folder / "a.npy", "--jitter", "1e-7"}).status, 1);
  EXPECT_EQ(run({"factor", folder / "a.npy", "--jitter", "1e-6"}).status, 0);
  EXPECT_EQ(run({"factor", folder / "a.npy", "--jitter", "-1"}).status, 2);
}

TEST_F(Program, CheckReportsANonFiniteElement) {
  save(folder / "nan.npy", tools::generate_planted({.n = 9, .row = 5, .col = 3}));
  const json m = json::parse(run({"check", folder / "nan.npy", "--json"}).out)["matrices"][0];
  EXPECT_EQ(m["jitter"], nullptr);
  EXPECT_EQ(m["advice"], "element (5, 3) is not finite");
}

TEST_F(Program, JitterIsAMultipleOfTheMeanDiagonalAndIsReported) {
  matrices<double> a(1, 2, 2);
  a(0, 0, 0) = 1;
  a(0, 1, 1) = 3;
  save(folder / "a.npy", std::move(a));
  const json o = run_json({"factor", folder / "a.npy", "--jitter", "0.5", "-o", folder / "l.npy"});
  EXPECT_EQ(o["jitter"], 0.5);
  const auto l = load<double>(folder / "l.npy");
  EXPECT_DOUBLE_EQ(l(0, 0, 0), std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(l(0, 1, 1), 2);
}

TEST_F(Program, AcceptsAStoredFactor) {
  for (const char* triangle : {"lower", "upper"}) {
    const std::string a = folder / "a.npy", l = folder / "l.npy";
    save(a, tools::generate_spectrum<std::complex<double>>({.n = 70}));
    ASSERT_EQ(run({"factor", a, "--uplo", triangle, "-o", l}).status, 0);
    const double logarithm = run_json({"logdet", a, "--uplo", triangle})["logdet"][0];
    EXPECT_EQ(run_json({"logdet", "--factor", l, "--uplo", triangle})["logdet"][0], logarithm);
    ASSERT_EQ(run({"solve", a, "--ones", "--uplo", triangle, "-o", folder / "x.npy"}).status, 0);
    ASSERT_EQ(run({"solve", "--factor", l, "--ones", "--uplo", triangle, "-o", folder / "y.npy"}).status, 0);
    EXPECT_EQ(read_file(folder / "x.npy"), read_file(folder / "y.npy"));
    ASSERT_EQ(run({"inverse", a, "--uplo", triangle, "-o", folder / "x.npy"}).status, 0);
    ASSERT_EQ(run({"inverse", "--factor", l, "--uplo", triangle, "-o", folder / "y.npy"}).status, 0);
    EXPECT_EQ(read_file(folder / "x.npy"), read_file(folder / "y.npy"));
  }
}

TEST_F(Program, ReportsANonPositiveDiagonalElementOfAFactor) {
  matrices<double> l(2, 3, 3);
  for (std::int64_t b = 0; b < 2; ++b)
    for (std::int64_t i = 0; i < 3; ++i) l(b, i, i) = b == 1 && i == 1 ? 0 : 1;
  save(folder / "l.npy", std::move(l));
  const outcome o = run({"solve", "--factor", folder / "l.npy", "--ones"});
  EXPECT_EQ(o.status, 1);
  EXPECT_NE(o.out.find("matrix 1, diagonal element 2"), std::string::npos) << o.out;
  for (const char* change : {"--symmetrize", "--jitter=1"})
    EXPECT_NE(run({"solve", "--factor", folder / "l.npy", "--ones", change}).err.find("holds its factor"),
              std::string::npos);
}

TEST_F(Program, KeepsTheShapeOfTheInput) {
  write_file(folder / "b.csv", "1\n2\n3\n");
  write_file(folder / "a.csv", "4,1,0\n1,4,1\n0,1,4\n");
  ASSERT_EQ(run({"solve", folder / "a.csv", folder / "b.csv", "-o", folder / "x.csv"}).status, 0);
  EXPECT_EQ(load<double>(folder / "x.csv").rows, 3);
  matrices<double> one(1, 3, 1);
  one.vector = true;
  save(folder / "v.npy", std::move(one));
  ASSERT_EQ(run({"solve", folder / "a.csv", folder / "v.npy", "-o", folder / "x.npy"}).status, 0);
  EXPECT_NE(read_file(folder / "x.npy").find("'shape': (3,)"), std::string::npos);
  matrices<double> batch(6, 2, 2);
  batch.leading = {2, 3};
  for (std::int64_t b = 0; b < 6; ++b) batch(b, 0, 0) = batch(b, 1, 1) = 2;
  save(folder / "4.npy", std::move(batch));
  for (const char* command : {"factor", "inverse"}) {
    ASSERT_EQ(run({command, folder / "4.npy", "-o", folder / "l.npy"}).status, 0);
    EXPECT_NE(read_file(folder / "l.npy").find("'shape': (2, 3, 2, 2)"), std::string::npos);
  }
  ASSERT_EQ(run({"solve", folder / "4.npy", "--ones", "-o", folder / "x.npy"}).status, 0);
  EXPECT_NE(read_file(folder / "x.npy").find("'shape': (2, 3, 2, 1)"), std::string::npos);
}

TEST_F(Program, RejectsARowAsRightHandSide) {
  write_file(folder / "a.csv", "4,1\n1,4\n");
  write_file(folder / "b.csv", "1,2\n");
  EXPECT_NE(run({"solve", folder / "a.csv", folder / "b.csv"}).err.find("this one is a row: transpose it"),
            std::string::npos);
}

TEST_F(Program, WritesEveryFormatToStdout) {
  write_file(folder / "a.csv", "4,0\n0,9\n");
  EXPECT_EQ(run({"factor", folder / "a.csv", "-o", "-", "--format", "csv"}).out, "2,0\n0,3\n");
  EXPECT_NE(run({"factor", folder / "a.csv", "-o", "-", "--format", "mtx"}).out.find("%%MatrixMarket"),
            std::string::npos);
  EXPECT_NE(run({"factor", folder / "a.csv", "-o", "-"}).out.find("NUMPY"), std::string::npos);
  EXPECT_EQ(run({"factor", folder / "a.csv", "--format", "mtx"}).status, 2);
}

TEST_F(Program, RejectsUnknownDevicesAndNamesTheirSource) {
  write_file(folder / "a.csv", "4,0\n0,9\n");
  EXPECT_NE(run({"factor", folder / "a.csv", "--device", "cpu:3"}).err.find("--device cpu:3: there is one cpu"),
            std::string::npos);
  EXPECT_NE(run({"factor", folder / "a.csv", "--device", "gpu"}).err.find("--device is \"gpu\"; expected cpu"),
            std::string::npos);
  setenv("POSDEF_DEVICE", "abacus", 1);
  const outcome devices = run({"devices"});
  EXPECT_NE(run({"factor", folder / "a.csv"}).err.find("POSDEF_DEVICE is \"abacus\""), std::string::npos);
  unsetenv("POSDEF_DEVICE");
  EXPECT_EQ(devices.status, 0);
  EXPECT_NE(devices.err.find("POSDEF_DEVICE is \"abacus\""), std::string::npos);
  EXPECT_NE(devices.out.find("reference   ready"), std::string::npos);
  EXPECT_EQ(devices.out.find("abacus"), std::string::npos) << devices.out;
}

TEST_F(Program, RunsTheRequestedEngine) {
  save(folder / "a.npy", tools::generate_spectrum<double>({.n = 90}));
  const auto factor = [&](const std::vector<std::string>& how) {
    std::vector<std::string> call = {"factor", folder / "a.npy", "-o", folder / "l.npy"};
    call.insert(call.end(), how.begin(), how.end());
    const json o = run_json(call);
    return std::pair{o["device"].get<std::string>(), read_file(folder / "l.npy")};
  };
  const auto cpu = factor({}), reference = factor({"--device", "reference"});
  EXPECT_EQ(cpu.first, "cpu");
  EXPECT_EQ(reference.first, "reference");
  ASSERT_NE(cpu.second, reference.second);
  setenv("POSDEF_DEVICE", "reference", 1);
  const auto by_environment = factor({}), named = factor({"--device", "cpu"});
  unsetenv("POSDEF_DEVICE");
  EXPECT_EQ(by_environment, reference);
  EXPECT_EQ(named, cpu);
}

TEST_F(Program, BillionsOfEmptyMatricesNeedNoMemory) {
  write_file(folder / "z.npy", npy_file(npy_dictionary("<f8", "False", "(1000000000, 0, 0)"), ""));
  for (const char* command : {"factor", "inverse", "logdet", "check"}) {
    const outcome o = run({command, folder / "z.npy"});
    EXPECT_EQ(o.status, 0) << command << o.err;
    EXPECT_NE(o.out.find("1000000000 matrices, 0 x 0"), std::string::npos) << o.out;
  }
}

}  // namespace
}  // namespace posdef::test
