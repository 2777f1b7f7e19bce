// posdef on the caller's CUDA stream and pointers. Without a CUDA device the tests check what needs none: error texts,
// workspace sizes, arguments; the others are skipped.
#include "posdef/cuda.hpp"

#include <gtest/gtest.h>

#include "conformance/support.hpp"

#if POSDEF_ENGINE_CUDA
#include <cuda_runtime_api.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <thread>
#endif

namespace conformance {
namespace {

posdef::device_info first_cuda_device() {
  for (const auto& d : posdef::devices())
    if (d.device == posdef::device{posdef::engine::cuda, 0}) return d;
  return {};
}

TEST(Cuda, ExplainsItselfWhereThereIsNoDevice) {
  const auto d = first_cuda_device();
  EXPECT_FALSE(d.description.empty());
  if (d.available) GTEST_SKIP() << "a CUDA device is available: " << d.description;
  double a = 4;
  try {
    posdef::cholesky(posdef::col_major(&a, 1), {.device = {posdef::engine::cuda, 0}});
    FAIL() << "there is no device";
  } catch (const posdef::unavailable& e) {
    const std::string text = e.what();
    EXPECT_NE(text.find("cuda"), std::string::npos) << text;
    EXPECT_NE(text.find(d.description.substr(d.description.find(':') + 1)), std::string::npos) << text;
  }
  EXPECT_EQ(a, 4);
  EXPECT_THROW(posdef::cuda::plan<float>(nullptr, {4, 1, 1}), posdef::unavailable);
  EXPECT_THROW(posdef::plan<float>({posdef::engine::cuda, 0}, {4, 1, 1}), posdef::unavailable);
}

TEST(Cuda, WorkspaceSizesNeedNoDevice) {
#if POSDEF_ENGINE_CUDA
  using posdef::cuda::plan;
  EXPECT_GE(plan<float>::workspace_size({0, 3, 1}), 3 * sizeof(std::int64_t));
  // Two scratch blocks of at most 64 × 64 for each matrix, for every n.
  EXPECT_EQ(plan<float>::workspace_size({10000, 1, 1}), plan<float>::workspace_size({64, 1, 1}));
  EXPECT_LT(plan<float>::workspace_size({8, 1, 1}), plan<float>::workspace_size({64, 1, 1}));
  EXPECT_THROW(plan<double>::workspace_size({-1, 1, 1}), posdef::invalid_argument);
  EXPECT_THROW(plan<double>::workspace_size({1, 1, 1}, {.threads = -1}), posdef::invalid_argument);
#else
  EXPECT_THROW(posdef::cuda::plan<float>::workspace_size({4, 1, 1}), posdef::unavailable);
#endif
}

#if POSDEF_ENGINE_CUDA
template <class T>
struct device_array {
  T* p = nullptr;
  std::size_t n;
  explicit device_array(const std::vector<T>& v) : n(v.size()) {
    cudaMalloc(reinterpret_cast<void**>(&p), n * sizeof(T));
    cudaMemcpy(p, v.data(), n * sizeof(T), cudaMemcpyHostToDevice);
  }
  ~device_array() { cudaFree(p); }
  device_array(const device_array&) = delete;
  std::vector<T> read() const {
    cudaDeviceSynchronize();
    std::vector<T> v(n);
    cudaMemcpy(v.data(), p, n * sizeof(T), cudaMemcpyDeviceToHost);
    return v;
  }
};

class CudaMemory : public testing::Test {
 protected:
  cudaStream_t s = nullptr;
  void SetUp() override {
    const auto d = first_cuda_device();
    if (!d.available) GTEST_SKIP() << d.description;
    ASSERT_EQ(cudaStreamCreate(&s), cudaSuccess);
  }
  void TearDown() override {
    if (s != nullptr) cudaStreamDestroy(s);
  }
};

TEST_F(CudaMemory, EveryOperationWithStrides) {
  for_each_type([&]<class T>() {
    for (const index n : {5, 90, 150, 700})
      for (const auto& p : placings()) {
        if (reduced() && n > 150) continue;
        const index count = 3, nrhs = 4;
        const auto a = positive_definite<T>(n);
        const placed<T> one(a, p);
        const index size = static_cast<index>(one.memory.size()), stride = size + 5;
        std::vector<T> all(static_cast<std::size_t>(stride * count), placed<T>::nan());
        for (index b = 0; b < count; ++b) std::copy(one.memory.begin(), one.memory.end(), all.begin() + b * stride);
        device_array<T> da(all), db(std::vector<T>(static_cast<std::size_t>(n * nrhs * count), T(1)));
        device_array<T> dinverse(std::vector<T>(static_cast<std::size_t>(n * n * count)));
        device_array<std::int64_t> info(std::vector<std::int64_t>(3, -1));
        device_array<real_type<T>> det(std::vector<real_type<T>>(3));
        posdef::cuda::plan<T> plan(s, {n, count, nrhs}, {.uplo = p.triangle});
        const auto view = posdef::view<T>(da.p, n, n, one.ld, p.order).batched(count, stride);
        const auto sides = posdef::view<T>(db.p, n, nrhs).batched(count);
        plan.cholesky(view, info.p);
        plan.cholesky_solve(view, sides);
        plan.cholesky_inverse(view, posdef::col_major(dinverse.p, n).batched(count));
        plan.cholesky_logdet(view, det.p);
        ASSERT_EQ(cudaStreamSynchronize(s), cudaSuccess);
        placed<T> result = one;
        const auto out = da.read();
        for (index b = 0; b < count; ++b) {
          std::copy(out.begin() + b * stride, out.begin() + b * stride + size, result.memory.begin());
          ASSERT_LT(factor_ratio(a, [&](index i, index j) { return result.lower(i, j); }), 1) << n << p.text();
          ASSERT_TRUE(result.rest_untouched());
        }
        EXPECT_EQ(info.read(), std::vector<std::int64_t>(3, 0));
        EXPECT_NEAR(det.read()[2], -static_cast<double>(n) / 2 * std::log(100.0),
                    1e4 * static_cast<double>(n) * eps<T>);
      }
  });
}

TEST_F(CudaMemory, CapturedInAGraphAndReplayed) {
  for (const index n : {40, 300}) {
    const auto a = positive_definite<float>(n);
    device_array<float> m(a.v), copy(a.v);
    device_array<std::int64_t> info({-1});
    posdef::cuda::plan<float> plan(s, {n, 1, 1});
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t ready = nullptr;
    ASSERT_EQ(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal), cudaSuccess);
    cudaMemcpyAsync(m.p, copy.p, a.v.size() * sizeof(float), cudaMemcpyDeviceToDevice, s);
    plan.cholesky(posdef::col_major(m.p, n), info.p);
    ASSERT_EQ(cudaStreamEndCapture(s, &graph), cudaSuccess);
    ASSERT_EQ(cudaGraphInstantiate(&ready, graph, 0), cudaSuccess);
    for (int repeat = 0; repeat < 2; ++repeat) ASSERT_EQ(cudaGraphLaunch(ready, s), cudaSuccess);
    ASSERT_EQ(cudaStreamSynchronize(s), cudaSuccess);
    const auto l = m.read();
    EXPECT_LT(factor_ratio(a, [&](index i, index j) { return l[static_cast<std::size_t>(i + j * n)]; }), 1);
    EXPECT_EQ(info.read()[0], 0);
    cudaGraphExecDestroy(ready);
    cudaGraphDestroy(graph);
  }
}

TEST_F(CudaMemory, RejectsInvalidArguments) {
  device_array<std::complex<double>> m{std::vector<std::complex<double>>(32)};
  posdef::cuda::plan<std::complex<double>> plan(s, {4, 1, 1});
  EXPECT_THROW(plan.cholesky(posdef::col_major(m.p, 3)), posdef::invalid_argument);
  auto* crooked = reinterpret_cast<std::complex<double>*>(reinterpret_cast<std::uintptr_t>(m.p) + 8);
  EXPECT_THROW(plan.cholesky(posdef::col_major(crooked, 4)), posdef::invalid_argument);
  std::complex<double>* const where[] = {m.p};
  EXPECT_THROW(plan.cholesky(posdef::view<std::complex<double>>::at(where, 1, 4, 4)), posdef::invalid_argument);
  EXPECT_THROW(posdef::cuda::plan<float>(s, {4, 1, 1}, {}, m.p, 1), posdef::invalid_argument);
}

TEST_F(CudaMemory, RejectsPointersThatKernelsCannotAccess) {
  int reaches_all = 0, count = 0;
  ASSERT_EQ(cudaDeviceGetAttribute(&reaches_all, cudaDevAttrPageableMemoryAccess, 0), cudaSuccess);
  ASSERT_EQ(cudaGetDeviceCount(&count), cudaSuccess);
  device_array<float> m(positive_definite<float>(4).v);
  posdef::cuda::plan<float> plan(s, {4, 1, 1});
  std::vector<float> host(16);
  std::int64_t host_info = 0;
  if (reaches_all == 0) {
    EXPECT_THROW(plan.cholesky(posdef::col_major(host.data(), 4)), posdef::invalid_argument);
    EXPECT_THROW(plan.cholesky(posdef::col_major(m.p, 4), &host_info), posdef::invalid_argument);
  }
  float* locked = nullptr;
  ASSERT_EQ(cudaMallocHost(reinterpret_cast<void**>(&locked), 64), cudaSuccess);
  std::fill_n(locked, 16, 0.0f);
  for (index i = 0; i < 4; ++i) locked[5 * i] = 4;
  EXPECT_NO_THROW(plan.cholesky(posdef::col_major(locked, 4)));
  ASSERT_EQ(cudaStreamSynchronize(s), cudaSuccess);
  EXPECT_EQ(locked[15], 2);
  cudaFreeHost(locked);
  if (count < 2) GTEST_SKIP() << "the rest needs a second device";
  ASSERT_EQ(cudaSetDevice(1), cudaSuccess);
  {
    device_array<float> foreign(host);
    EXPECT_THROW(plan.cholesky(posdef::col_major(foreign.p, 4)), posdef::invalid_argument);
    EXPECT_THROW(posdef::cuda::plan<float>(s, {4, 1, 1}), posdef::invalid_argument) << "a stream of device 0";
    EXPECT_NO_THROW(plan.cholesky(posdef::col_major(m.p, 4))) << "with any current device";
    int current = -1;
    cudaGetDevice(&current);
    EXPECT_EQ(current, 1);
  }
  ASSERT_EQ(cudaSetDevice(0), cudaSuccess);
}

TEST_F(CudaMemory, FailuresAreReportedInDeviceInfo) {
  for (const index n : {10, 90, 300}) {
    const auto a = positive_definite<double>(n);
    auto bad = a;
    bad(n - 3, n - 3) = -1;
    std::vector<double> all = a.v;
    all.insert(all.end(), bad.v.begin(), bad.v.end());
    all.insert(all.end(), a.v.begin(), a.v.end());
    device_array<double> m(all);
    device_array<std::int64_t> info({-1, -1, -1});
    posdef::cuda::plan<double> plan(s, {n, 3, 1}, {.on_failure = posdef::on_failure::nan});
    plan.cholesky(posdef::col_major(m.p, n).batched(3), info.p);
    ASSERT_EQ(cudaStreamSynchronize(s), cudaSuccess);
    EXPECT_EQ(info.read(), (std::vector<std::int64_t>{0, n - 2, 0}));
    const auto l = m.read();
    const auto at = [&](index b, index i, index j) { return l[static_cast<std::size_t>(b * n * n + i + j * n)]; };
    EXPECT_TRUE(std::isnan(at(1, 0, 0)));
    for (const index b : {0, 2}) EXPECT_LT(factor_ratio(a, [&](index i, index j) { return at(b, i, j); }), 1) << n;
  }
}

TEST_F(CudaMemory, EmptyProblemsAccessNoMemory) {
  device_array<std::int64_t> info({-1, -1});
  float* const nowhere = nullptr;
  posdef::cuda::plan<float> none(s, {10, 0, 1}), empty(s, {0, 2, 1});
  none.cholesky(posdef::col_major(nowhere, 10).batched(0));
  empty.cholesky(posdef::col_major(nowhere, 0).batched(2), info.p);
  ASSERT_EQ(cudaStreamSynchronize(s), cudaSuccess);
  EXPECT_EQ(info.read(), (std::vector<std::int64_t>{0, 0}));
}

const posdef::options on_cuda{.device = {posdef::engine::cuda, 0}};

/// A matrix in host memory, in place and out of place.
void factor_from_host(index n) {
  const auto a = positive_definite<float>(n);
  auto l = a.v, out = a.v;
  posdef::cholesky(posdef::col_major(l.data(), n), on_cuda);
  EXPECT_LT(factor_ratio(a, [&](index i, index j) { return l[static_cast<std::size_t>(i + j * n)]; }), 1) << n;
  EXPECT_EQ(l[static_cast<std::size_t>(n * (n - 1))], a.v[static_cast<std::size_t>(n * (n - 1))])
      << "unchanged in place";
  const posdef::view<const float> in = posdef::col_major(a.v.data(), n);
  posdef::cholesky(in, posdef::col_major(out.data(), n), on_cuda);
  EXPECT_LT(factor_ratio(a, [&](index i, index j) { return out[static_cast<std::size_t>(i + j * n)]; }), 1) << n;
  EXPECT_EQ(out[static_cast<std::size_t>(n * (n - 1))], 0) << "zeroed out of place";
}

TEST_F(CudaMemory, HostMemoryInPlaceAndNot) {
  for (const index n : {5, 100, 700}) factor_from_host(n);
}

TEST_F(CudaMemory, TwoThreadsWithAPlanEach) {
  const auto work = [](index n) {
    cudaStream_t own = nullptr;
    ASSERT_EQ(cudaStreamCreateWithFlags(&own, cudaStreamNonBlocking), cudaSuccess);
    const auto a = positive_definite<float>(n);
    {
      device_array<std::int64_t> info({-1});
      posdef::cuda::plan<float> plan(own, {n, 1, 1});
      for (int repeat = 0; repeat < 20; ++repeat) {
        device_array<float> m(a.v);
        plan.cholesky(posdef::col_major(m.p, n), info.p);
        ASSERT_EQ(cudaStreamSynchronize(own), cudaSuccess);
        const auto l = m.read();
        ASSERT_LT(factor_ratio(a, [&](index i, index j) { return l[static_cast<std::size_t>(i + j * n)]; }), 1);
        factor_from_host(n / 2);
      }
      EXPECT_EQ(info.read()[0], 0);
    }
    cudaStreamDestroy(own);
  };
  std::thread first(work, 300), second(work, 90);
  first.join();
  second.join();
}

TEST_F(CudaMemory, PlansOfAnotherThreadKeepCapturesValid) {
  const index n = 300;
  const auto a = positive_definite<float>(n);
  device_array<float> m(a.v);
  posdef::cuda::plan<float> plan(s, {n, 1, 1});
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t ready = nullptr;
  ASSERT_EQ(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal), cudaSuccess);
  std::thread([] {
    posdef::cuda::plan<double> other(nullptr, {50, 100, 1});  // kernels that are not loaded yet, and its own memory
    factor_from_host(200);
  }).join();
  plan.cholesky(posdef::col_major(m.p, n));
  ASSERT_EQ(cudaStreamEndCapture(s, &graph), cudaSuccess);
  ASSERT_EQ(cudaGraphInstantiate(&ready, graph, 0), cudaSuccess);
  ASSERT_EQ(cudaGraphLaunch(ready, s), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(s), cudaSuccess);
  const auto l = m.read();
  EXPECT_LT(factor_ratio(a, [&](index i, index j) { return l[static_cast<std::size_t>(i + j * n)]; }), 1);
  cudaGraphExecDestroy(ready);
  cudaGraphDestroy(graph);
}

TEST_F(CudaMemory, RejectsCallsInAChildProcess) {
  auto host = std::make_unique<posdef::plan<float>>(on_cuda.device, posdef::shape{40, 1, 1});
  auto own = std::make_unique<posdef::cuda::plan<float>>(s, posdef::shape{40, 1, 1});
  device_array<float> m(positive_definite<float>(40).v);
  std::fflush(nullptr);  // or the child writes the buffer again
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);  // a child could wait forever for threads of the driver
    EXPECT_FALSE(first_cuda_device().available);
    EXPECT_THROW(factor_from_host(40), posdef::unavailable);
    EXPECT_THROW(own->cholesky(posdef::col_major(m.p, 40)), posdef::unavailable);
    host.reset();
    own.reset();
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  factor_from_host(40);
}
#endif

}  // namespace
}  // namespace conformance
