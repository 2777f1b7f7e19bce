// Results: every routine compared with the system's LAPACK; and further promises of LAPACK: info, the triangle that is
// not accessed, singular triangles, NaN.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "support/matrices.hpp"
#include "symbols.hpp"

extern "C" std::int64_t posdef_lapack_calls(const char* symbol);

namespace {

using lapack_test::routines;

/// The system's LAPACK, loaded separately so that its names do not collide with ours; null if there is none.
void* system_lapack() {
  static void* const library = dlopen("liblapack.so.3", RTLD_NOW | RTLD_LOCAL);
  return library;
}

constexpr char triangles[] = {'L', 'U', 'l', 'u'};
constexpr int sizes[] = {1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 50, 64, 65, 100, 129};

bool is_lower(char uplo) { return uplo == 'L' || uplo == 'l'; }

template <class TypeParam>
class Lapack : public testing::Test {
 protected:
  using T = TypeParam;
  using real = decltype(std::abs(T()));
  using matrix = std::vector<T>;

  // Column-major n × n with leading dimension n + 2. Hermitian, positive definite by its diagonal; everything outside
  // the triangle uplo is NaN, including the padding.
  matrix positive_definite(int n, char uplo, unsigned seed = 1) {
    const real nan = std::numeric_limits<real>::quiet_NaN();
    matrix a(static_cast<std::size_t>(ld(n)) * static_cast<std::size_t>(n), T(nan));
    posdef::test::put_positive_definite<T>(n, seed, [&](std::int64_t i, std::int64_t j, T x) {
      at(a, n, static_cast<int>(i), static_cast<int>(j), uplo) = x;
    });
    return a;
  }
  static int ld(int n) { return n + 2; }
  // Element (i, j), i >= j, of the triangle; an upper triangle has it at (j, i), and the test's matrix is Aᵀ.
  static T& at(matrix& a, int n, int i, int j, char uplo) {
    return a[static_cast<std::size_t>(is_lower(uplo) ? i + j * ld(n) : j + i * ld(n))];
  }
  // A general matrix of right-hand sides.
  static matrix right_hand_sides(int n, int nrhs) {
    std::mt19937 random(3);
    std::uniform_real_distribution<real> uniform(-1, 1);
    matrix b(static_cast<std::size_t>(ld(n) * nrhs));
    for (T& x : b) x = T(uniform(random));
    return b;
  }

  // Equal up to rounding, relative to the largest element; NaN only in the same places.
  static void expect_near(const matrix& x, const matrix& y, int n, const std::string& what) {
    real largest = 0, difference = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_EQ(std::isnan(std::abs(x[i])), std::isnan(std::abs(y[i]))) << what << " at " << i;
      if (std::isnan(std::abs(y[i]))) continue;
      largest = std::max(largest, std::abs(y[i]));
      difference = std::max(difference, std::abs(x[i] - y[i]));
    }
    EXPECT_LE(difference, real(30) * real(n) * std::numeric_limits<real>::epsilon() * largest) << what;
  }
  static bool same_bytes(const matrix& x, const matrix& y) {
    return x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size() * sizeof(T)) == 0;
  }
  static std::string name(const std::string& routine, char uplo, int n) {
    return routine + " " + uplo + " n = " + std::to_string(n);
  }

  // Runs `call` with our routines, our 64-bit ones (the same bits) and the system's (the same numbers).
  template <class Call>
  void compare(const std::string& what, int n, const matrix& start, Call call) {
    matrix result = start, result_64 = start, expected = start;
    EXPECT_EQ(call(ours, result), 0) << what;
    EXPECT_EQ(call(ours_64, result_64), 0) << what;
    EXPECT_EQ(call(routines<T, std::int32_t>(system_lapack()), expected), 0) << what;
    EXPECT_TRUE(same_bytes(result, result_64)) << what;
    expect_near(result, expected, n, what);
  }

  routines<T, std::int32_t> ours;
  routines<T, std::int64_t> ours_64;
};

using types = testing::Types<float, double, std::complex<float>, std::complex<double>>;
TYPED_TEST_SUITE(Lapack, types);

TYPED_TEST(Lapack, FactorsInvertsAndMultipliesLikeTheSystemsLapack) {
  if (system_lapack() == nullptr) GTEST_SKIP() << "no liblapack.so.3 on this machine";
  for (const int n : sizes) {
    for (const char uplo : triangles) {
      const int ld = this->ld(n);
      const auto a = this->positive_definite(n, uplo);
      auto factor = a;
      ASSERT_EQ(this->ours.factor("potrf", uplo, n, factor.data(), ld), 0);
      for (const std::string routine : {"potrf", "potrf2", "potf2", "potri", "lauum"}) {
        const bool factors = routine.find('f') != std::string::npos;
        this->compare(this->name(routine, uplo, n), n, factors ? a : factor,
                      [&](const auto& lapack, auto& m) { return lapack.factor(routine, uplo, n, m.data(), ld); });
      }
      for (const char diag : {'N', 'U', 'n', 'u'}) {
        // A unit triangle has small off-diagonal elements, and its diagonal must not be read.
        auto start = factor;
        for (int j = 0; j < n && (diag | 0x20) == 'u'; ++j) {
          for (int i = j; i < n; ++i) this->at(start, n, i, j, uplo) /= TypeParam(static_cast<float>(n));
          this->at(start, n, j, j, uplo) = TypeParam(0);
        }
        this->compare(this->name(std::string("trtri ") + diag, uplo, n), n, start,
                      [&](const auto& lapack, auto& m) { return lapack.trtri(uplo, diag, n, m.data(), ld); });
      }
    }
  }
}

