// The engine contract, primitive by primitive: every part, sign, conjugation, stride and reversal compared with the
// definition. The algorithms work with any engine that passes.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <limits>
#include <random>
#include <vector>

#include "algorithm/solve.hpp"
#include "dispatch/tuning.hpp"
#include "engine/cpu/engine.hpp"
#include "engine/reference/reference.hpp"
#include "support/matrices.hpp"

namespace posdef::internal {
namespace {

/// A matrix with padding on all sides, seen through a view with the given strides and flags.
template <class T>
struct block {
  std::vector<T> memory;
  strided<T> v;
  block(index m, index n, int how, unsigned seed) : memory(static_cast<std::size_t>((m + 4) * (n + 4) * 2)) {
    std::mt19937 g(seed);
    for (auto& x : memory) x = test::random_number<T>(g);
    switch (how % 4) {
      case 0: v = {memory.data() + 3, m, n, 1, m + 2, false}; break;                       // column-major
      case 1: v = {memory.data() + 3, m, n, n + 2, 1, false}; break;                       // row-major
      case 2: v = {memory.data() + 3, m, n, 2, 2 * (m + 2), false}; break;                 // no unit stride
      case 3: v = strided<T>{memory.data() + 3, m, n, 1, m + 2, false}.reversed(); break;  // backwards
    }
    if (how >= 4) v = v.conjugated();
  }
};

template <class E>
struct owned;

template <class T>
struct owned<reference::engine<T>> {
  std::vector<T> scratch;
  reference::engine<T> e;
  explicit owned(index n) : scratch(reference::engine<T>::scratch_elements(n)), e(scratch.data(), n) {}
};

template <class T>
struct owned<cpu::engine<T>> {
  const cpu::kernels<T>& k;
  cpu::blocking s;
  team t;
  std::vector<std::byte> memory;
  cpu::engine<T> e;
  owned(index n, const cpu::kernels<T>& kernels, int threads)
      : k(kernels), s(tuned(k)), t(threads), memory(bytes(n, threads)), e(k, s, carve(n, threads), t) {}
  std::size_t bytes(index n, int threads) const {
    return cpu::engine<T>::bytes(cpu::engine<T>::lay_out(k, s, n, n, threads)) + alignment;
  }
  typename cpu::engine<T>::workspace carve(index n, int threads) {
    const auto at = reinterpret_cast<std::uintptr_t>(memory.data());
    carver c(memory.data() + (round_up(at, alignment) - at));
    return cpu::engine<T>::place(c, cpu::engine<T>::lay_out(k, s, n, n, threads));
  }
};

template <class T>
double tolerance(index n) {
  return 8.0 * static_cast<double>(n + 1) * std::numeric_limits<real_type<T>>::epsilon();
}

/// Whether all elements of two memories differ by less than the tolerance.
template <class T>
testing::AssertionResult near(const std::vector<T>& a, const std::vector<T>& b, double most) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!(std::abs(a[i] - b[i]) <= most))
      return testing::AssertionFailure() << "element " << i << ": " << a[i] << " " << b[i];
  return testing::AssertionSuccess();
}

template <class T>
class Primitives : public testing::Test {
 protected:
  /// f(engine under test, reference) for every instruction set, with teams of one and of three threads.
  template <class F>
  void on_every_engine(index n, const F& f) {
    owned<reference::engine<T>> oracle(n);
    for (const auto* k : cpu::available_kernels<T>())
      for (const int threads : {1, 3}) {
        SCOPED_TRACE(std::string(k->instruction_set) + ", " + std::to_string(threads) + " threads");
        owned<cpu::engine<T>> o(n, *k, threads);
        f(o.e, oracle.e);
      }
  }
};
using Types = testing::Types<float, double, std::complex<float>, std::complex<double>>;
TYPED_TEST_SUITE(Primitives, Types);

