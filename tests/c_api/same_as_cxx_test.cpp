// The C functions give the same bits as the C++ functions: every operation, type, triangle and layout, in place and out
// of place, by a call and by a plan, with strides and with pointers.
#include <gtest/gtest.h>
#include <posdef/posdef.h>

#include <complex>
#include <cstring>
#include <posdef/posdef.hpp>
#include <random>
#include <vector>

#include "dtype.hpp"

namespace {

using posdef::test::dtype_of;

constexpr std::int64_t n = 7, nrhs = 3, batch = 3, ld = 9;

// A batch of n × cols matrices with leading dimension 9. Square ones are positive definite by their large diagonal; a
// bad batch has a zero on the diagonal of its last matrix, on which every operation fails.
template <class T>
struct memory {
  std::vector<T> elements;
  posdef::layout order;
  std::int64_t cols;

  memory(posdef::layout order_, std::int64_t cols_, unsigned seed, bool bad = false)
      : elements(static_cast<std::size_t>(ld * ld * batch)), order(order_), cols(cols_) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> uniform(-1, 1);
    for (T& x : elements) x = T(static_cast<posdef::real_type<T>>(uniform(random)));
    for (std::int64_t b = 0; b < batch; ++b) {
      for (std::int64_t i = 0; i < n && cols == n; ++i)
        elements[static_cast<std::size_t>(b * ld * ld + i * ld + i)] += T(n + 1);
    }
    if (bad) elements[static_cast<std::size_t>((batch - 1) * ld * ld + 4 * ld + 4)] = T(0);
  }
  posdef::view<T> cxx() { return posdef::view<T>(elements.data(), n, cols, ld, order).batched(batch, ld * ld); }
  posdef_matrix c() {
    posdef_matrix m = posdef_col_major(dtype_of<T>, elements.data(), n, cols);
    m.order = order == posdef::layout::row_major ? POSDEF_ROW_MAJOR : POSDEF_COL_MAJOR;
    m.ld = ld;
    m.batch = batch;
    m.stride = ld * ld;
    return m;
  }
  std::vector<void*> pointers() {
    std::vector<void*> p;
    for (std::int64_t b = 0; b < batch; ++b) p.push_back(elements.data() + b * ld * ld);
    return p;
  }
  // Compares bytes, because the result may contain NaN.
  bool operator==(const memory& other) const {
    return std::memcmp(elements.data(), other.elements.data(), elements.size() * sizeof(T)) == 0;
  }
};

struct choice {
  bool upper, row_major, bad, out_of_place, by_plan, by_pointers;
};

std::vector<choice> all_choices() {
  std::vector<choice> all;
  for (unsigned bits = 0; bits < 64; ++bits) {
    const auto bit = [&](unsigned i) { return ((bits >> i) & 1u) != 0; };
    all.push_back({bit(0), bit(1), bit(2), bit(3), bit(4), bit(5)});
  }
  return all;
}

using infos = std::vector<std::int64_t>;

template <class T>
class SameAsCxx : public testing::Test {
 protected:
  // Runs one_to_one operations both ways and compares memory, info and status.
  template <class Cxx, class C, class CPlan>
  void one_to_one(Cxx cxx, C c, CPlan c_plan, posdef_status failure) {
    for (const choice& w : all_choices()) {
      const auto order = w.row_major ? posdef::layout::row_major : posdef::layout::col_major;
      const auto [o, co] = both_options(w);
      memory<T> a(order, n, 1, w.bad), out(order, n, 2), ca = a, cout = out;
      infos info(batch, -1), cinfo(batch, -1);
      const std::int64_t failed = cxx(a, out, w.out_of_place, info, o);
      auto p = ca.pointers(), q = cout.pointers();
      posdef_matrix ma = view_of(ca, p, w), mo = view_of(cout, q, w);
      const posdef_matrix* const target = w.out_of_place ? &mo : nullptr;
      posdef_plan* plan = nullptr;
      if (w.by_plan) {
        ASSERT_EQ(posdef_plan_create(&plan, dtype_of<T>, n, batch, nrhs, &co, nullptr, 0), POSDEF_SUCCESS);
      }
      const posdef_status status =
          w.by_plan ? c_plan(plan, &ma, target, cinfo.data()) : c(&ma, target, cinfo.data(), &co);
      posdef_plan_destroy(plan);
      EXPECT_EQ(status, failed != 0 ? failure : POSDEF_SUCCESS) << posdef_last_error();
      EXPECT_EQ(failed != 0, w.bad);
      EXPECT_EQ(info, cinfo);
      EXPECT_TRUE(a == ca);
      EXPECT_TRUE(out == cout);
    }
  }

