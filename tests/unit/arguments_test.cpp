// Every invalid argument is rejected with its name and value before anything is written; unusual valid ones are
// accepted.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <vector>

#include "posdef/posdef.hpp"

namespace {

using posdef::layout;
using posdef::view;

constexpr auto huge = std::numeric_limits<std::int64_t>::max();

/// The call must throw invalid_argument with `argument`, `value` and `function`.
void refused(const std::function<void()>& call, const std::string& function, const std::string& argument,
             const std::string& value) {
  try {
    call();
    ADD_FAILURE() << "accepted: " << function << " " << argument << " " << value;
  } catch (const posdef::invalid_argument& e) {
    EXPECT_EQ(e.function(), function);
    EXPECT_EQ(e.argument(), argument);
    EXPECT_EQ(e.value(), value);
    for (const auto& part : {function, argument, value}) EXPECT_NE(std::string(e.what()).find(part), std::string::npos);
  }
}

struct Arguments : testing::Test {
  std::vector<double> a = std::vector<double>(100, 1.5);
  const std::vector<double> before = a;
  std::vector<std::int64_t> info = std::vector<std::int64_t>(4, -7);
  void TearDown() override {
    EXPECT_EQ(a, before) << "something was written";
    EXPECT_EQ(info, std::vector<std::int64_t>(4, -7));
  }
  view<double> square(std::int64_t n) { return posdef::col_major(a.data(), n); }
};

TEST_F(Arguments, Shapes) {
  refused([&] { posdef::cholesky(view<double>(a.data(), 3, 4)); }, "cholesky", "a.cols", "4");
  refused([&] { posdef::cholesky(view<double>(a.data(), -1, -1, 1)); }, "cholesky", "a.rows", "-1");
  refused([&] { posdef::cholesky(view<double>(a.data(), 0, -2, 1)); }, "cholesky", "a.cols", "-2");
  refused([&] { posdef::cholesky(square(3).batched(-1)); }, "cholesky", "a.batch", "-1");
  refused([&] { posdef::cholesky(view<double>(a.data(), 3, 3, 2)); }, "cholesky", "a.ld", "2");
  refused([&] { posdef::cholesky(view<double>(a.data(), 3, 3, -3)); }, "cholesky", "a.ld", "-3");
  refused([&] { posdef::cholesky(view<double>(nullptr, 3, 3)); }, "cholesky", "a.data", "null");
  refused([&] { posdef::cholesky(view<double>(a.data(), 3, 3, huge / 2)); }, "cholesky", "a.ld",
          std::to_string(huge / 2));
  refused([&] { posdef::cholesky(square(3).batched(3, huge / 2)); }, "cholesky", "a.stride", std::to_string(huge / 2));
  refused([&] { posdef::cholesky(square(3).batched(3, std::numeric_limits<std::int64_t>::min())); }, "cholesky",
          "a.stride", std::to_string(std::numeric_limits<std::int64_t>::min()));
  refused([&] { posdef::cholesky(view<double>(a.data(), huge, huge)); }, "cholesky", "a.ld", std::to_string(huge));
  view<double> odd = square(3);
  odd.order = static_cast<layout>(5);
  refused([&] { posdef::cholesky(odd); }, "cholesky", "a.order", "5");
}

TEST_F(Arguments, RejectsMismatchedViews) {
  refused([&] { posdef::cholesky(square(3), posdef::col_major(a.data() + 50, 4)); }, "cholesky", "l.rows", "4");
  refused([&] { posdef::cholesky(square(3), posdef::col_major(a.data() + 50, 3).batched(2)); }, "cholesky", "l.batch",
          "2");
  refused([&] { posdef::cholesky_solve(square(3), view<double>(a.data() + 50, 4, 1)); }, "cholesky_solve", "b.rows",
          "4");
  refused([&] { posdef::cholesky_solve(square(3), view<double>(a.data() + 50, 3, -1)); }, "cholesky_solve", "b.cols",
          "-1");
  refused(
      [&] { posdef::cholesky_solve(square(3), view<double>(a.data() + 50, 3, 1), view<double>(a.data() + 60, 3, 2)); },
      "cholesky_solve", "b.cols", "1");
  refused(
      [&] {
        posdef::solve_triangular(square(3), view<double>(a.data() + 50, 3, 1).batched(2),
                                 view<double>(a.data() + 60, 3, 1));
      },
      "solve_triangular", "b.batch", "2");
}

TEST_F(Arguments, RejectsShortArrays) {
  refused([&] { posdef::try_cholesky(square(2).batched(5), info); }, "try_cholesky", "info.size", "4");
  refused([&] { posdef::try_cholesky(square(2), std::span<std::int64_t>()); }, "try_cholesky", "info.size", "0");
  double one = 0;
  refused([&] { posdef::cholesky_logdet(square(2).batched(2), std::span(&one, 1)); }, "cholesky_logdet", "out.size",
          "1");
  refused([&] { posdef::cholesky_logdet(square(2).batched(2)); }, "cholesky_logdet", "l.batch", "2");
  std::vector<double*> where = {a.data(), nullptr};
  refused([&] { posdef::cholesky(view<double>::at(where.data(), 2, 2, 2)); }, "cholesky", "a.pointers[1]", "null");
}

TEST_F(Arguments, Options) {
  posdef::options o;
  o.threads = -2;
  refused([&] { posdef::cholesky(square(3), o); }, "cholesky", "options.threads", "-2");
  o = {};
  o.uplo = static_cast<posdef::uplo>(9);
  refused([&] { posdef::cholesky(square(3), o); }, "cholesky", "options.uplo", "9");
  o = {};
  o.other = posdef::other_triangle::mirror;
  refused([&] { posdef::cholesky(square(3), o); }, "cholesky", "options.other", "mirror");
  refused([&] { posdef::inv_triangular(square(3), o); }, "inv_triangular", "options.other", "mirror");
  o = {};
  o.device = {posdef::engine::cuda, 99};
  EXPECT_THROW(posdef::cholesky(square(3), o), posdef::unavailable);
  o.device = {posdef::engine::cpu, 1};
  EXPECT_THROW(posdef::cholesky(square(3), o), posdef::unavailable);
}

TEST_F(Arguments, RejectsPartialOverlap) {
  const std::string overlapping = "partly the same memory as a (matrix 0)";
  refused([&] { posdef::cholesky(square(4), posdef::col_major(a.data() + 1, 4)); }, "cholesky", "l", overlapping);
  refused([&] { posdef::cholesky(square(4), posdef::col_major(a.data() + 15, 4)); }, "cholesky", "l", overlapping);
  refused([&] { posdef::cholesky(square(4), posdef::col_major(a.data(), {4, 4}, 5)); }, "cholesky", "l", overlapping);
  refused([&] { posdef::cholesky(square(4), posdef::row_major(a.data(), 4)); }, "cholesky", "l", overlapping);
  refused([&] { posdef::cholesky(square(2).batched(3, 4), square(2).batched(3, 5)); }, "cholesky", "l", overlapping);
  refused([&] { posdef::cholesky(square(2).batched(3, 4), posdef::col_major(a.data() + 4, 2).batched(3, 4)); },
          "cholesky", "l", overlapping);
  refused([&] { posdef::cholesky_solve(square(4), view<double>(a.data() + 8, 4, 1)); }, "cholesky_solve", "b",
          "partly the same memory as l (matrix 0)");
  refused([&] { posdef::cholesky_solve(square(4), view<double>(a.data(), 4, 4)); }, "cholesky_solve", "b",
          "the same memory as l");
  // Overlapping matrices of one batch.
  refused([&] { posdef::cholesky(square(3).batched(2, 8)); }, "cholesky", "a.stride", "8");
  refused([&] { posdef::cholesky(square(3).batched(2, -1)); }, "cholesky", "a.stride", "-1");
  view<double> same = square(3).batched(2);
  same.stride = 0;
  refused([&] { posdef::cholesky(same); }, "cholesky", "a.stride", "0");
  std::vector<double*> in = {a.data(), a.data() + 20}, out = {a.data() + 50, a.data() + 22};
  refused([&] { posdef::cholesky(view<double>::at(in.data(), 2, 3, 3), view<double>::at(out.data(), 2, 3, 3)); },
          "cholesky", "l", "partly the same memory as a (matrix 1)");
}

TEST(Overlap, RejectsResultsInsideTheMatrices) {
  std::vector<double> l(8, 2.0);
  refused([&] { posdef::cholesky_logdet(posdef::col_major(l.data(), 2).batched(2), std::span(l).subspan(3, 2)); },
          "cholesky_logdet", "out", "in the same memory as l");
  refused(
      [&] {
        posdef::try_cholesky(posdef::col_major(l.data(), 2), {reinterpret_cast<std::int64_t*>(l.data() + 3), 1});
      },
      "try_cholesky", "info", "in the same memory as a");
}

TEST(Overlap, RejectsInfoInsideAResultGivenByPointers) {
  const std::vector<double> a = {4, 2, 2, 5};
  std::vector<double> l(4);
  const double* from[] = {a.data()};
  double* to[] = {l.data()};
  refused(
      [&] {
        posdef::try_cholesky<double>(posdef::view<const double>::at(from, 1, 2, 2),
                                     posdef::view<double>::at(to, 1, 2, 2),
                                     {reinterpret_cast<std::int64_t*>(l.data() + 1), 1});
      },
      "try_cholesky", "info", "in the same memory as l");
  EXPECT_EQ(l, std::vector<double>(4));
}

TEST(Overlap, ChecksOnlyTheWrittenPartOfInfo) {
  // One piece of memory: one info, then the matrix. The span extends into the matrix, but only one entry is written.
  std::vector<double> memory = {0, 4, 2, 2, 5};
  std::int64_t* const info = reinterpret_cast<std::int64_t*>(memory.data());
  EXPECT_EQ(posdef::try_cholesky(posdef::col_major(memory.data() + 1, 2), {info, 5}), 0);
  EXPECT_EQ(*info, 0);
  EXPECT_EQ(std::vector<double>(memory.begin() + 1, memory.end()), (std::vector<double>{2, 1, 2, 2}));
  refused(
      [&] {
        posdef::try_cholesky(posdef::col_major(memory.data() + 1, 2), {info + 1, 4});
      },
      "try_cholesky", "info", "in the same memory as a");
}

TEST(Overlap, RecognizesTheSameElementsInAnotherDescription) {
  double a = 4;
  posdef::cholesky(posdef::col_major(&a, {1, 1}, 1), posdef::col_major(&a, {1, 1}, 3));
  EXPECT_EQ(a, 2);
  std::vector<double> l = {2, 0, 0, 2}, b = {2, 4};
  posdef::solve_triangular(posdef::col_major(l.data(), 2), view<double>(b.data(), 2, 1, 1, layout::row_major),
                           view<double>(b.data(), 2, 1));
  EXPECT_EQ(b, (std::vector<double>{1, 2}));
}

TEST(Empty, DefaultViewIsEmpty) {
  posdef::cholesky(view<double>{});
  EXPECT_EQ(posdef::cholesky_logdet(view<double>{}), 0);
}

TEST(Interleaved, AcceptsMatricesSideBySideInOneArray) {
  // Three 2 × 2 matrices side by side in a 2 × 6 row-major array: batch stride 2, ld 6.
  std::vector<double> v = {4, 0, 9, 0, 16, 0, 0, 4, 0, 9, 0, 16};
  posdef::cholesky(posdef::row_major(v.data(), {2, 2}, 6).batched(3, 2));
  EXPECT_EQ(v, (std::vector<double>{2, 0, 3, 0, 4, 0, 0, 2, 0, 3, 0, 4}));
  // The factor and the right-hand side of [L | b] in one row-major array.
  std::vector<double> lb = {2, 0, 4, 1, 1, 3};
  posdef::solve_triangular(posdef::row_major(lb.data(), {2, 2}, 3),
                           view<double>(lb.data() + 2, 2, 1, 3, layout::row_major));
  EXPECT_EQ(lb, (std::vector<double>{2, 0, 2, 1, 1, 1}));
}

TEST(Devices, NamesAreParsedStrictly) {
  using posdef::device;
  EXPECT_EQ(device::parse("automatic"), device{});
  EXPECT_EQ(device{}.name(), "automatic");
  EXPECT_EQ(device::parse("cpu"), (device{posdef::engine::cpu, 0}));
  EXPECT_EQ(device::parse("opencl:2"), (device{posdef::engine::opencl, 2}));
  EXPECT_EQ(device::parse("cuda:0").name(), "cuda");
  EXPECT_EQ((device{posdef::engine::hybrid, 3}).name(), "hybrid:3");
  for (const char* bad : {"", "CPU", "cpu ", "opencl:", "cuda:-1", "cuda:1x", ":1", "gpu"})
    refused([&] { device::parse(bad); }, "device::parse", "text", "\"" + std::string(bad) + "\"");
  int available = 0;
  for (const auto& d : posdef::devices()) {
    EXPECT_FALSE(d.description.empty());
    available += d.available ? 1 : 0;
  }
  EXPECT_GE(available, 1);
}

TEST(Devices, UnavailableDevicesReportTheReason) {
  for (const auto& d : posdef::devices()) {
    double a = 4;
    const auto call = [&] { posdef::cholesky(posdef::col_major(&a, 1), {.device = d.device}); };
    if (d.available) {
      EXPECT_NO_THROW(call());
      EXPECT_EQ(a, 2) << d.device.name();
      continue;
    }
    try {
      call();
      FAIL() << d.device.name();
    } catch (const posdef::unavailable& e) {
      EXPECT_NE(std::string(e.what()).find(d.description), std::string::npos) << e.what();
    }
    EXPECT_EQ(a, 4);
  }
}

// A factored matrix that is large enough for the engines to round differently.
std::vector<float> factored_on(posdef::device device) {
  constexpr std::int64_t n = 90;
  std::vector<float> a(n * n);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j)
      a[static_cast<std::size_t>(i + j * n)] = 1.F / static_cast<float>(i + j + 1) + (i == j ? 1.F : 0.F);
  posdef::cholesky(posdef::col_major(a.data(), n), {.device = device});
  return a;
}

