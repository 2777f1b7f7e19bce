// Every suite has the documented cells.
#include "suites.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace posdef::bench {
namespace {

std::vector<std::string> texts(const std::vector<cell>& cells) {
  std::vector<std::string> all;
  for (const cell& c : cells) all.push_back(c.text());
  return all;
}

TEST(Suites, Seeds) {
  const std::vector<std::string> expected = {
      "f32 1x64", "f32 1x256", "f32 1x1024", "f32 1x3000", "f32 32x64", "f32 16x512", "f32 32x3000", "c64 1x16",
      "c64 1x64", "c64 1x128", "c64 1x3000", "c64 32x16",  "c64 32x64", "c64 32x128", "c64 4x1024",  "c64 32x3000"};
  EXPECT_EQ(texts(cells_of("seeds", false)), expected);
}

TEST(Suites, QuickOmitsLongCells) {
  std::vector<std::string> all = texts(cells_of("seeds", false));
  std::erase_if(all, [](const std::string& text) { return text.ends_with("32x3000"); });
  EXPECT_EQ(all.size(), 14u);
  EXPECT_EQ(texts(cells_of("seeds", true)), all);
  EXPECT_EQ(texts(cells_of("tiny", true)), texts(cells_of("tiny", false)));
}

TEST(Suites, Tiny) {
  std::vector<std::string> expected;
  for (const std::string type : {"f32", "f64", "c64", "c128"}) {
    for (const std::string n : {"2", "3", "4", "6", "8", "12", "16", "24", "32"})
      expected.push_back(type + " 1000x" + n);
  }
  EXPECT_EQ(texts(cells_of("tiny", false)), expected);
}

TEST(Suites, SweepHasEveryTypeTriangleAndLayout) {
  std::set<std::int64_t> orders;
  std::set<std::string> all;
  for (const cell& c : cells_of("sweep", false)) {
    EXPECT_EQ(c.op, operation::cholesky);
    EXPECT_EQ(c.batch, 1);
    orders.insert(c.n);
    EXPECT_TRUE(all.insert(c.text()).second) << c.text() << " is there twice";
  }
  EXPECT_EQ(*orders.begin(), 8);
  EXPECT_EQ(*orders.rbegin(), 2048);
  for (const std::int64_t n : {17, 100, 129, 500, 1025}) EXPECT_TRUE(orders.contains(n)) << n;
  EXPECT_EQ(all.size(), orders.size() * 4 * 4);
  EXPECT_TRUE(all.contains("c128 1x100 upper row-major"));
}

TEST(Suites, GridHasOrdersTimesBatches) {
  const std::vector<cell> all = cells_of("grid", false);
  std::set<std::string> names;
  for (const cell& c : all) {
    EXPECT_EQ(c.op, operation::cholesky);
    EXPECT_LE(c.bytes(), 64 << 20) << c.text();
    EXPECT_TRUE(names.insert(c.text()).second) << c.text() << " is there twice";
  }
  for (const std::string type : {"f32", "f64", "c64", "c128"}) {
    for (const std::string shape : {" 1x2", " 1x2048", " 4x64", " 16x512", " 1024x2", " 1024x64", " 256x16", " 64x32"})
      EXPECT_TRUE(names.contains(type + shape)) << type + shape;
  }
  EXPECT_TRUE(names.contains("f32 4x2048"));
  EXPECT_FALSE(names.contains("f32 16x2048"));
  EXPECT_FALSE(names.contains("c128 4x2048"));
  EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const cell& c) { return c.type == tools::dtype::f32; }), 56);
  EXPECT_LT(cells_of("grid", true).size(), all.size());
}

TEST(Suites, Large) {
  std::vector<std::string> expected;
  for (const std::string type : {"f32", "f64", "c64", "c128"}) {
    for (const std::string n : {"4096", "8192", "16384"}) expected.push_back(type + " 1x" + n);
  }
  EXPECT_EQ(texts(cells_of("large", false)), expected);
}

TEST(Suites, Contest) {
  const std::vector<std::string> expected = {"f32 4096x32", "f32 1024x64", "f32 256x128", "f32 64x256",  "f32 16x512",
                                             "f32 640x512", "f32 4x1024",  "f32 60x1024", "f32 2x2048",  "f32 8x2048",
                                             "f32 1x4096",  "f32 2x4096",  "f32 1x8192",  "f32 1x16384", "f32 1x32768"};
  EXPECT_EQ(texts(cells_of("contest", false)), expected);
  EXPECT_EQ(cells_of("contest", false)[0].suite, "contest");
}

TEST(Suites, OpsHasEveryOperationOnEveryShape) {
  std::set<std::string> all;
  for (const std::string& text : texts(cells_of("ops", false))) all.insert(text);
  for (const std::string type : {"f32", "f64", "c64", "c128"}) {
    for (const std::string shape : {" 1x16", " 1x1024", " 1000x8", " 32x128"}) {
      for (const std::string op : {"cholesky_solve nrhs=1", "cholesky_solve nrhs=64", "cholesky_inverse",
                                   "inv_triangular", "cholesky_logdet"}) {
        EXPECT_TRUE(all.contains(type + shape + " " + op)) << type + shape + " " + op;
      }
    }
  }
}

TEST(Suites, RejectsUnknownSuites) {
  try {
    cells_of("seed", false);
    FAIL();
  } catch (const tools::input_error& problem) {
    EXPECT_NE(std::string(problem.what()).find("\"seed\""), std::string::npos) << problem.what();
  }
  for (const std::string& name : suite_names()) EXPECT_FALSE(cells_of(name, true).empty()) << name;
}

TEST(Suites, OperationCountsMatchTheTextbooks) {
  cell c{.type = tools::dtype::f32, .batch = 5, .n = 30};
  EXPECT_DOUBLE_EQ(c.operations(), 5 * 9000.0);
  c.type = tools::dtype::c64;
  EXPECT_DOUBLE_EQ(c.operations(), 4 * 5 * 9000.0);
  c.op = operation::cholesky_inverse;
  EXPECT_DOUBLE_EQ(c.operations(), 2 * 4 * 5 * 9000.0);
  c.op = operation::cholesky_solve;
  c.nrhs = 7;
  EXPECT_DOUBLE_EQ(c.operations(), 4 * 5 * 2 * 900.0 * 7);
  EXPECT_DOUBLE_EQ(c.bytes(), 8 * 5 * 30.0 * 37);
}

}  // namespace
}  // namespace posdef::bench
