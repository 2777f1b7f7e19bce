// mluOpCholesky except accuracy: triangles, types, in-place calls, workspaces, failures, threads.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <optional>
#include <thread>

#include "support.hpp"

namespace mluop_test {
namespace {

constexpr auto nan = std::numeric_limits<double>::quiet_NaN();

template <class T>
constexpr bool is_complex = std::is_same_v<T, std::complex<float>>;

template <class T>
T conjugate(T x) {
  if constexpr (is_complex<T>)
    return std::conj(x);
  else
    return x;
}

/// L(i, j) of small integers, so that the factorization of L·Lᴴ is exact in every type and summation order.
template <class T>
T element_of_l(std::int64_t b, std::int64_t i, std::int64_t j) {
  if (i == j) return T(static_cast<float>(1 << ((i + b) % 3)));
  if (j > i || i - j > 2) return T(0);
  if constexpr (is_complex<T>)
    return T(static_cast<float>((i + b) % 3 - 1), static_cast<float>((j + 2 * b) % 3 - 1));
  else
    return T(static_cast<float>((i + j + b) % 3 - 1));
}

/// A batch of L·Lᴴ, row-major, with NaN in the triangle that must not be read; and the expected result.
template <class T>
struct problem {
  std::int64_t batch, n;
  bool upper;
  std::vector<T> a, factor;