TYPED_TEST(Lapack, SolvesLikeTheSystemsLapack) {
  if (system_lapack() == nullptr) GTEST_SKIP() << "no liblapack.so.3 on this machine";
  for (const int n : sizes) {
    for (const int nrhs : {1, 2, 9}) {
      for (const char uplo : triangles) {
        const int ld = this->ld(n);
        const auto a = this->positive_definite(n, uplo);
        const auto b = this->right_hand_sides(n, nrhs);
        auto factor = a;
        ASSERT_EQ(this->ours.factor("potrf", uplo, n, factor.data(), ld), 0);
        for (const std::string routine : {"potrs", "posv"}) {
          this->compare(this->name(routine, uplo, n), 4 * n, b, [&](const auto& lapack, auto& x) {
            auto m = routine == "potrs" ? factor : a;
            const auto info = lapack.solve(routine, uplo, n, nrhs, m.data(), ld, x.data(), ld);
            this->expect_near(m, factor, n, this->name("the factor of " + routine, uplo, n));
            return info;
          });
        }
      }
    }
  }
}

TYPED_TEST(Lapack, InfoIsTheOrderOfTheFailingMinor) {
  for (const int n : {1, 5, 17, 70}) {
    for (const char uplo : triangles) {
      for (int k = 0; k < n; k += 1 + n / 6) {
        for (const float value : {-1.0F, 0.0F, std::numeric_limits<float>::quiet_NaN()}) {
          auto a = this->positive_definite(n, uplo);
          this->at(a, n, k, k, uplo) = TypeParam(value);
          for (const std::string routine : {"potrf", "potrf2", "potf2"}) {
            auto m = a;
            EXPECT_EQ(this->ours.factor(routine, uplo, n, m.data(), this->ld(n)), k + 1)
                << this->name(routine, uplo, n);
          }
          auto m = a;
          auto b = this->right_hand_sides(n, 1);
          const auto before = b;
          EXPECT_EQ(this->ours.solve("posv", uplo, n, 1, m.data(), this->ld(n), b.data(), this->ld(n)), k + 1);
          EXPECT_TRUE(this->same_bytes(b, before)) << "posv solves nothing if the factorization fails";
        }
      }
    }
  }
}

// In LAPACK only an exact zero is singular; tiny, infinite and negative diagonals are inverted.
TYPED_TEST(Lapack, ZeroOnTheDiagonalKeepsTheTriangleUnchanged) {
  for (const int n : {1, 6, 40}) {
    for (const char uplo : triangles) {
      for (const std::string routine : {"trtri", "potri"}) {
        auto l = this->positive_definite(n, uplo);
        const int k = n / 2;
        this->at(l, n, k, k, uplo) = TypeParam(0);
        const auto before = l;
        const auto run = [&](char diag) {
          return routine == "trtri" ? this->ours.trtri(uplo, diag, n, l.data(), this->ld(n))
                                    : this->ours.factor(routine, uplo, n, l.data(), this->ld(n));
        };
        EXPECT_EQ(run('N'), k + 1) << this->name(routine, uplo, n);
        EXPECT_TRUE(this->same_bytes(l, before)) << this->name(routine, uplo, n);
        this->at(l, n, k, k, uplo) = TypeParam(-std::numeric_limits<float>::min());
        EXPECT_EQ(run('N'), 0) << this->name(routine, uplo, n);
      }
    }
  }
}

TYPED_TEST(Lapack, PotrsDividesByTheDiagonalUnchecked) {
  using std::abs;
  for (const char uplo : triangles) {
    for (const float value : {0.0F, -2.0F, std::numeric_limits<float>::infinity()}) {
      const int n = 3;
      auto l = this->positive_definite(n, uplo);
      for (int j = 0; j < n; ++j) {
        for (int i = j; i < n; ++i) this->at(l, n, i, j, uplo) = TypeParam(i == j ? 1.0F : 0.0F);
      }
      this->at(l, n, 1, 1, uplo) = TypeParam(value);
      std::vector<TypeParam> b(static_cast<std::size_t>(this->ld(n)), TypeParam(4));
      EXPECT_EQ(this->ours.solve("potrs", uplo, n, 1, l.data(), this->ld(n), b.data(), this->ld(n)), 0);
      if (value == 0.0F) {
        EXPECT_FALSE(std::isfinite(abs(b[1])));  // and the adjacent elements are 4 - 0·inf
        continue;
      }
      EXPECT_EQ(b[0], TypeParam(4));
      EXPECT_EQ(b[1], TypeParam(value == -2.0F ? 1.0F : 0.0F));
      EXPECT_EQ(b[2], TypeParam(4));
    }
  }
}

TYPED_TEST(Lapack, EveryCallIsCounted) {
  for (const std::string routine : {"potrf", "potrf2", "potf2", "potri", "lauum"}) {
    const std::string lp64 = lapack_test::symbol<TypeParam, std::int32_t>(routine);
    const std::string ilp64 = lapack_test::symbol<TypeParam, std::int64_t>(routine);
    const std::int64_t before = posdef_lapack_calls(lp64.c_str()), before_64 = posdef_lapack_calls(ilp64.c_str());
    TypeParam a(4);
    this->ours.factor(routine, 'L', 1, &a, 1);
    EXPECT_EQ(posdef_lapack_calls(lp64.c_str()), before + 1) << lp64;
    EXPECT_EQ(posdef_lapack_calls(ilp64.c_str()), before_64) << ilp64;
    this->ours_64.factor(routine, 'L', 1, &a, 1);
    EXPECT_EQ(posdef_lapack_calls(ilp64.c_str()), before_64 + 1) << ilp64;
  }
  EXPECT_EQ(posdef_lapack_calls("dgemm_"), -1);
  EXPECT_EQ(posdef_lapack_calls(nullptr), -1);
}

}  // namespace
