// The same bits for any number of threads, batch size and position in the batch, in place or not, with or without plan.
#include "support.hpp"

namespace conformance {

class Determinism : public OnDevice {};
CONFORMANCE_SUITE(Determinism);

TEST_P(Determinism, AnyNumberOfThreads) {
  for_each_type([&]<class T>() {
    for (const index n : {5, 64, 193, 300, 700}) {
      if ((slow() || reduced()) && n > 200) continue;
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
      if ((slow() || reduced()) && n > 100) continue;
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

TEST_P(Determinism, HundredsOfTinyMatricesWithFailures) {
  for_each_type([&]<class T>() {
    for (const index n : {1, 2, 3, 5, 8, 9, 13, 16, 17, 24, 31, 32})
      for (const auto& p : placings()) {
        // First each matrix alone, then the batch: bits, info and unwritten memory must agree.
        const index count = 203;
        std::vector<placed<T>> single;
        std::vector<std::int64_t> expected, info(static_cast<std::size_t>(count), -1);
        std::vector<T> memory;
        auto o = options(p);
        o.threads = 1;
        for (index b = 0; b < count; ++b) {
          auto a = positive_definite<T>(n, 40 + static_cast<unsigned>(b));
          if (b % 10 == 7) a(b % n, b % n) = T(b % 20 == 7 ? -1 : std::numeric_limits<real_type<T>>::quiet_NaN());
          single.emplace_back(a, p);
          memory.insert(memory.end(), single.back().memory.begin(), single.back().memory.end());
          expected.push_back(0);
          posdef::try_cholesky(single.back().view(), {&expected.back(), 1}, o);
          ASSERT_EQ(expected.back(), b % 10 == 7 ? b % n + 1 : 0);
        }
        const index size = static_cast<index>(single.front().memory.size());
        posdef::view<T> v(memory.data(), n, n, single.front().ld, p.order);
        o.threads = 3;
        EXPECT_EQ(posdef::try_cholesky(v.batched(count, size), info, o), 20);
        ASSERT_EQ(info, expected);
        for (index b = 0; b < count; ++b) {
          const auto& s = single[static_cast<std::size_t>(b)];
          for (index j = 0; j < n; ++j)
            for (index i = j; i < n; ++i) {
              // After a failure only the columns before it are specified.
              if (expected[static_cast<std::size_t>(b)] != 0 && j + 1 >= expected[static_cast<std::size_t>(b)])
                continue;
              const bool lower = p.triangle == uplo::lower;
              const auto at = s.where(lower ? i : j, lower ? j : i);
              ASSERT_EQ(memory[static_cast<std::size_t>(b * size) + at], s.memory[at]) << n << " " << b << p.text();
            }
          ASSERT_TRUE(s.rest_untouched());
          for (index k = 0; k < size; ++k)
            ASSERT_EQ(std::isnan(std::real(memory[static_cast<std::size_t>(b * size + k)])),
                      std::isnan(std::real(s.memory[static_cast<std::size_t>(k)])));
        }
      }
  });
}

TEST_P(Determinism, RightHandSidesAreIndependent) {
  for_each_type([&]<class T>() {
    const index nrhs = 40;
    for (const index n : {7, 16, 64, 150, 330}) {
      if ((slow() || reduced()) && n > 150) continue;
      const auto a = positive_definite<T>(n);
      for (const auto& p : placings()) {
        placed<T> l(a, p);
        posdef::cholesky(l.view(), options(p));
        std::vector<T> all(static_cast<std::size_t>(n * nrhs));
        std::mt19937_64 g(1);
        for (auto& x : all) x = random_number<T>(g);
        auto some = all;
        posdef::cholesky_solve(l.view(), posdef::view<T>(all.data(), n, nrhs), options(p));
        for (index c = 0, columns = 1; c < nrhs; c += columns, columns = std::min(columns % 5 + 1, nrhs - c))
          posdef::cholesky_solve(l.view(), posdef::view<T>(some.data() + c * n, n, columns), options(p));
        ASSERT_TRUE(same_bits(all, some)) << "n = " << n << " " << p.text();
      }
    }
  });
}

TEST_P(Determinism, EveryAlgorithmAndInstructionSetIsAccurate) {
  if (GetParam().name != "cpu") GTEST_SKIP() << "only the cpu engine has instruction sets";
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