  problem(std::int64_t batch_, std::int64_t n_, bool upper_) : batch(batch_), n(n_), upper(upper_) {
    a.assign(static_cast<std::size_t>(batch * n * n), T(static_cast<float>(nan)));
    factor.assign(a.size(), T(0));
    for (std::int64_t b = 0; b < batch; ++b)
      for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j <= i; ++j) {
          T sum = 0;
          for (std::int64_t k = std::max<std::int64_t>(0, i - 2); k <= j; ++k)
            sum += element_of_l<T>(b, i, k) * conjugate(element_of_l<T>(b, j, k));
          const T l = element_of_l<T>(b, i, j);
          a[at(b, i, j)] = upper ? conjugate(sum) : sum;
          factor[at(b, i, j)] = upper ? conjugate(l) : l;
        }
  }
  /// Index of element (i, j) of the lower triangle, or (j, i) of the upper one.
  std::size_t at(std::int64_t b, std::int64_t i, std::int64_t j) const {
    return static_cast<std::size_t>(b * n * n + (upper ? j * n + i : i * n + j));
  }
};

template <class Body>
void for_each_type(const Body& body) {
  for (const bool upper : {false, true}) {
    body.template operator()<float>(upper);
    body.template operator()<double>(upper);
    body.template operator()<std::complex<float>>(upper);
  }
}

TEST(Cholesky, ReadsOneTriangleWritesItAndZeroesTheOther) {
  for_each_type([]<class T>(bool upper) {
    handle h;
    for (const std::int64_t batch : {1, 5})
      for (const std::int64_t n : {1, 2, 7, 33, 130}) {
        problem<T> p(batch, n, upper);
        const auto before = p.a;
        const tensor desc(dtype_of<T>, {batch, n, n});
        std::vector<T> l(p.a.size(), T(7));
        EXPECT_EQ(mluOpCholesky(h, desc, data(p.a), desc, data(l), upper), MLUOP_STATUS_SUCCESS);
        EXPECT_EQ(l, p.factor) << "n = " << n << (upper ? ", upper" : ", lower");
        EXPECT_EQ(std::memcmp(p.a.data(), before.data(), before.size() * sizeof(T)), 0) << "the input is unchanged";
        EXPECT_EQ(mluOpCholesky(h, desc, data(p.a), desc, data(p.a), upper), MLUOP_STATUS_SUCCESS);
        EXPECT_EQ(p.a, p.factor) << "in place, n = " << n;
      }
  });
}

TEST(Cholesky, RankTwoIsOneMatrix) {
  handle h;
  problem<float> p(1, 9, false);
  const tensor desc(MLUOP_DTYPE_FLOAT, {9, 9});
  std::vector<float> l(81);
  EXPECT_EQ(mluOpCholesky(h, desc, p.a.data(), desc, l.data(), false), MLUOP_STATUS_SUCCESS);
  EXPECT_EQ(l, p.factor);
  std::int32_t info[] = {-1, -1};
  EXPECT_EQ(posdefMluOpGetInfo(h, info, 2), MLUOP_STATUS_SUCCESS);
  EXPECT_EQ(info[0], 0);
  EXPECT_EQ(info[1], -1) << "elements after the batch are not written";
}

TEST(Cholesky, UsesOnlyTheCallersWorkspace) {
  for_each_type([]<class T>(bool upper) {
    handle h;
    for (const std::int64_t n : {1, 20, 300}) {
      problem<T> p(2, n, upper);
      const tensor desc(dtype_of<T>, {2, n, n});
      std::size_t size = 0;
      ASSERT_EQ(mluOpGetCholeskyWorkspaceSize(desc, &size), MLUOP_STATUS_SUCCESS);
      // At an odd address, between guards.
      std::vector<std::byte> memory(size + 17, std::byte{0xA5});
      std::vector<T> l(p.a.size());
      EXPECT_EQ(mluOpCholesky(h, desc, data(p.a), desc, data(l), upper, memory.data() + 1), MLUOP_STATUS_SUCCESS);
      EXPECT_EQ(l, p.factor);
      EXPECT_EQ(memory[0], std::byte{0xA5});
      for (std::size_t i = size + 1; i < memory.size(); ++i) EXPECT_EQ(memory[i], std::byte{0xA5});
      if (n > 20) {
        EXPECT_TRUE(std::any_of(memory.begin(), memory.end(), [](std::byte x) { return x != std::byte{0xA5}; }))
            << "the caller's memory was used";
      }
      std::fill(l.begin(), l.end(), T(0));
      EXPECT_EQ(mluOpCholesky(h, desc, data(p.a), desc, data(l), upper, nullptr), MLUOP_STATUS_SUCCESS);
      EXPECT_EQ(l, p.factor);
    }
  });
}

TEST(Failure, IsReportedExactlyAndAffectsNoOtherMatrix) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  for_each_type([]<class T>(bool upper) {
    handle h;
    const std::int64_t batch = 6, n = 70;
    const tensor desc(dtype_of<T>, {batch, n, n});
    for (const double value : {nan, inf, -inf, -1.0, 0.0}) {
      for (const std::int64_t k : {1, 17, 70}) {
        problem<T> p(batch, n, upper);
        p.a[p.at(2, k - 1, k - 1)] = T(static_cast<float>(value));
        p.a[p.at(4, n - 1, k - 1)] = T(static_cast<float>(nan));  // off the diagonal it affects the last minor
        std::vector<T> l(p.a.size());
        const auto [status, text] = heard([&] { return mluOpCholesky(h, desc, data(p.a), desc, data(l), upper); });
        EXPECT_EQ(status, MLUOP_STATUS_EXECUTION_FAILED);
        EXPECT_EQ(text, "[mluOpCholesky] matrix 2: the leading minor of order " + std::to_string(k) +
                            " is not positive definite (2 of 6 matrices failed)\n");
        std::vector<std::int32_t> info(6, -1);
        EXPECT_EQ(posdefMluOpGetInfo(h, info.data(), 6), MLUOP_STATUS_SUCCESS);
        EXPECT_EQ(info, (std::vector<std::int32_t>{0, 0, static_cast<std::int32_t>(k), 0, 70, 0}));
        for (const std::int64_t b : {0, 1, 3, 5}) {
          const auto from = static_cast<std::ptrdiff_t>(b * n * n), to = from + n * n;
          EXPECT_TRUE(std::equal(l.begin() + from, l.begin() + to, p.factor.begin() + from)) << "matrix " << b;
        }
      }
    }
  });
}

TEST(Failure, InfoIsThatOfTheLastExecutedCall) {
  handle h;
  const tensor two(MLUOP_DTYPE_FLOAT, {2, 1, 1}), three(MLUOP_DTYPE_FLOAT, {3, 1, 1});
  std::vector<float> bad = {4, -1}, good = {4, 9, 16};
  std::vector<std::int32_t> info(3, -1);
  heard([&] { return mluOpCholesky(h, two, bad.data(), two, bad.data(), false); });
  heard([&] { return mluOpCholesky(h, two, bad.data(), two, nullptr, false); });  // rejected
  EXPECT_EQ(posdefMluOpGetInfo(h, info.data(), 3), MLUOP_STATUS_SUCCESS);
  EXPECT_EQ(info, (std::vector<std::int32_t>{0, 1, -1}));
  EXPECT_EQ(mluOpCholesky(h, three, good.data(), three, good.data(), false), MLUOP_STATUS_SUCCESS);
  EXPECT_EQ(posdefMluOpGetInfo(h, info.data(), 3), MLUOP_STATUS_SUCCESS);
  EXPECT_EQ(info, (std::vector<std::int32_t>{0, 0, 0}));
  EXPECT_EQ(good, (std::vector<float>{2, 3, 4}));
}