  template <class Cxx, class C, class CPlan>
  void solve(Cxx cxx, C c, CPlan c_plan) {
    for (const choice& w : all_choices()) {
      if (w.bad) continue;
      const auto order = w.row_major ? posdef::layout::row_major : posdef::layout::col_major;
      const auto [o, co] = both_options(w);
      memory<T> l(order, n, 1), b(order, nrhs, 2), x(order, nrhs, 3), cb = b, cx = x;
      infos info(batch, -1), cinfo(batch, -1);
      cxx(l, b, x, w.out_of_place, info, o);
      auto pl = l.pointers(), pb = cb.pointers(), px = cx.pointers();
      posdef_matrix ml = view_of(l, pl, w), mb = view_of(cb, pb, w), mx = view_of(cx, px, w);
      const posdef_matrix* const target = w.out_of_place ? &mx : nullptr;
      posdef_plan* plan = nullptr;
      if (w.by_plan) {
        ASSERT_EQ(posdef_plan_create(&plan, dtype_of<T>, n, batch, nrhs, &co, nullptr, 0), POSDEF_SUCCESS);
      }
      const posdef_status status =
          w.by_plan ? c_plan(plan, &ml, &mb, target, cinfo.data()) : c(&ml, &mb, target, cinfo.data(), &co);
      posdef_plan_destroy(plan);
      EXPECT_EQ(status, POSDEF_SUCCESS) << posdef_last_error();
      EXPECT_EQ(info, cinfo);
      EXPECT_TRUE(b == cb);
      EXPECT_TRUE(x == cx);
    }
  }

  static std::pair<posdef::options, posdef_options> both_options(const choice& w) {
    posdef::options o;
    posdef_options co = POSDEF_OPTIONS_INIT;
    if (w.upper) o.uplo = posdef::uplo::upper, co.uplo = POSDEF_UPPER;
    o.on_failure = posdef::on_failure::report;
    return {o, co};
  }
  static posdef_matrix view_of(memory<T>& m, std::vector<void*>& pointers, const choice& w) {
    posdef_matrix v = m.c();
    if (w.by_pointers) v.data = nullptr, v.pointers = pointers.data();
    return v;
  }
};

using types = testing::Types<float, double, std::complex<float>, std::complex<double>>;
TYPED_TEST_SUITE(SameAsCxx, types);

// `posdef::try_NAME` in place or out of place, as one callable.
#define CXX_ONE_TO_ONE(NAME)                                                         \
  [](auto& a, auto& out, bool out_of_place, infos& info, const posdef::options& o) { \
    return out_of_place ? posdef::try_##NAME<TypeParam>(a.cxx(), out.cxx(), info, o) \
                        : posdef::try_##NAME<TypeParam>(a.cxx(), info, o);           \
  }
#define CXX_SOLVE(NAME)                                                                     \
  [](auto& l, auto& b, auto& x, bool out_of_place, infos& info, const posdef::options& o) { \
    return out_of_place ? posdef::try_##NAME<TypeParam>(l.cxx(), b.cxx(), x.cxx(), info, o) \
                        : posdef::try_##NAME<TypeParam>(l.cxx(), b.cxx(), info, o);         \
  }