TEST(Control, RunsTheRequestedEngine) {
  const posdef::device cpu{posdef::engine::cpu, 0}, reference{posdef::engine::reference, 0};
  EXPECT_EQ(posdef::default_device(), cpu);
  const auto by_cpu = factored_on(cpu), by_reference = factored_on(reference);
  ASSERT_NE(by_cpu, by_reference);
  EXPECT_EQ(factored_on({}), by_cpu);
  setenv("POSDEF_DEVICE", "reference", 1);
  posdef::force({});
  EXPECT_EQ(posdef::default_device(), reference);
  EXPECT_EQ(factored_on({}), by_reference);
  EXPECT_EQ(factored_on(cpu), by_cpu);
  posdef::force({.device = "cpu"});  // takes precedence over the environment
  EXPECT_EQ(posdef::default_device(), cpu);
  EXPECT_EQ(factored_on({}), by_cpu);
  EXPECT_EQ(factored_on(reference), by_reference);
  unsetenv("POSDEF_DEVICE");
  posdef::force({});
}

TEST(Control, RequestedDeviceOverridesAnInvalidEnvironment) {
  setenv("POSDEF_DEVICE", "nonsense", 1);
  EXPECT_NO_THROW(posdef::force({.device = "reference"}));
  EXPECT_EQ(posdef::default_device(), (posdef::device{posdef::engine::reference, 0}));
  unsetenv("POSDEF_DEVICE");
  posdef::force({});
}