TYPED_TEST(Primitives, Product) {
  using T = TypeParam;
  struct shape {
    index m, n, k;
  };
  for (const shape s : {shape{1, 1, 1},
                        {5, 3, 2},
                        {17, 33, 9},
                        {64, 8, 50},
                        {100, 101, 3},
                        {49, 50, 500},
                        {4, 4, 0},
                        {200, 3, 70},
                        {2, 150, 300},
                        {850, 1, 400}})
    for (int how = 0; how < 8; ++how)
      this->on_every_engine(std::max({s.m, s.n, s.k}), [&](auto& e, auto& oracle) {
        block<T> a(s.m, s.k, how, 1), b(s.k, s.n, how / 2 + 1, 2), c(s.m, s.n, (how * 3) % 8, 3), d = c;
        d.v.p = d.memory.data() + (c.v.p - c.memory.data());
        e.gemm(how % 2 == 0 ? 1 : -1, a.v, b.v, c.v, part::full);
        oracle.gemm(how % 2 == 0 ? 1 : -1, a.v, b.v, d.v, part::full);
        ASSERT_TRUE(near(c.memory, d.memory, tolerance<T>(s.k))) << s.m << " " << s.n << " " << s.k << " " << how;
      });
}

TYPED_TEST(Primitives, HermitianUpdateWritesOnlyTheLowerTriangle) {
  using T = TypeParam;
  for (const index n : {1, 2, 9, 48, 49, 130})
    for (int how = 0; how < 8; ++how)
      this->on_every_engine(n, [&](auto& e, auto& oracle) {
        block<T> a(n, 37 % n + 1, how, 1), c(n, n, (how + 1) % 8, 3), d = c;
        d.v.p = d.memory.data() + (c.v.p - c.memory.data());
        e.gemm(-1, a.v, a.v.h(), c.v, part::lower);
        oracle.gemm(-1, a.v, a.v.h(), d.v, part::lower);
        ASSERT_TRUE(near(c.memory, d.memory, tolerance<T>(40))) << n << " " << how;
        for (index i = 0; i < n; ++i) ASSERT_EQ(std::imag(c.v.get(i, i)), 0);
      });
}

TYPED_TEST(Primitives, Solve) {
  using T = TypeParam;
  for (const index n : {1, 3, 8, 9, 33, 90})
    for (const index m : {1, 7, 64, 200})
      for (int how = 0; how < 8; ++how)
        this->on_every_engine(std::max(n, m), [&](auto& e, auto& oracle) {
          block<T> l(n, n, how, 1), b(m, n, (how * 5 + 2) % 8, 3), d = b;
          d.v.p = d.memory.data() + (b.v.p - b.memory.data());
          for (index i = 0; i < n; ++i) {
            for (index j = 0; j < i; ++j) l.v.at(i, j) /= static_cast<real_type<T>>(n);
            l.v.at(i, i) += T(3);
          }
          const bool unit = how % 3 == 0;
          e.trsm_block(l.v, b.v, unit);
          oracle.trsm_block(l.v, d.v, unit);
          ASSERT_TRUE(near(b.memory, d.memory, tolerance<T>(n))) << n << " " << m << " " << how;
        });
}

// Few right-hand sides use another kernel than many.
TYPED_TEST(Primitives, SolveHasTheSameBitsForAnyNumberOfRows) {
  using T = TypeParam;
  const index m = 80;
  for (const index n : {1, 7, 16, 31, 48, 50, 96, 150, 310})
    for (const bool complex_diagonal : {false, true})
      for (int how = 0; how < 8; ++how)
        this->on_every_engine(std::max(n, m), [&](auto& e, auto&) {
          block<T> l(n, n, how, 1), b(m, n, (how * 5 + 2) % 8, 3), together = b;
          together.v.p = together.memory.data() + (b.v.p - b.memory.data());
          for (index i = 0; i < n; ++i) {
            for (index j = 0; j < i; ++j) l.v.at(i, j) /= static_cast<real_type<T>>(n);
            l.v.at(i, i) = T(real_type<T>(2) + std::abs(l.v.at(i, i)));
            if constexpr (is_complex<T>)
              if (complex_diagonal) l.v.at(i, i) += T(0, 1);
          }
          const strided<const T> lower = l.v;
          trsm(e, lower, together.v);
          for (index i = 0, rows = 1; i < m; i += rows, rows = std::min(rows + 1, m - i))
            trsm(e, lower, b.v.row_range(i, rows));
          ASSERT_EQ(b.memory, together.memory) << n << " " << how;
        });
}