TYPED_TEST(SameAsCxx, Cholesky) {
  this->one_to_one(CXX_ONE_TO_ONE(cholesky), posdef_cholesky, posdef_plan_cholesky, POSDEF_NOT_POSITIVE_DEFINITE);
}
TYPED_TEST(SameAsCxx, CholeskyInverse) {
  this->one_to_one(CXX_ONE_TO_ONE(cholesky_inverse), posdef_cholesky_inverse, posdef_plan_cholesky_inverse,
                   POSDEF_SINGULAR);
}
TYPED_TEST(SameAsCxx, CholeskySolve) {
  this->solve(CXX_SOLVE(cholesky_solve), posdef_cholesky_solve, posdef_plan_cholesky_solve);
}
TYPED_TEST(SameAsCxx, SolveTriangular) {
  this->solve(CXX_SOLVE(solve_triangular), posdef_solve_triangular, posdef_plan_solve_triangular);
}

TYPED_TEST(SameAsCxx, InvTriangular) {
  this->one_to_one(CXX_ONE_TO_ONE(inv_triangular), posdef_inv_triangular, posdef_plan_inv_triangular, POSDEF_SINGULAR);
}

TYPED_TEST(SameAsCxx, Inv) {
  for (const choice& w : all_choices()) {
    if (w.by_plan) continue;
    const auto [o, co] = this->both_options(w);
    const auto order = w.row_major ? posdef::layout::row_major : posdef::layout::col_major;
    memory<TypeParam> a(order, n, 1, w.bad), out(order, n, 2), ca = a, cout = out;
    infos info(batch, -1), cinfo(batch, -1);
    if (w.out_of_place)
      posdef::try_inv<TypeParam>(a.cxx(), out.cxx(), info, o);
    else
      posdef::try_inv<TypeParam>(a.cxx(), info, o);
    auto p = ca.pointers(), q = cout.pointers();
    posdef_matrix ma = this->view_of(ca, p, w), mo = this->view_of(cout, q, w);
    EXPECT_EQ(posdef_inv(&ma, w.out_of_place ? &mo : nullptr, cinfo.data(), &co),
              w.bad ? POSDEF_NOT_POSITIVE_DEFINITE : POSDEF_SUCCESS);
    EXPECT_EQ(info, cinfo);
    EXPECT_TRUE(a == ca);
    EXPECT_TRUE(out == cout);
  }
}

TYPED_TEST(SameAsCxx, Solve) {
  for (const choice& w : all_choices()) {
    if (w.by_plan || w.out_of_place) continue;
    const auto [o, co] = this->both_options(w);
    const auto order = w.row_major ? posdef::layout::row_major : posdef::layout::col_major;
    memory<TypeParam> a(order, n, 1, w.bad), b(order, nrhs, 2), ca = a, cb = b;
    infos info(batch, -1), cinfo(batch, -1);
    posdef::try_solve<TypeParam>(a.cxx(), b.cxx(), info, o);
    auto p = ca.pointers(), q = cb.pointers();
    posdef_matrix ma = this->view_of(ca, p, w), mb = this->view_of(cb, q, w);
    EXPECT_EQ(posdef_solve(&ma, &mb, cinfo.data(), &co), w.bad ? POSDEF_NOT_POSITIVE_DEFINITE : POSDEF_SUCCESS);
    EXPECT_EQ(info, cinfo);
    EXPECT_TRUE(a == ca);
    EXPECT_TRUE(b == cb);
  }
}

TYPED_TEST(SameAsCxx, LogDet) {
  using real = posdef::real_type<TypeParam>;
  memory<TypeParam> l(posdef::layout::col_major, n, 1);
  std::vector<real> out(batch), cout(batch), pout(batch);
  infos info(batch);
  posdef::try_cholesky_logdet(l.cxx(), std::span<real>(out), info);
  const posdef_matrix m = l.c();
  EXPECT_EQ(posdef_cholesky_logdet(&m, cout.data(), nullptr, nullptr), POSDEF_SUCCESS);
  EXPECT_EQ(out, cout);
  posdef_plan* plan = nullptr;
  ASSERT_EQ(posdef_plan_create(&plan, dtype_of<TypeParam>, n, batch, 1, nullptr, nullptr, 0), POSDEF_SUCCESS);
  EXPECT_EQ(posdef_plan_cholesky_logdet(plan, &m, pout.data(), nullptr), POSDEF_SUCCESS);
  EXPECT_EQ(out, pout);
  posdef_plan_destroy(plan);
}

}  // namespace
