// The cuSOLVER routines, through the stand-in that factors in host memory; and a missing cuSOLVER.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "bench/host_accelerator.hpp"
#include "cli/support.hpp"
#include "gpu/device_measure.hpp"
#include "peers/library.hpp"

namespace posdef::bench {
namespace {

const settings hasty = {.threads = 1, .repetitions = 3, .seconds = 0.01};

TEST(CuSolver, EveryRoutineIsCorrectInEveryTypeTriangleAndLayout) {
  host_accelerator where;
  {
    const device_library solver = load_cusolver(where, {POSDEF_CUSOLVER_STAND_IN});
    EXPECT_EQ(solver.name, "cuSOLVER");
    EXPECT_TRUE(solver.version.starts_with("7.8.9 ")) << solver.version;
    for (const tools::dtype type : {tools::dtype::f32, tools::dtype::f64, tools::dtype::c64, tools::dtype::c128}) {
      for (const uplo which : {uplo::lower, uplo::upper}) {
        for (const layout order : {layout::col_major, layout::row_major}) {
          const cell c{.type = type, .uplo = which, .layout = order, .batch = 3, .n = 20};
          const outcome o = measure_on(where, c, {solver}, hasty);
          std::set<std::string> ways;
          for (const timing& t : o.ways) {
            ways.insert(t.way);
            EXPECT_TRUE(t.usable()) << c.text() << ": " << t.way << " " << t.residual << t.left_out;
          }
          EXPECT_EQ(ways,
                    (std::set<std::string>{"potrf", "potrf, other fill mode", "potrfBatched",
                                           "potrfBatched, other fill mode", "Xpotrf", "Xpotrf, other fill mode"}));
        }
      }
    }
  }
  EXPECT_TRUE(where.allocated.empty()) << "workspaces are freed";
}

TEST(CuSolver, ReportsItsErrorsAsTheReason) {
  struct streamless : host_accelerator {
    void* stream() const override { return nullptr; }
  } where;
  const outcome o = measure_on(where, {.n = 8}, {load_cusolver(where, {POSDEF_CUSOLVER_STAND_IN})}, hasty);
  ASSERT_EQ(o.ways.size(), 6u);
  EXPECT_EQ(o.ways[0].left_out, "cusolverDnSpotrf gave status 3");
  EXPECT_EQ(o.ways[5].left_out, "cusolverDnXpotrf gave status 3");
}

TEST(CuSolver, ReportsTheReasonWhenMissing) {
  host_accelerator where;
  const auto reason = [&](const std::string& path) -> std::string {
    try {
      load_cusolver(where, {path});
    } catch (const std::runtime_error& problem) {
      return problem.what();
    }
    return "";
  };
  EXPECT_NE(reason("libposdef-no-such-solver.so.7").find("libposdef-no-such-solver.so.7"), std::string::npos);
  EXPECT_EQ(reason("libm.so.6"), "libm.so.6 has no cusolverDnCreate");
}

// Folders as pip creates them.
class PackagedCuSolver : public testing::Test {
 protected:
  std::string put(const std::string& library, const std::string& to) const {
    const std::filesystem::path path = folder / to;
    std::filesystem::create_directories(path.parent_path());
    std::filesystem::copy_file(library, path);
    return path;
  }
  const test::temporary_folder folder;
  host_accelerator where;
};

TEST_F(PackagedCuSolver, IsFoundWithTheLibrariesItNeeds) {
  const std::string solver = put(POSDEF_CUSOLVER_IN_PYTHON, "site/nvidia/cusolver/lib/libcusolver.so.11");
  const auto folders = [&] { return std::vector<std::string>{"/no/such/folder", folder / "site"}; };
  try {
    find_cusolver(where, {"libposdef-no-such-solver.so.7"}, folders);
    ADD_FAILURE() << "loaded without the library it needs";
  } catch (const std::runtime_error& problem) {
    EXPECT_NE(std::string(problem.what()).find("bench_cublas_stand_in"), std::string::npos) << problem.what();
  }
  put(POSDEF_CUBLAS_STAND_IN, "site/nvidia/cublas/lib/libcublas.so.12");
  const device_library found = find_cusolver(where, {"libposdef-no-such-solver.so.7"}, folders);
  EXPECT_EQ(found.version, "7.8.9 (" + solver + ")");
  EXPECT_FALSE(found.of<float>().empty());
}

TEST_F(PackagedCuSolver, UsualPlaceComesFirstWithoutAskingPython) {
  put(POSDEF_CUSOLVER_STAND_IN, "site/nvidia/cusolver/lib/libcusolver.so.11");
  const device_library found = find_cusolver(where, {POSDEF_CUSOLVER_STAND_IN}, []() -> std::vector<std::string> {
    ADD_FAILURE() << "Python was asked";
    return {};
  });
  EXPECT_EQ(found.version, std::string("7.8.9 (") + POSDEF_CUSOLVER_STAND_IN + ")");
}

TEST_F(PackagedCuSolver, NewestIsUsedOrTheNextIfItFails) {
  put(POSDEF_CUSOLVER_STAND_IN, "site/nvidia/cusolver/lib/libcusolver.so.9");
  const std::string newer = put(POSDEF_CUSOLVER_STAND_IN, "site/nvidia/cu13/lib/libcusolver.so.12");
  const auto folders = [&] { return std::vector<std::string>{folder / "site"}; };
  const auto version = [&] { return find_cusolver(where, {"libposdef-no-such-solver.so.7"}, folders).version; };
  EXPECT_EQ(version(), "7.8.9 (" + newer + ")");
  test::write_file(folder / "site/nvidia/cu13/lib/libcusolver.so.13", "not a library");
  EXPECT_EQ(version(), "7.8.9 (" + newer + ")");
}

// An installed cuSOLVER has every function that the benchmark needs, with or without a device.
TEST(CuSolver, InstalledLibraryHasTheseFunctions) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "cuSOLVER's own allocations on loading look like leaks";
#endif
  try {
    const library lib(usual_cusolver(), symbols::own);
    for (const char* const name :
         {"Create", "Destroy", "SetStream", "CreateParams", "DestroyParams", "Xpotrf", "Xpotrf_bufferSize"}) {
      EXPECT_NE(lib.find(std::string("cusolverDn") + name), nullptr) << name;
    }
    for (const char letter : {'S', 'D', 'C', 'Z'}) {
      for (const char* const name : {"potrf", "potrf_bufferSize", "potrfBatched"}) {
        EXPECT_NE(lib.find(std::string("cusolverDn") + letter + name), nullptr) << letter << name;
      }
    }
    EXPECT_NE(lib.find("cusolverGetProperty"), nullptr);
  } catch (const std::runtime_error& problem) {
    GTEST_SKIP() << problem.what();
  }
}

}  // namespace
}  // namespace posdef::bench
