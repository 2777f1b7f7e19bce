// Plans: workspace queries, the caller's workspace, reuse, no allocation after creation; every failing allocation.
#include <atomic>
#include <cstdlib>
#include <new>

#include "support.hpp"

// Replaces operator new for this program and its libraries, to count allocations and make them fail.
namespace {
std::atomic<long> allocations{0}, live{0}, fail_at{-1};

void* take(std::size_t bytes, std::size_t align) {
  const long which = allocations++;
  if (which == fail_at) return nullptr;
  void* p = align > alignof(std::max_align_t) ? std::aligned_alloc(align, (bytes + align - 1) / align * align)
                                              : std::malloc(bytes > 0 ? bytes : 1);
  if (p != nullptr) ++live;
  return p;
}
void* take_or_throw(std::size_t bytes, std::size_t align) {
  if (void* p = take(bytes, align)) return p;
  throw std::bad_alloc();
}
void release(void* p) noexcept {
  if (p != nullptr) --live;
  std::free(p);
}
}  // namespace

void* operator new(std::size_t n) { return take_or_throw(n, 1); }
void* operator new[](std::size_t n) { return take_or_throw(n, 1); }
void* operator new(std::size_t n, std::align_val_t a) { return take_or_throw(n, static_cast<std::size_t>(a)); }
void* operator new(std::size_t n, const std::nothrow_t&) noexcept { return take(n, 1); }
void* operator new(std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
  return take(n, static_cast<std::size_t>(a));
}
void operator delete(void* p) noexcept { release(p); }
void operator delete[](void* p) noexcept { release(p); }
void operator delete(void* p, std::size_t) noexcept { release(p); }
void operator delete[](void* p, std::size_t) noexcept { release(p); }
void operator delete(void* p, std::align_val_t) noexcept { release(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { release(p); }

namespace conformance {

class Plan : public OnDevice {};
CONFORMANCE_SUITE(Plan);

TEST_P(Plan, MatchesThePlainCallAndAllocatesNothing) {
  for_each_type([&]<class T>() {
    for (const index n : {4, 100, 300}) {
      if ((slow() || reduced()) && n > 100) continue;
      const index count = 3, nrhs = 2, size = n * n;
      const auto a = positive_definite<T>(n);
      std::vector<T> in;
      for (index b = 0; b < count; ++b) in.insert(in.end(), a.v.begin(), a.v.end());
      std::vector<T> rhs(static_cast<std::size_t>(n * nrhs * count), T(1));
      auto expected = in, x = rhs, inverse = in;
      const auto o = options();
      const auto batch = [&](std::vector<T>& v) { return posdef::col_major(v.data(), n).batched(count); };
      const auto sides = [&](std::vector<T>& v) { return posdef::view<T>(v.data(), n, nrhs).batched(count); };
      posdef::cholesky(batch(expected), o);
      posdef::cholesky_solve(batch(expected), sides(x), o);
      posdef::cholesky_inverse(batch(expected), batch(inverse), o);

      auto one = o;
      one.threads = 1;
      posdef::plan<T> p(device(), {n, count, nrhs}, one);
      std::vector<std::int64_t> info(static_cast<std::size_t>(count), -1);
      std::vector<real_type<T>> det(static_cast<std::size_t>(count));
      for (int repeat = 0; repeat < 3; ++repeat) {
        auto l = in, y = rhs, z = in, t = in;
        const long before = allocations;
        p.cholesky(batch(l), info);
        p.cholesky_solve(batch(l), sides(y), info);
        p.cholesky_inverse(batch(l), batch(z), info);
        p.cholesky_logdet(batch(l), std::span(det), info);
        p.cholesky(batch(in), batch(t), {});
        p.inv_triangular(batch(t), info);
        p.inv_triangular(batch(l), batch(t), info);
        p.solve_triangular(batch(l), sides(y), info);
        // A device's driver may compile a kernel at the first launch.
        if (repeat > 0 || !has_driver()) {
          EXPECT_EQ(allocations, before) << "a plan allocates nothing after its creation";
        }
        EXPECT_TRUE(std::equal(expected.begin(), expected.begin() + size, l.begin()));
        EXPECT_EQ(inverse, z);
        auto w = x;
        p.solve_triangular(batch(l), sides(w), sides(y), info);
        p.cholesky_solve(batch(l), sides(rhs), sides(w), info);
        EXPECT_EQ(w, x);
        p.cholesky_inverse(batch(l), info);
        EXPECT_EQ(info, std::vector<std::int64_t>(static_cast<std::size_t>(count), 0));
      }
    }
  });
}

TEST_P(Plan, UsesOnlyTheCallersWorkspace) {
  for_each_type([&]<class T>() {
    for (const index n : {0, 1, 50, 230}) {
      if (slow() && n > 100) continue;
      const posdef::shape s{n, 2, 3};
      const auto bytes = posdef::plan<T>::workspace_size(device(), s, options());
      // At an odd address, between guards.
      std::vector<std::byte> memory(bytes + 17, std::byte{0xA5});
      posdef::plan<T> p(device(), s, options(), std::span(memory).subspan(1, bytes));
      posdef::plan<T> moved(device(), {1, 1, 1}, options());
      moved = std::move(p);
      posdef::plan<T> again = std::move(moved);
      moved = std::move(again);
      const auto a = positive_definite<T>(n);
      std::vector<T> l = a.v;
      l.insert(l.end(), a.v.begin(), a.v.end());
      moved.cholesky(posdef::col_major(l.data(), n).batched(2), {});
      EXPECT_LT(factor_ratio(a, [&](index i, index j) { return l[static_cast<std::size_t>(i + j * n)]; }), 1);
      std::vector<T> b(static_cast<std::size_t>(6 * n), T(1));
      moved.cholesky_solve(posdef::col_major(l.data(), n).batched(2), posdef::view<T>(b.data(), n, 3).batched(2), {});
      moved.cholesky_inverse(posdef::col_major(l.data(), n).batched(2), {});
      EXPECT_EQ(memory[0], std::byte{0xA5});
      for (std::size_t i = bytes + 1; i < memory.size(); ++i) EXPECT_EQ(memory[i], std::byte{0xA5});
      if (bytes > 0) {
        EXPECT_THROW(posdef::plan<T>(device(), s, options(), std::span(memory).first(bytes - 1)),
                     posdef::invalid_argument);
      }
    }
  });
}

TEST_P(Plan, RejectsMismatchedProblems) {
  posdef::plan<double> p(device(), {4, 2, 1}, options());
  std::vector<double> a(64, 0.0), b(64, 0.0);
  EXPECT_THROW(p.cholesky(posdef::col_major(a.data(), 3).batched(2), {}), posdef::invalid_argument);
  EXPECT_THROW(p.cholesky(posdef::col_major(a.data(), 4).batched(3), {}), posdef::invalid_argument);
  EXPECT_THROW(
      p.cholesky_solve(posdef::col_major(a.data(), 4).batched(2), posdef::view<double>(b.data(), 4, 2).batched(2), {}),
      posdef::invalid_argument);
  EXPECT_THROW(p.cholesky(posdef::col_major(a.data(), 4).batched(2), {}), posdef::not_positive_definite);
  EXPECT_THROW(posdef::plan<double>(device(), {-1, 1, 1}, options()), posdef::invalid_argument);
  EXPECT_THROW(posdef::plan<double>(device(), {1, -1, 1}, options()), posdef::invalid_argument);
  EXPECT_THROW(posdef::plan<double>(device(), {1, 1, -1}, options()), posdef::invalid_argument);
}

TEST_P(Plan, EveryFailingAllocationIsReportedAndLeaksNothing) {
  for_each_type([&]<class T>() {
    const index n = 100;
    const auto a = positive_definite<T>(n);
    auto o = options();
    o.threads = 2;
    std::vector<T> l = a.v, b(static_cast<std::size_t>(n), T(1));
    posdef::cholesky(posdef::col_major(l.data(), n), o);
    const auto factor = l;
    const auto all = [&] {
      posdef::cholesky(posdef::col_major(l.data(), n), o);
      posdef::cholesky_solve(posdef::col_major(factor.data(), n), posdef::view<T>(b.data(), n, 1), o);
      posdef::plan<T> p({}, {n, 2, 1}, o);
    };
    l = a.v;
    all();  // libraries allocate some memory once and keep it
    bool finished = false;
    int failed = 0;
    for (long k = 0; !finished; ++k) {
      l = a.v;
      std::fill(b.begin(), b.end(), T(1));
      const long before = live;
      fail_at = allocations + k;
      bool thrown = false;
      try {
        all();
        finished = allocations <= fail_at;
      } catch (const posdef::out_of_memory&) {
        thrown = true;
      } catch (const std::bad_alloc&) {
        thrown = true;  // there was no memory even for the message of the exception
      }
      fail_at = -1;
      failed += thrown ? 1 : 0;
      EXPECT_EQ(live, before) << "leaked after failing allocation " << k;
      ASSERT_TRUE(thrown || finished) << "allocation " << k << " failed without an error";
      ASSERT_LT(k, 1000);
    }
    EXPECT_GT(failed, 5);
  });
}

}  // namespace conformance
