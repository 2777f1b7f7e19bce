// Peers: each computes correctly or is reported as missing.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "cli/support.hpp"
#include "peers/library.hpp"

namespace posdef::bench {
namespace {

TEST(Peers, ReportsAMissingLibrary) {
  try {
    library({"libposdef-no-such-thing.so.7", "/nowhere/*/libx.so"}, symbols::own);
    FAIL();
  } catch (const std::runtime_error& problem) {
    EXPECT_NE(std::string(problem.what()).find("libposdef-no-such-thing.so.7"), std::string::npos) << problem.what();
  }
}

TEST(Peers, RejectsALibraryWithoutLapack) {
  const library math({"libm.so.6"}, symbols::own);
  EXPECT_NE(math.find("cos"), nullptr);
  EXPECT_EQ(math.find("spotrf_"), nullptr);
  peer p;
  try {
    take_lapack(p, math);
    FAIL();
  } catch (const std::runtime_error& problem) {
    EXPECT_NE(std::string(problem.what()).find("has no spotrf_"), std::string::npos) << problem.what();
  }
}

// A = [4 2; 2 5] has L = [2 0; 1 2]; A·x = [8; 9] for x = [22; 20]/16.
template <scalar T>
void expect_right(const peer& p) {
  const routines<T>& r = p.of<T>();
  ASSERT_TRUE(r.potrf && r.potrs && r.potri && r.trtri) << p.name;
  for (const char uplo : {'L', 'U'}) {
    const std::size_t off = uplo == 'L' ? 1 : 3;  // ld is 3
    const auto near = [](T x, double y) { return std::abs(x - T(static_cast<real_type<T>>(y))) < 1e-5; };
    std::vector<T> a(6, T(77)), b = {8, 9};
    a[0] = 4, a[off] = 2, a[4] = 5;
    EXPECT_EQ(r.potrf(uplo, 2, a.data(), 3), 0) << p.name;
    EXPECT_TRUE(near(a[0], 2) && near(a[off], 1) && near(a[4], 2)) << p.name << uplo;
    EXPECT_EQ(r.potrs(uplo, 2, 1, a.data(), 3, b.data(), 2), 0) << p.name;
    EXPECT_TRUE(near(b[0], 1.375) && near(b[1], 1.25)) << p.name << uplo;
    std::vector<T> l = a;
    EXPECT_EQ(r.trtri(uplo, 2, l.data(), 3), 0) << p.name;
    EXPECT_TRUE(near(l[0], 0.5) && near(l[off], -0.25) && near(l[4], 0.5)) << p.name << uplo;
    EXPECT_EQ(r.potri(uplo, 2, a.data(), 3), 0) << p.name;
    EXPECT_TRUE(near(a[0], 0.3125) && near(a[off], -0.125) && near(a[4], 0.25)) << p.name << uplo;
    EXPECT_EQ(a[uplo == 'L' ? 3 : 1], T(77)) << p.name << uplo << ": the other triangle";
  }
}

TEST(Peers, EachIsCorrectOrMissingWithAReason) {
  std::vector<std::string> asked = known_peers();
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  asked = {"Eigen"};  // sanitizers do not support libraries loaded by dlmopen
#endif
  const peer_list list = load_peers(asked);
  EXPECT_EQ(list.present.size() + list.missing.size(), asked.size());
  for (const missing_peer& p : list.missing) EXPECT_FALSE(p.reason.empty()) << p.name;
  for (const peer& p : list.present) {
    EXPECT_FALSE(p.version.empty()) << p.name;
    if (p.set_threads) p.set_threads(1);
    expect_right<float>(p);
    expect_right<double>(p);
    expect_right<std::complex<float>>(p);
    expect_right<std::complex<double>>(p);
  }
}

// A library in the folder of the interpreter counts before all others.
TEST(Peers, SearchesThePackagesOfTheInterpreter) {
  const test::temporary_folder folder;
  const std::filesystem::path where = folder / "lib/python3.1/site-packages/scipy_openblas32/lib";
  std::filesystem::create_directories(where);
  std::ofstream(where / "libscipy_openblas.so") << "not a library";
  const peer_list list = load_peers({"OpenBLAS-PyPI"}, folder / "bin/python");
  if (list.missing.empty()) GTEST_SKIP() << "loaded another one: " << list.present.at(0).version;
  EXPECT_NE(list.missing.at(0).reason.find(where.string()), std::string::npos) << list.missing[0].reason;
}

TEST(Peers, LoadsOnlyTheRequestedOnes) {
  const peer_list list = load_peers({"Eigen"});
  ASSERT_EQ(list.present.size() + list.missing.size(), 1u);
  EXPECT_EQ(list.present.empty() ? list.missing[0].name : list.present[0].name, "Eigen");
}

}  // namespace
}  // namespace posdef::bench
