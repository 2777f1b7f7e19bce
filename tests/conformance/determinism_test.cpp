// The same bits for any number of threads, any batch size, any position in the batch, in place or not, plan or not.
#include <cstring>

#include "support.hpp"

namespace conformance {

class Determinism : public OnDevice {};
CONFORMANCE_SUITE(Determinism);

namespace {

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b, std::size_t from = 0) {
  return std::memcmp(a.data(), b.data() + from, a.size() * sizeof(T)) == 0;
}

}  // namespace

TEST_P(Determinism, AnyNumberOfThreads) {
  for_each_type([&]<class T>() {
    for (const index n : {5, 64, 193, 300, 700}) {
      if ((reference() || reduced()) && n > 200) continue;
      const auto a = positive_definite<T>(n);
      auto o = options();
      o.threads = 1;
      const auto one = everything(a, 1, o);
      for (const int threads : {2, 3, 8}) {
        o.threads = threads;
        ASSERT_TRUE(same_bits(one, everything(a, 1, o))) << "n = " << n << " threads " << threads;
      }
    }
  });
}

TEST_P(Determinism, AnyBatchSizeAndPosition) {
  for_each_type([&]<class T>() {
    for (const index n : {3, 40, 200, 300}) {
      if ((reference() || reduced()) && n > 100) continue;
      const auto a = positive_definite<T>(n);
      auto o = options();
      o.threads = 1;
      const auto one = everything(a, 1, o);
      for (const index count : {2, 3, 7})
        for (const int threads : {1, 2, 3}) {
          o.threads = threads;
          const auto many = everything(a, count, o);
          for (index i = 0; i < count; ++i)
            ASSERT_TRUE(same_bits(one, many, one.size() * static_cast<std::size_t>(i)))
                << "n = " << n << " batch " << count << " position " << i << " threads " << threads;
        }
    }
  });
}

TEST_P(Determinism, RightHandSidesDoNotSeeEachOther) {
  for_each_type([&]<class T>() {
    const index n = 150, nrhs = 40;
    const auto a = positive_definite<T>(n);
    placed<T> l(a, {});
    posdef::cholesky(l.view(), options());
    std::vector<T> all(static_cast<std::size_t>(n * nrhs));
    std::mt19937_64 g(1);
    for (auto& x : all) x = random_number<T>(g);
    auto single = all;
    posdef::cholesky_solve(l.view(), posdef::view<T>(all.data(), n, nrhs), options());
    for (index c = 0; c < nrhs; ++c)
      posdef::cholesky_solve(l.view(), posdef::view<T>(single.data() + c * n, n, 1), options());
    EXPECT_TRUE(same_bits(all, single));
  });
}

TEST_P(Determinism, EveryAlgorithmAndInstructionSetIsAccurate) {
  if (GetParam() != "cpu") GTEST_SKIP() << "instruction sets are the cpu engine's";
  for (const auto& isa : posdef::instruction_sets())
    for (const char* algorithm : {"recursive", "left-looking"}) {
      posdef::force({.device = "", .instruction_set = isa, .algorithm = algorithm});
      EXPECT_EQ(posdef::instruction_set(), isa);
      for_each_type([&]<class T>() {
        for (const index n : some_orders()) {
          const auto a = positive_definite<T>(n);
          for (const auto& p : placings()) {
            placed<T> m(a, p);
            posdef::cholesky(m.view(), options(p));
            ASSERT_LT(factor_ratio(a, [&](index i, index j) { return m.lower(i, j); }), 1)
                << isa << " " << algorithm << " n = " << n << " " << p.text();
            // An exact info under both algorithms and every kernel.
            if (n < 3) continue;
            auto bad = a;
            bad(n / 2, n / 2) = T(-1);
            placed<T> w(bad, p);
            std::int64_t info = 0;
            posdef::try_cholesky(w.view(), {&info, 1}, options(p));
            ASSERT_EQ(info, n / 2 + 1) << isa << " " << algorithm;
          }
        }
      });
    }
  posdef::force({});
}

}  // namespace conformance