TEST(Control, InvalidNumberOfThreadsFailsEveryCall) {
  setenv("POSDEF_NUM_THREADS", "many", 1);
  EXPECT_THROW(posdef::force({}), posdef::invalid_argument);
  unsetenv("POSDEF_NUM_THREADS");
  posdef::force({});
}

TEST(Control, VerbosePrintsALineForEachCall) {
  setenv("POSDEF_VERBOSE", "1", 1);
  posdef::force({});
  testing::internal::CaptureStderr();
  factored_on({posdef::engine::cpu, 0});
  double x = 4;
  posdef::cholesky(posdef::col_major(&x, 1), {.device = {posdef::engine::reference, 0}});
  const std::string lines = testing::internal::GetCapturedStderr();
  EXPECT_EQ(lines.find("posdef: cholesky f32 n=90 batch=1 nrhs=0 on cpu (" + posdef::instruction_set() +
                       ", unblocked), 1 thread, "),
            0u)
      << lines;
  EXPECT_NE(lines.find("ms\nposdef: cholesky f64 n=1 batch=1 nrhs=0 on reference, 1 thread, "), std::string::npos)
      << lines;
  setenv("POSDEF_VERBOSE", "loud", 1);
  EXPECT_THROW(posdef::force({}), posdef::invalid_argument);
  unsetenv("POSDEF_VERBOSE");
  posdef::force({});
  testing::internal::CaptureStderr();
  factored_on({posdef::engine::cpu, 0});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Control, ForcingAndEnvironment) {
  refused([] { posdef::force({.device = "abacus", .instruction_set = "", .algorithm = ""}); }, "force", "device",
          "\"abacus\"");
  refused([] { posdef::force({.device = "", .instruction_set = "mmx", .algorithm = ""}); }, "force", "instruction_set",
          "\"mmx\"");
  refused([] { posdef::force({.device = "", .instruction_set = "", .algorithm = "magic"}); }, "force", "algorithm",
          "\"magic\"");
  EXPECT_THROW(posdef::force({.device = "cuda:99", .instruction_set = "", .algorithm = ""}), posdef::unavailable);
  const auto sets = posdef::instruction_sets();
  ASSERT_FALSE(sets.empty());
  for (const char* word : {"avx512", "avx2", "sse4", "neon", "baseline"})
    if (std::find(sets.begin(), sets.end(), word) == sets.end()) {
      EXPECT_THROW(posdef::force({.device = "", .instruction_set = word, .algorithm = ""}), posdef::unavailable);
    }
  double a = 4;
  // An environment variable applies only if nothing was forced, and only to the default device.
  setenv("POSDEF_DEVICE", "cuda:99", 1);
  posdef::force({});  // reads the environment again
  EXPECT_THROW(posdef::cholesky(posdef::col_major(&a, 1)), posdef::unavailable);
  posdef::force({.device = "reference", .instruction_set = "", .algorithm = ""});
  posdef::cholesky(posdef::col_major(&a, 1));
  EXPECT_EQ(a, 2);
  unsetenv("POSDEF_DEVICE");
  const auto again = [] { posdef::force({}); };
  for (const char* name : {"POSDEF_ISA", "POSDEF_ALGORITHM", "POSDEF_DEVICE"}) {
    setenv(name, "nonsense", 1);
    EXPECT_THROW(again(), posdef::invalid_argument) << name;
    unsetenv(name);
  }
  setenv("POSDEF_ISA", sets.back().c_str(), 1);
  again();
  EXPECT_EQ(posdef::instruction_set(), sets.back());
  unsetenv("POSDEF_ISA");
  again();
  EXPECT_EQ(posdef::instruction_set(), sets.front());
  EXPECT_EQ(posdef::version(), "0.1.0");
}

TEST(Memory, ImpossibleWorkspacesAreReportedAsOutOfMemory) {
  // The views are plausible, but the workspace of the reference engine (two scratch matrices) cannot be allocated.
  posdef::options o;
  o.device = {posdef::engine::reference, 0};
  const std::int64_t n = std::int64_t{1} << 29;
  EXPECT_THROW(posdef::plan<double>(o.device, {n, 1, 1}, o), posdef::out_of_memory);
  EXPECT_THROW(posdef::plan<double>({}, {1, huge, 1}), posdef::out_of_memory);
}

}  // namespace
