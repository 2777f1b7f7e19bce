// Host measurements: participants, their configurations, and which times count.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "first_call.hpp"
#include "host_measure.hpp"

namespace posdef::bench {
namespace {

const settings hasty = {.threads = 2, .repetitions = 3, .seconds = 0.01};

// The arguments that a fake peer received.
struct record {
  std::mutex mutex;
  std::set<char> letters;
  std::set<int> threads;
};

template <scalar T>
routines<T> honest_routines(const std::shared_ptr<record>& seen) {
  const auto options_of = [seen](char letter) {
    const std::lock_guard lock(seen->mutex);
    seen->letters.insert(letter);
    return options{.uplo = letter == 'L' ? uplo::lower : uplo::upper, .threads = 1};
  };
  routines<T> r;
  r.potrf = [=](char letter, int n, T* a, int lda) {
    cholesky(col_major(a, {n, n}, lda), options_of(letter));
    return 0;
  };
  r.potrs = [=](char letter, int n, int nrhs, const T* a, int lda, T* b, int ldb) {
    cholesky_solve<T>(col_major(a, {n, n}, lda), view<T>(b, n, nrhs, ldb), options_of(letter));
    return 0;
  };
  r.potri = [=](char letter, int n, T* a, int lda) {
    cholesky_inverse(col_major(a, {n, n}, lda), options_of(letter));
    return 0;
  };
  r.trtri = [=](char letter, int n, T* a, int lda) {
    inv_triangular(col_major(a, {n, n}, lda), options_of(letter));
    return 0;
  };
  return r;
}

// A peer that computes correctly, with posdef.
peer honest(const std::string& name, const std::shared_ptr<record>& seen = std::make_shared<record>()) {
  peer p{.name = name};
  p.set_threads = [seen](int threads) { seen->threads.insert(threads); };
  p.all = {honest_routines<float>(seen), honest_routines<double>(seen), honest_routines<std::complex<float>>(seen),
           honest_routines<std::complex<double>>(seen)};
  return p;
}

// A peer that returns success without computing.
peer lazy() {
  peer p{.name = "lazy"};
  const auto nothing = [](char, int, auto*, int) { return 0; };
  std::get<routines<float>>(p.all).potrf = nothing;
  std::get<routines<std::complex<float>>>(p.all).potrf = nothing;
  return p;
}

// A peer that is correct except for the last matrix of a batch.
peer careless(std::int64_t batch) {
  peer p = honest("careless");
  auto& potrf = std::get<routines<float>>(p.all).potrf;
  potrf = [right = potrf, batch, count = std::make_shared<std::atomic<std::int64_t>>(0)](
              char u, int n, float* a, int l) { return ++*count % batch == 0 ? 0 : right(u, n, a, l); };
  return p;
}

std::vector<std::string> ways_of(const outcome& o, const std::string& name) {
  std::vector<std::string> all;
  for (const timing& t : o.ways) {
    if (t.name == name) all.push_back(t.way);
  }
  return all;
}

using words = std::vector<std::string>;

TEST(Measure, PosdefComesFirstAndEveryResultIsCorrect) {
  for (const tools::dtype type : {tools::dtype::f32, tools::dtype::f64, tools::dtype::c64, tools::dtype::c128}) {
    for (const operation op : {operation::cholesky, operation::cholesky_solve, operation::cholesky_inverse,
                               operation::inv_triangular, operation::cholesky_logdet}) {
      const outcome o = measure({.op = op, .type = type, .batch = 5, .n = 20, .nrhs = 4}, {honest("honest")}, hasty);
      EXPECT_EQ(o.posdef().name, "posdef");
      EXPECT_GT(o.posdef().seconds, 0);
      EXPECT_GT(o.gflops(), 0);
      for (const timing& t : o.ways) {
        EXPECT_TRUE(t.usable()) << o.cell.text() << ": " << t.name << ", " << t.way << ": " << t.residual;
        EXPECT_GE(t.repetitions, 1);
      }
      EXPECT_TRUE(o.best(true).contains(op == operation::cholesky_logdet ? "loop" : "honest"));
      EXPECT_TRUE(o.best(false).contains("posdef call"));
      EXPECT_TRUE(o.ratio());
    }
  }
}

TEST(Measure, ReportsAPeerWithAWrongResultAndIgnoresItsTime) {
  const outcome o = measure({.type = tools::dtype::f32, .n = 30}, {lazy(), honest("honest")}, hasty);
  const auto wrong = std::find_if(o.ways.begin(), o.ways.end(), [](const timing& t) { return t.name == "lazy"; });
  ASSERT_NE(wrong, o.ways.end());
  EXPECT_FALSE(wrong->right());
  EXPECT_GT(wrong->residual, 30);
  EXPECT_FALSE(o.best(true).contains("lazy"));
  EXPECT_EQ(o.best_peer()->first, "honest");
  EXPECT_FALSE(measure({.type = tools::dtype::c64, .n = 30}, {lazy()}, hasty).ratio());
}

TEST(Measure, OneWrongMatrixOfABatchIsDetected) {
  const outcome o = measure({.type = tools::dtype::f32, .batch = 9, .n = 25}, {careless(9)}, hasty);
  for (const timing& t : o.ways) EXPECT_EQ(t.right(), t.name != "careless") << t.name;
}

TEST(Measure, PeersGetTheMatchingTriangle) {
  for (const uplo which : {uplo::lower, uplo::upper}) {
    for (const layout order : {layout::col_major, layout::row_major}) {
      const auto seen = std::make_shared<record>();
      const outcome o =
          measure({.type = tools::dtype::c64, .uplo = which, .layout = order, .n = 20}, {honest("p", seen)}, hasty);
      const bool lower = (which == uplo::lower) == (order == layout::col_major);
      EXPECT_EQ(seen->letters, std::set<char>{lower ? 'L' : 'U'});
      for (const timing& t : o.ways) EXPECT_TRUE(t.usable()) << o.cell.text() << ": " << t.name << " " << t.residual;
    }
  }
}

TEST(Measure, ConfigurationsOfAPeer) {
  peer p = honest("p");
  const auto with = [&](std::int64_t batch, std::int64_t n, int threads) {
    settings s = hasty;
    s.threads = threads;
    return ways_of(measure({.batch = batch, .n = n}, {p}, s), "p");
  };
  EXPECT_EQ(with(1, 8, 2), (words{"own threads", "one thread"}));
  EXPECT_EQ(with(3, 8, 2), (words{"own threads", "tasks"}));
  EXPECT_EQ(with(3, 8, 1), (words{"one thread"}));
  p.concurrent = false;  // never called by two threads at once
  EXPECT_EQ(with(3, 8, 2), (words{"own threads", "one thread"}));
  p.concurrent = true;
  p.set_threads = {};  // has no threads
  EXPECT_EQ(with(1, 8, 2), (words{"one thread"}));
  EXPECT_EQ(with(3, 8, 2), (words{"tasks"}));
}

TEST(Measure, EveryLibraryGetsTheSameThreads) {
  const auto seen = std::make_shared<record>();
  settings s = hasty;
  s.threads = 1;
  measure({.batch = 3, .n = 8}, {honest("p", seen)}, s);
  EXPECT_EQ(seen->threads, std::set<int>{1});
  s.threads = 2;
  measure({.batch = 3, .n = 8}, {honest("p", seen)}, s);
  EXPECT_EQ(seen->threads, (std::set<int>{1, 2}));  // 1 for the way "tasks"
}

TEST(Measure, ReportsRoutinesThatAPeerLacks) {
  const outcome o = measure({.op = operation::cholesky_inverse, .type = tools::dtype::f32, .n = 8}, {lazy()}, hasty);
  const auto at = std::find_if(o.ways.begin(), o.ways.end(), [](const timing& t) { return t.name == "lazy"; });
  ASSERT_NE(at, o.ways.end());
  EXPECT_EQ(at->left_out, "has no such routine");
  EXPECT_TRUE(o.best(true).empty());
}

TEST(Measure, EachConfigurationCanBeVisitedAlone) {
  const auto seen = std::make_shared<record>();
  std::vector<std::string> visited;
  const cell c{.type = tools::dtype::f32, .n = 20};
  std::size_t k = 0;
  for (bool exists = true; exists; ++k) {
    ASSERT_LT(k, 10u);
    exists = visit_configuration(c, {honest("p", seen), lazy()}, hasty, k, [&](const timing& told, const auto& call) {
      visited.push_back(told.name + ", " + told.way);
      EXPECT_TRUE(seen->letters.empty()) << "called too early";
      call();
      EXPECT_EQ(seen->letters.empty(), told.name != "p");
      seen->letters.clear();
    });
  }
  EXPECT_EQ(visited,
            (words{"posdef, plan", "posdef call, call", "p, own threads", "p, one thread", "lazy, one thread"}));
  EXPECT_FALSE(visit_configuration({.n = std::int64_t{1} << 24}, {}, hasty, 0, {}));
}

TEST(Measure, FirstCallsBelongToOneConfiguration) {
  outcome o;
  o.ways = {{.name = "posdef", .way = "plan"}, {.name = "p", .way = "tasks"}, {.name = "p", .way = "own threads"}};
  add_first_calls({{"p", "own threads", 2, 4096}, {"q", "tasks", 3, 1}}, o);
  EXPECT_TRUE(std::isnan(o.ways[0].first_seconds));
  EXPECT_TRUE(std::isnan(o.ways[1].first_seconds));
  EXPECT_EQ(o.ways[2].first_seconds, 2);
  EXPECT_EQ(o.ways[2].first_bytes, 4096);
}

TEST(Measure, ColdCallsFollowEachSituation) {
  settings cold = hasty;
  cold.cold = true;
  const auto seen = std::make_shared<record>();
  const outcome o =
      measure({.type = tools::dtype::f32, .n = 20}, {honest("OpenBLAS-like", seen), honest("other")}, cold);
  EXPECT_TRUE(seen->threads.contains(2)) << "its threads spin after a call on all threads";
  std::map<std::string, int> ways;  // the fastest one of each participant is measured
  for (const timing& t : o.ways) {
    if (t.cold.empty()) continue;
    ++ways[t.name];
    words situations;
    for (const auto& [name, seconds] : t.cold) {
      situations.push_back(name);
      EXPECT_GT(seconds, 0);
    }
    EXPECT_EQ(situations, words({"after_openblas", "after_pause", "after_work"})) << t.name;
  }
  EXPECT_EQ(ways, (std::map<std::string, int>{{"posdef", 1}, {"OpenBLAS-like", 1}, {"other", 1}}));
  for (const timing& t : measure({.type = tools::dtype::f32, .n = 20}, {honest("other")}, hasty).ways)
    EXPECT_TRUE(t.cold.empty());
}

TEST(Measure, SkipsCellsLargerThanMemory) {
  const outcome o = measure({.n = std::int64_t{1} << 24}, {honest("p")}, hasty);
  EXPECT_NE(o.posdef().left_out.find("of memory"), std::string::npos);
  EXPECT_FALSE(o.posdef().usable());
  EXPECT_FALSE(o.ratio());
}

}  // namespace
}  // namespace posdef::bench