// Few rows or columns of C use another kernel than many.
TYPED_TEST(Primitives, ProductHasTheSameBitsForAnyNumberOfRowsAndColumns) {
  using T = TypeParam;
  for (const index n : {3, 70})
    for (const index k : {1, 47, 300})
      for (int how = 0; how < 8; ++how)
        this->on_every_engine(std::max({n, k, index{20}}), [&](auto& e, auto&) {
          for (const bool rows : {false, true}) {
            block<T> a(n, k, how, 1), b(k, 20, (how * 3 + 1) % 8, 2), c(n, 20, (how * 5 + 2) % 8, 3);
            block<T> together = c;
            const strided<T> whole{together.memory.data() + (c.v.p - c.memory.data()), n, 20, c.v.rs, c.v.cs, c.v.conj};
            if (rows)
              e.gemm(-1, b.v.t(), a.v.t(), whole.t(), part::full);
            else
              e.gemm(-1, a.v, b.v, whole, part::full);
            for (index j = 0, columns = 1; j < 20; j += columns, columns = std::min(columns + 1, 20 - j)) {
              const auto bj = b.v.columns(j, columns), cj = c.v.columns(j, columns);
              if (rows)
                e.gemm(-1, bj.t(), a.v.t(), cj.t(), part::full);
              else
                e.gemm(-1, a.v, bj, cj, part::full);
            }
            ASSERT_EQ(c.memory, together.memory) << n << " " << k << " " << how << " " << rows;
          }
        });
}

// A solve of a few rows does not pack L. Only the lower triangle is read.
TYPED_TEST(Primitives, SolveOfAFewRows) {
  using T = TypeParam;
  using R = real_type<T>;
  for (const index n : {2, 15, 50, 97, 203})
    for (const index m : {1, 2, 3, 4})
      for (int how = 0; how < 8; ++how)
        this->on_every_engine(n, [&](auto& e, auto& oracle) {
          block<T> l(n, n, how, 1), b(m, n, (how * 5 + 2) % 8, 3), d = b;
          d.v.p = d.memory.data() + (b.v.p - b.memory.data());
          const block<T> numbers = l;
          std::fill(l.memory.begin(), l.memory.end(), T(std::numeric_limits<R>::quiet_NaN()));
          for (index j = 0; j < n; ++j)
            for (index i = j; i < n; ++i)
              l.v.at(i, j) = numbers.memory[static_cast<std::size_t>(&l.v.at(i, j) - l.memory.data())] / R(n);
          for (index i = 0; i < n; ++i) l.v.at(i, i) += T(2);
          const bool unit = how % 3 == 0;
          trsm(e, strided<const T>(l.v), b.v, unit);
          trsm(oracle, strided<const T>(l.v), d.v, unit);
          ASSERT_TRUE(near(b.memory, d.memory, tolerance<T>(n))) << n << " " << m << " " << how;
        });
}