TEST(Threads, ShareAHandleAndADescriptor) {
  handle h;
  const tensor desc(MLUOP_DTYPE_COMPLEX_FLOAT, {3, 40, 40});
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> crowd;
  for (int& mine : wrong)
    crowd.emplace_back([&h, &desc, &mine] {
      problem<std::complex<float>> p(3, 40, true);
      for (int repeat = 0; repeat < 20; ++repeat) {
        std::vector<std::complex<float>> l(p.a.size());
        std::int32_t info[] = {-1, -1, -1};
        if (mluOpCholesky(h, desc, data(p.a), desc, data(l), true) != MLUOP_STATUS_SUCCESS) ++mine;
        if (posdefMluOpGetInfo(h, info, 3) != MLUOP_STATUS_SUCCESS || info[2] != 0) ++mine;
        if (l != p.factor) ++mine;
      }
    });
  for (auto& t : crowd) t.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

/// Sets an environment variable and restores it.
class variable {
 public:
  explicit variable(const char* name) : name_(name) {
    if (const char* const value = std::getenv(name)) before_ = value;
  }
  ~variable() {
    if (before_)
      set(before_->c_str());
    else
      unsetenv(name_);
  }
  void set(const char* value) const { setenv(name_, value, 1); }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

struct Environment : testing::Test {
  handle h;
  problem<float> p{1, 100, false};
  tensor desc{MLUOP_DTYPE_FLOAT, {100, 100}};
  std::vector<float> l = std::vector<float>(10000, 7.0f);
  void refused(mluOpStatus_t expected, const std::string& because) {
    const auto [status, text] = heard([&] { return mluOpCholesky(h, desc, p.a.data(), desc, l.data(), false); });
    EXPECT_EQ(status, expected);
    EXPECT_NE(text.find("[mluOpCholesky] "), std::string::npos) << text;
    EXPECT_NE(text.find(because), std::string::npos) << text;
    EXPECT_EQ(l, std::vector<float>(10000, 7.0f)) << "something was written";
    std::size_t size = 77;
    EXPECT_EQ(heard([&] { return mluOpGetCholeskyWorkspaceSize(desc, &size); }).first, expected);
    EXPECT_EQ(size, 77u);
  }
};

TEST_F(Environment, InvalidVariableIsABadParameter) {
  const variable threads("POSDEF_NUM_THREADS");
  threads.set("many");
  refused(MLUOP_STATUS_BAD_PARAM, "POSDEF_NUM_THREADS: value is \"many\"");
}

TEST_F(Environment, RejectsAWorkspaceThatBecameTooSmall) {
  const variable threads("POSDEF_NUM_THREADS");
  std::size_t for_one = 0, for_two = 0;
  threads.set("1");
  ASSERT_EQ(mluOpGetCholeskyWorkspaceSize(desc, &for_one), MLUOP_STATUS_SUCCESS);
  threads.set("2");
  const tensor another(MLUOP_DTYPE_FLOAT, {100, 100});
  ASSERT_EQ(mluOpGetCholeskyWorkspaceSize(another, &for_two), MLUOP_STATUS_SUCCESS);
  if (for_two <= for_one) GTEST_SKIP() << "one processor";
  std::vector<std::byte> memory(for_two);
  const auto [status, text] =
      heard([&] { return mluOpCholesky(h, desc, p.a.data(), desc, l.data(), false, memory.data()); });
  EXPECT_EQ(status, MLUOP_STATUS_BAD_PARAM);
  EXPECT_NE(text.find("[mluOpCholesky] Check failed: workspace of " + std::to_string(for_two)), std::string::npos);
  EXPECT_EQ(l, std::vector<float>(10000, 7.0f)) << "something was written";
  EXPECT_EQ(mluOpCholesky(h, another, p.a.data(), another, l.data(), false, memory.data()), MLUOP_STATUS_SUCCESS);
  EXPECT_EQ(l, p.factor);
}

}  // namespace
}  // namespace mluop_test
