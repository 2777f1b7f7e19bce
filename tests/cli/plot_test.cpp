// posdef plot: the numbers in its pages, and its errors. Without a Python that can draw, only the errors are tested.
#include <cmath>

#include "generate/generate.hpp"
#include "program.hpp"
#include "python/interpreter.hpp"

namespace posdef::test {
namespace {

using tools::matrices;

bool can_draw() {
  const auto draws = [](const std::string& path) {
    const auto& modules = tools::examine_interpreter(path).modules;
    return modules.contains("numpy") && modules.contains("matplotlib");
  };
  const auto all = tools::candidate_interpreters("");
  return std::any_of(all.begin(), all.end(), draws);
}

// The JSON data of the page.
json data_of(const std::string& page) {
  const std::string before = "<script type=\"application/json\" id=\"data\">";
  const std::size_t first = page.find(before) + before.size(), last = page.find("</script>", first);
  EXPECT_NE(page.find(before), std::string::npos);
  EXPECT_NE(last, std::string::npos);
  return json::parse(page.substr(first, last - first));
}

class Plot : public Program {
 protected:
  void SetUp() override {
    if (!can_draw()) GTEST_SKIP() << "no Python with numpy and matplotlib";
  }
  // The page for a file.
  std::string page(std::vector<std::string> words, int status = 0) const {
    words.insert(words.begin(), "plot");
    words.insert(words.end(), {"-o", folder / "page.html"});
    const outcome o = run(words);
    EXPECT_EQ(o.status, status) << o.err;
    return read_file(folder / "page.html");
  }
  json plot(const std::vector<std::string>& words, int status = 0) const { return data_of(page(words, status)); }
};

class PlotRefusal : public Program {
 protected:
  void SetUp() override { save(a, tools::generate_spectrum<double>({.n = 8})); }
  // An interpreter that reports these modules and runs `drawing` when it should draw.
  std::string stand_in(const std::string& modules, const std::string& drawing = "echo out of paint >&2; exit 1") const {
    const std::string path = elsewhere / "python";
    write_file(path, "#!/bin/sh\ncase \"$2\" in *find_spec*) echo '{\"folders\": [], \"modules\": [" + modules +
                         "]}';; *) " + drawing + ";; esac\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }
  void expect_refusal(std::vector<std::string> words, const std::string& says) const {
    words.insert(words.begin(), "plot");
    const std::vector<std::string> before = folder.names();
    const outcome o = run(words);
    EXPECT_EQ(o.status, 2) << says;
    EXPECT_EQ(o.out, "");
    EXPECT_NE(o.err.find(says), std::string::npos) << o.err;
    expect_files(before);
  }
  const std::string a = folder / "a.npy";
  const temporary_folder elsewhere;
};

double entry(const json& heat, std::int64_t i, std::int64_t j) {
  return heat.at(static_cast<std::size_t>(i)).at(static_cast<std::size_t>(j));
}

TEST_F(Plot, NumbersMatchTheMatrixInEveryTypeAndTriangle) {
  const std::int64_t n = 12;
  save(folder / "real.npy", tools::generate_spectrum<double>({.n = n, .condition = 100}));
  save(folder / "complex.mtx", tools::generate_spectrum<std::complex<double>>({.n = n, .condition = 100}),
       tools::structure::hermitian);
  for (const std::string type : {"f32", "f64", "c64", "c128"}) {
    const std::string file = folder / (type[0] == 'f' ? "real.npy" : "complex.mtx");
    const double eps = type == "f32" || type == "c64" ? 1e-6 : 1e-14;
    for (const std::string triangle : {"lower", "upper"}) {
      const json d = plot({file, "--dtype", type, "--uplo", triangle});
      ASSERT_EQ(run({"factor", file, "--dtype", type, "--uplo", triangle, "-o", folder / "l.npy"}).status, 0);
      EXPECT_EQ(d["dtype"], type);
      EXPECT_EQ(d["uplo"], triangle);
      EXPECT_EQ(d["n"], n);
      EXPECT_EQ(d["info"], 0);
      EXPECT_LT(d["asymmetry"]["ratio"], 10 * eps);
      // Eigenvalues from 1/100 to 1.
      ASSERT_EQ(d["spectrum"]["eigenvalues"].size(), 12u);
      EXPECT_NEAR(d["spectrum"]["eigenvalues"].front(), 0.01, eps);
      EXPECT_NEAR(d["spectrum"]["eigenvalues"].back(), 1, 10 * eps);
      EXPECT_NEAR(d["spectrum"]["condition"], 100, 1e4 * eps);
      std::visit(
          [&](const auto& l) {
            double smallest = 1e300;
            ASSERT_EQ(d["pivots"].size(), 12u);
            for (std::int64_t i = 0; i < n; ++i) {
              const double root = static_cast<double>(std::real(l(0, i, i)));
              EXPECT_DOUBLE_EQ(d["pivots"][static_cast<std::size_t>(i)], root * root);
            }
            const auto whole = tools::convert(tools::read_matrices(file).content, tools::parse_dtype(type), file);
            const auto& m = std::get<std::remove_cvref_t<decltype(l)>>(whole);
            for (std::int64_t i = 0; i < n; ++i) {
              smallest = std::min(smallest, static_cast<double>(std::real(m(0, i, i))));
              for (std::int64_t j = 0; j < n; ++j)
                EXPECT_NEAR(entry(d["heat"], i, j), std::log10(static_cast<double>(std::abs(m(0, i, j)))), 6e-4);
            }
            EXPECT_EQ(d["diagonal"]["smallest"], smallest);
          },
          tools::read_matrices(folder / "l.npy").content);
    }
  }
}

TEST_F(Plot, PivotsAndSpectrumUseTheSelectedTriangle) {
  matrices<double> m(1, 2, 2);
  m(0, 0, 0) = m(0, 1, 1) = 2;
  m(0, 1, 0) = 1;
  m(0, 0, 1) = std::numeric_limits<double>::quiet_NaN();
  save(folder / "a.npy", std::move(m));
  const json lower = plot({folder / "a.npy"});
  EXPECT_EQ(lower["heat"], json::parse("[[0.301, \"NaN\"], [0.0, 0.301]]"));
  EXPECT_TRUE(lower["asymmetry"]["ratio"].is_null());
  EXPECT_EQ(lower["asymmetry"]["row"], 2);
  EXPECT_NEAR(lower["spectrum"]["eigenvalues"][0], 1, 1e-14);
  EXPECT_NEAR(lower["spectrum"]["eigenvalues"][1], 3, 1e-14);
  EXPECT_NEAR(lower["pivots"][1], 1.5, 1e-14);
  const json upper = plot({folder / "a.npy", "--uplo", "upper"}, 1);
  EXPECT_EQ(upper["info"], 2);
  EXPECT_TRUE(upper["spectrum"].is_null());
  EXPECT_EQ(upper["no_spectrum"], "the matrix holds NaN or infinity");
  EXPECT_NE(page({folder / "a.npy", "--uplo", "upper"}, 1).find("No spectrum: the matrix holds NaN or infinity."),
            std::string::npos);
}

TEST_F(Plot, IndefiniteMatrixShowsThePivotsBeforeTheFailure) {
  save(folder / "a.npy", tools::generate_indefinite<double>({.n = 30, .k = 17}));
  const std::string text = page({folder / "a.npy"}, 1);
  const json d = data_of(text);
  EXPECT_EQ(d["info"], 17);
  EXPECT_EQ(d["pivots"].size(), 16u);
  EXPECT_LT(d["spectrum"]["eigenvalues"].front(), 0);
  EXPECT_NE(text.find("not positive definite: the leading minor of order 17"), std::string::npos);
  EXPECT_NE(text.find("; 1 negative"), std::string::npos);
}

TEST_F(Plot, FirstPivotMayFail) {
  matrices<double> m(1, 2, 2);
  m(0, 0, 0) = m(0, 1, 1) = -1;
  save(folder / "a.npy", std::move(m));
  const json d = plot({folder / "a.npy"}, 1);
  EXPECT_EQ(d["pivots"], json::array());
  EXPECT_EQ(d["spectrum"]["eigenvalues"], json::array({-1.0, -1.0}));
}

TEST_F(Plot, BatchShowsOneMatrixAndTheSmallestPivotOfAll) {
  matrices<double> m(4, 3, 3, layout::row_major);
  for (const auto& [b, x] : {std::pair{0, 16.0}, {1, -1.0}, {2, 0.25}, {3, 4.0}}) {
    m(b, 0, 0) = 4;
    m(b, 1, 1) = 9;
    m(b, 2, 2) = x;
  }
  save(folder / "a.npy", std::move(m));
  const std::string text = page({folder / "a.npy", "--matrix", "2"}, 1);
  const json d = data_of(text);
  EXPECT_EQ(d["matrix"], 2);
  EXPECT_EQ(d["info"], 0);
  EXPECT_EQ(d["pivots"], json::array({4.0, 9.0, 0.25}));
  EXPECT_EQ(d["spectrum"]["eigenvalues"], json::array({0.25, 4.0, 9.0}));
  EXPECT_EQ(d["diagonal"], json::parse("{\"smallest\": 0.25, \"largest\": 9.0, \"not_finite\": 0}"));
  EXPECT_EQ(d["all"], json::parse("{\"group\": 1, \"smallest\": [4.0, null, 0.25, 4.0], \"failed\": [0, 1, 0, 0]}"));
  EXPECT_NE(text.find("matrix 2, from 0; 1 not positive definite"), std::string::npos);
  EXPECT_EQ(plot({folder / "a.npy", "--matrix", "1"}, 1)["info"], 3);
}

TEST_F(Plot, LargeBatchIsDrawnInGroups) {
  matrices<float> m(4001, 1, 1);
  for (std::int64_t b = 0; b < 4001; ++b) m(b, 0, 0) = static_cast<float>(b % 3 + 1);
  m(4, 0, 0) = 0;
  m(4000, 0, 0) = 0.25F;
  save(folder / "a.npy", std::move(m));
  const json all = plot({folder / "a.npy"}, 1)["all"];
  EXPECT_EQ(all["group"], 3);
  ASSERT_EQ(all["smallest"].size(), 1334u);
  EXPECT_NEAR(all["smallest"][1], 1, 1e-6);
  EXPECT_NEAR(all["smallest"][1333], 0.25, 1e-6);
  EXPECT_EQ(all["failed"][1], 1);
  EXPECT_EQ(all["failed"][0], 0);
}

TEST_F(Plot, LargeMatrixShowsTheLargestElementOfEveryCell) {
  matrices<double> m(1, 600, 600);
  for (std::int64_t i = 0; i < 600; ++i) m(0, i, i) = 1000;
  m(0, 599, 1) = m(0, 1, 599) = 1;
  save(folder / "a.npy", std::move(m));
  const json d = plot({folder / "a.npy", "--no-spectrum"});
  ASSERT_EQ(d["heat"].size(), 512u);
  ASSERT_EQ(d["heat"][511].size(), 512u);
  EXPECT_EQ(entry(d["heat"], 511, 0), 0);
  EXPECT_EQ(entry(d["heat"], 100, 100), 3);
  EXPECT_TRUE(d["heat"][511][1].is_null());
  EXPECT_EQ(d["no_spectrum"], "--no-spectrum was given");
  EXPECT_EQ(d["pivots"].size(), 600u);
}

TEST_F(Plot, OmitsTheSpectrumAboveTheLargestOrder) {
  matrices<float> m(1, 3001, 3001);
  for (std::int64_t i = 0; i < 3001; ++i) m(0, i, i) = 1;
  save(folder / "a.npy", std::move(m));
  EXPECT_EQ(plot({folder / "a.npy"})["no_spectrum"], "the order is above 3000");
}

TEST_F(Plot, OrdersZeroAndOne) {
  save(folder / "zero.npy", matrices<double>(1, 0, 0));
  matrices<double> one(1, 1, 1);
  one(0, 0, 0) = 4;
  save(folder / "one.npy", std::move(one));
  const json empty = plot({folder / "zero.npy"});
  EXPECT_EQ(empty["heat"], json::array());
  EXPECT_EQ(empty["pivots"], json::array());
  EXPECT_EQ(empty["no_spectrum"], "the matrix is empty");
  EXPECT_TRUE(empty["diagonal"]["smallest"].is_null());
  const json d = plot({folder / "one.npy"});
  EXPECT_EQ(d["heat"], json::parse("[[0.602]]"));
  EXPECT_EQ(d["pivots"], json::array({4.0}));
  EXPECT_EQ(d["spectrum"]["eigenvalues"], json::array({4.0}));
  EXPECT_EQ(d["spectrum"]["condition"], 1);
}

TEST_F(Plot, DrawsMatricesOfZerosAndOfNaN) {
  save(folder / "zeros.npy", matrices<double>(1, 3, 3));
  const json d = plot({folder / "zeros.npy"}, 1);
  EXPECT_EQ(d["heat"][1], json::parse("[null, null, null]"));
  EXPECT_TRUE(d["spectrum"]["condition"].is_null());
  matrices<double> m(1, 1, 1);
  m(0, 0, 0) = std::numeric_limits<double>::quiet_NaN();
  save(folder / "nan.npy", std::move(m));
  EXPECT_EQ(plot({folder / "nan.npy"}, 1)["diagonal"]["not_finite"], 1);
}

TEST_F(Plot, ReportsTheMeanOfBothTriangles) {
  write_file(folder / "m.mtx", "%%MatrixMarket matrix array real general\n2 2\n4\n1\n2\n4\n");
  const std::string text = page({folder / "m.mtx", "--symmetrize"});
  EXPECT_NEAR(data_of(text)["spectrum"]["eigenvalues"][0], 2.5, 1e-14);
  EXPECT_NE(text.find("the mean of both triangles was taken"), std::string::npos);
}

TEST_F(Plot, PageLoadsNothingAndEscapesNames) {
  std::filesystem::create_directory(folder / "<");
  const std::string file = folder / "</script>&\".npy";  // a folder "<" and a file in it
  save(file, tools::generate_spectrum<double>({.n = 3}));
  const std::string text = page({file});
  EXPECT_EQ(data_of(text)["file"], file);
  EXPECT_NE(text.find("<title>posdef: script&gt;&amp;&quot;.npy</title>"), std::string::npos);
  for (std::size_t at = 0; (at = text.find("href=\"", at)) != std::string::npos; at += 6)
    EXPECT_TRUE(text[at + 6] == '#' || text.compare(at + 6, 5, "data:") == 0) << text.substr(at, 60);
  for (const char* word : {"<link", "src=", "@import", "url(http"}) EXPECT_EQ(text.find(word), std::string::npos);
  EXPECT_EQ(text, page({file})) << "the same numbers give the same page";
}

TEST_F(Plot, DefaultPageIsInTheCurrentFolder) {
  std::filesystem::create_directory(folder / "data");
  save(folder / "data/k.v2.npy", tools::generate_spectrum<double>({.n = 4}));
  const outcome o = run_script("cd \"$1\" && \"$0\" plot data/k.v2.npy", {folder / ""});
  EXPECT_EQ(o.status, 0) << o.err;
  EXPECT_EQ(o.out, "k.v2.html: data/k.v2.npy, 4 x 4, f64, positive definite\n");
  expect_files({"data", "k.v2.html"});
  EXPECT_EQ(data_of(read_file(folder / "k.v2.html"))["n"], 4);
}

TEST_F(Plot, AcceptsStdinAndStdout) {
  save(folder / "a.npy", tools::generate_spectrum<double>({.n = 4}));
  const outcome o = run_script("\"$0\" plot - -o - < \"$1\"", {folder / "a.npy"});
  EXPECT_EQ(o.status, 0) << o.err;
  EXPECT_EQ(o.out.find("<!DOCTYPE html>"), 0u);
  EXPECT_EQ(data_of(o.out)["file"], "stdin");
  EXPECT_EQ(o.err, "stdin, 4 x 4, f64, positive definite\n");
}

TEST_F(Plot, DoesNotImportFromTheCurrentFolder) {
  save(folder / "a.npy", tools::generate_spectrum<double>({.n = 4}));
  write_file(folder / "html.py", "raise RuntimeError('not this one')\n");
  const outcome o = run_script("cd \"$1\" && \"$0\" plot a.npy", {folder / ""});
  EXPECT_EQ(o.status, 0) << o.err;
}

TEST_F(PlotRefusal, PythonWithoutTheModules) {
  const std::string out = folder / "p.html";
  expect_refusal({a, "-o", out, "--python", stand_in("")}, "python has no numpy and no matplotlib; expected a Python");
  expect_refusal({a, "-o", out, "--python", stand_in("\"numpy\"")}, "python has no matplotlib; expected a Python with");
  expect_refusal({a, "-o", out, "--python", stand_in("")}, "apt-get install python3-matplotlib");
  expect_refusal({a, "-o", out, "--python", elsewhere / "none"}, "none does not run (");
  expect_refusal({a, "-o", out, "--python", stand_in("\"numpy\", \"matplotlib\"")}, "posdef: out of paint");
}

TEST_F(PlotRefusal, MissingMatrix) {
  const std::vector<std::string> how = {"--python", stand_in("\"numpy\", \"matplotlib\""), "-o", folder / "p.html"};
  save(folder / "three.npy", matrices<double>(3, 2, 2));
  save(folder / "none.npy", matrices<double>(0, 2, 2));
  const auto expect = [&](std::vector<std::string> words, const std::string& says) {
    words.insert(words.end(), how.begin(), how.end());
    expect_refusal(words, says);
  };
  expect({a, "--matrix", "1"}, "--matrix 1; expected 0, there is one matrix");
  expect({folder / "three.npy", "--matrix", "3"}, "--matrix 3; expected 0 to 2");
  expect({folder / "three.npy", "--matrix", "-1"}, "--matrix -1; expected 0 to 2");
  expect({folder / "none.npy"}, "none.npy: no matrix to plot: the batch is empty");
  expect({folder / "absent.npy"}, "absent.npy: cannot open");
}

TEST_F(PlotRefusal, MissingOrUnwritableOutput) {
  expect_refusal({"-"}, "expected -o FILE");
  expect_refusal({a, "-o", ""}, "--output: the file name is empty");
  expect_refusal({a, "-o", folder / "no/such/p.html", "--python", stand_in("\"numpy\", \"matplotlib\"")},
                 "p.html: cannot write");
}

TEST_F(PlotRefusal, DefaultPageReplacesNoFile) {
  const auto refused = [&](const std::string& python) {
    const outcome o = run_script("cd \"$1\" && \"$0\" plot a.npy --python \"$2\"", {folder / "", python});
    EXPECT_EQ(o.status, 2);
    EXPECT_NE(o.err.find("a.html already exists; -o a.html replaces it"), std::string::npos) << o.err;
    EXPECT_EQ(read_file(folder / "a.html"), "mine\n");
    expect_files({"a.npy", "a.html"});
  };
  refused(stand_in("\"numpy\", \"matplotlib\"", "echo mine > a.html; echo page"));  // it came while the page was drawn
  refused(stand_in(""));  // known before anything is looked at
}

TEST_F(PlotRefusal, TerminalAsOutput) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  grantpt(master);
  unlockpt(master);
  const outcome o = run_script("exec \"$0\" plot \"$1\" -o - >\"$2\"", {a, ptsname(master)});
  close(master);
  EXPECT_EQ(o.status, 2);
  EXPECT_NE(o.err.find("stdout is a terminal"), std::string::npos) << o.err;
}

}  // namespace
}  // namespace posdef::test