/// Memory between two inaccessible pages.
class fenced {
 public:
  explicit fenced(std::size_t bytes)
      : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))),
        inside_(round_up(bytes, page_)),
        all_(static_cast<std::byte*>(
            mmap(nullptr, inside_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    if (all_ == MAP_FAILED || mprotect(all_ + page_, inside_, PROT_READ | PROT_WRITE) != 0) std::abort();
  }
  ~fenced() { munmap(all_, inside_ + 2 * page_); }
  fenced(const fenced&) = delete;
  fenced& operator=(const fenced&) = delete;
  std::byte* begin() const { return all_ + page_; }
  std::byte* end() const { return begin() + inside_; }

 private:
  std::size_t page_, inside_;
  std::byte* all_;
};

// An access out of bounds ends this program.
TYPED_TEST(Primitives, AccessesNothingOutsideTheMatrices) {
  using T = TypeParam;
  for (const index n : {1, 2, 3, 5, 8, 15, 17, 31, 48, 50, 71}) {
    const auto size = static_cast<std::size_t>(n * n);
    const fenced l_memory(size * sizeof(T)), b_memory(size * sizeof(T));
    for (const bool at_the_end : {false, true}) {
      const auto place = [&](const fenced& f) {
        return reinterpret_cast<T*>(at_the_end ? f.end() - size * sizeof(T) : f.begin());
      };
      T *const l = place(l_memory), *const b = place(b_memory);
      this->on_every_engine(n, [&](auto& e, auto&) {
        for (int how = 0; how < 4; ++how)
          for (const index m : {index{1}, index{3}, n}) {
            strided<T> lv{l, n, n, 1, n, false}, bv{b, std::min(m, n), n, 1, std::min(m, n), false};
            if (how % 2 == 1) lv = lv.t(), bv = {b, std::min(m, n), n, n, 1, false};
            if (how >= 2) lv = lv.reversed();
            std::fill_n(l, size, T(1));
            std::fill_n(b, size, T(1));
            e.fill(lv, T(static_cast<real_type<T>>(2 * n)), part::diagonal);
            ASSERT_EQ(e.potrf_block(lv, 0), 0);
            e.trsm_block(lv, bv, false);
            if (m == n) e.gemm(-1, lv, lv.h(), bv, part::lower);
            // Few rows and few columns, with inputs and outputs next to the inaccessible pages.
            const auto some = lv.row_range(0, std::min(m, n));
            e.gemm(1, some, lv, bv, part::full);
            e.gemm(1, lv, some.t(), bv.t(), part::full);
          }
      });
    }
  }
}

TYPED_TEST(Primitives, FactorBlock) {
  using T = TypeParam;
  for (const index n : {1, 2, 5, 16, 48, 77, 96})
    for (int how = 0; how < 4; ++how)
      this->on_every_engine(n, [&](auto& e, auto& oracle) {
        block<T> a(n, n, how, 1), d = a;
        d.v.p = d.memory.data() + (a.v.p - a.memory.data());
        for (auto* x : {&a, &d})
          for (index i = 0; i < n; ++i) x->v.at(i, i) = T(static_cast<real_type<T>>(2 * n));
        ASSERT_EQ(e.potrf_block(a.v, 100), 0);
        ASSERT_EQ(oracle.potrf_block(d.v, 100), 0);
        ASSERT_TRUE(near(a.memory, d.memory, tolerance<T>(n))) << n << " " << how;
        a.v.at(n - 1, n - 1) = T(-1);
        block<T> w(n, n, how, 1);
        for (index i = 0; i < n; ++i) w.v.at(i, i) = T(static_cast<real_type<T>>(i == n / 2 ? -1 : 2 * n));
        ASSERT_EQ(e.potrf_block(w.v, 100), 100 + n / 2 + 1);
      });
}

TYPED_TEST(Primitives, CopyFillAndDiagonals) {
  using T = TypeParam;
  const index n = 6;
  this->on_every_engine(n, [&](auto& e, auto&) {
    for (int how = 0; how < 8; ++how) {
      block<T> a(n, n, how, 1), b(n, n, (how + 3) % 8, 2);
      const auto before = b.memory;
      e.copy(-1, a.v, b.v, part::strict_lower);
      e.fill(b.v, T(5), part::diagonal);
      index changed = 0;
      for (std::size_t i = 0; i < before.size(); ++i) changed += before[i] != b.memory[i] ? 1 : 0;
      EXPECT_EQ(changed, n * (n - 1) / 2 + n);
      for (index j = 0; j < n; ++j)
        for (index i = j; i < n; ++i) ASSERT_EQ(b.v.get(i, j), i == j ? T(5) : -a.v.get(i, j));
    }
    block<T> l(n, n, 0, 1);
    e.fill(l.v, T(2), part::diagonal);
    EXPECT_EQ(e.check_diagonal(l.v, true), 0);
    EXPECT_NEAR(e.log_diagonal(l.v), 2 * n * std::log(2.0), 1e-6);
    l.v.at(4, 4) = T(-1);
    EXPECT_EQ(e.check_diagonal(l.v, true), 5);
    EXPECT_EQ(e.check_diagonal(l.v, false), 0);
    l.v.at(2, 2) = T(0);
    EXPECT_EQ(e.check_diagonal(l.v, false), 3);
    const auto s = e.scratch(1, 2, 3);
    EXPECT_EQ(s.rows, 2);
    EXPECT_EQ(s.cols, 3);
  });
}

}  // namespace
}  // namespace posdef::internal
