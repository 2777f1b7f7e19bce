// The CUDA engine's use of the runtime, on a stand-in: memory, contexts, captures, failures. The stand-in's kernels do
// nothing; cuda_test.cpp checks numbers.
#include <thread>

#include "backend/gpu/cuda/executor.hpp"
#include "backend/gpu/cuda/kernels.hpp"
#include "backend/gpu/settings.hpp"
#include "gpu/cuda_stand_in.hpp"
#include "gtest/gtest.h"
#include "posdef/cuda.hpp"
#include "posdef/posdef.hpp"

namespace posdef {
namespace {

using index = std::int64_t;

options on(int device) { return {.on_failure = on_failure::report, .device = {engine::cuda, device}}; }

/// The text of the exception of type E that f throws; empty if it throws none.
template <class E, class F>
std::string thrown(const F& f) {
  try {
    f();
  } catch (const E& e) {
    return e.what();
  }
  return {};
}

/// A matrix for a kernel that does nothing.
std::vector<float> numbers(index count) {
  std::vector<float> v(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<float>(i % 1000);
  return v;
}

/// Memory of a fake device.
template <class T>
struct device_memory {
  device_memory(int device, index count) {
    stand_in::reset_thread();
    cudaSetDevice(device);
    cudaMalloc(reinterpret_cast<void**>(&p), static_cast<std::size_t>(count) * sizeof(T));
    stand_in::reset_thread();
  }
  ~device_memory() { cudaFree(p); }
  device_memory(const device_memory&) = delete;
  T* p = nullptr;
};

class CudaRuntime : public testing::Test {
 protected:
  void SetUp() override { stand_in::reset_thread(); }
  void TearDown() override {
    stand_in::reset_thread();
    EXPECT_EQ(stand_in::used_after_release(), 0);
    EXPECT_FALSE(stand_in::at(stand_in::unused).context) << "no test uses this device";
  }
  /// A stream on a device, which becomes the thread's current one.
  static cudaStream_t stream_on(int device) {
    cudaSetDevice(device);
    cudaStream_t s = nullptr;
    cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking);
    return s;
  }
};

// -- Memory.

TEST_F(CudaRuntime, BatchIsProcessedInPiecesThatFitIntoFreeMemory) {
  auto& d = stand_in::at(stand_in::plain);
  const auto before = d.free;
  d.free = std::size_t{24} << 20;
  const index n = 64, count = 3000;  // 48 MiB
  auto a = numbers(n * n * count);
  const auto a0 = a;
  std::vector<std::int64_t> info(static_cast<std::size_t>(count), -1);
  try_cholesky(col_major(a.data(), n).batched(count), info, on(stand_in::plain));
  EXPECT_EQ(a, a0) << "every piece was copied back";
  EXPECT_EQ(info, std::vector<std::int64_t>(info.size(), 0));
  d.free = before;
}

TEST_F(CudaRuntime, PlainCallInPlaceAllocatesNoResults) {
  auto& d = stand_in::at(stand_in::plain);
  const auto before = d.free;
  const index n = 1000;  // 4 MB
  auto a = numbers(n * n), l = a;
  std::int64_t info = 0;
  d.free = std::size_t{6} << 20;
  EXPECT_NO_THROW(try_cholesky(col_major(a.data(), n), {&info, 1}, on(stand_in::plain)));
  const view<const float> in = col_major(a.data(), n);
  EXPECT_THROW(try_cholesky(in, col_major(l.data(), n), {&info, 1}, on(stand_in::plain)), out_of_memory);
  auto b = numbers(n * n);
  d.free = std::size_t{10} << 20;
  EXPECT_NO_THROW(try_cholesky_solve(in, view<float>(b.data(), n, n), {&info, 1}, on(stand_in::plain)));
  const view<const float> sides = view<float>(b.data(), n, n);
  EXPECT_THROW(try_cholesky_solve(in, sides, view<float>(l.data(), n, n), {&info, 1}, on(stand_in::plain)),
               out_of_memory);
  d.free = before;
}

TEST_F(CudaRuntime, PlainCallsCreateStreamsAndPinnedMemoryOnce) {
  const auto call = [] {
    auto a = numbers(100);
    std::int64_t info = 0;
    try_cholesky(col_major(a.data(), 10), {&info, 1}, on(stand_in::plain));
  };
  call();
  const char* const slow[] = {"cudaStreamCreateWithFlags",
                              "cudaStreamDestroy",
                              "cudaMallocHost",
                              "cudaFreeHost",
                              "cudaMalloc",
                              "cudaFree",
                              "cudaMemPoolCreate",
                              "cudaMemGetInfo",
                              "cudaFuncGetAttributes",
                              "cudaSetDevice",
                              "cuDevicePrimaryCtxRetain"};
  std::vector<int> before;
  for (const auto* f : slow) before.push_back(stand_in::calls(f));
  for (int i = 0; i < 3; ++i) call();
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(stand_in::calls(slow[i]), before[i]) << slow[i];
}

TEST_F(CudaRuntime, PlainCallsOfManyThreadsUseSeparateLanes) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([t] {
      for (index n = 1; n < 40; ++n) {
        auto a = numbers(n * n + t);
        const auto a0 = a;
        std::int64_t info = -1;
        try_cholesky(col_major(a.data() + t, n), {&info, 1}, on(stand_in::plain));
        EXPECT_EQ(a, a0);
      }
    });
  for (auto& t : threads) t.join();
  EXPECT_EQ(stand_in::pending(), 0);
}

TEST_F(CudaRuntime, LargeStagingBuffersAreFreed) {
  const auto call = [](index n) {
    auto a = numbers(n * n);
    std::int64_t info = 0;
    try_cholesky(col_major(a.data(), n), {&info, 1}, on(stand_in::plain));
  };
  call(2100);  // 17 MiB
  const int before = stand_in::calls("cudaMallocHost");
  call(2100);
  EXPECT_GT(stand_in::calls("cudaMallocHost"), before);
}

TEST_F(CudaRuntime, ReadsBackOnlyWrittenMemory) {
  for (const index n : {5, 9, 64}) {
    auto a = numbers(n * n), l = a;
    std::int64_t info = 0;
    const view<const float> in = col_major(a.data(), n);
    stand_in::largest_unwritten_read();
    try_cholesky(in, col_major(l.data(), n), {&info, 1}, on(stand_in::plain));
    EXPECT_LE(stand_in::largest_unwritten_read(), sizeof(index)) << "only a kernel writes info";
  }
}

// -- Contexts.

TEST_F(CudaRuntime, CreatesNoContextOnUnusedDevices) {
  auto a = numbers(100);
  std::int64_t info = 0;
  devices();
  try_cholesky(col_major(a.data(), 10), {&info, 1}, on(stand_in::other));
  EXPECT_TRUE(stand_in::contexts_of_thread().empty()) << "the thread's contexts are unchanged";
  {
    posdef::plan<float> p({engine::cuda, stand_in::other}, {10, 1, 1}, on(stand_in::other));
    p.cholesky(col_major(a.data(), 10), {&info, 1});
  }
  EXPECT_TRUE(stand_in::contexts_of_thread().empty());

  cudaSetDevice(stand_in::plain);
  const int before = stand_in::calls("cuCtxPushCurrent");
  try_cholesky(col_major(a.data(), 10), {&info, 1}, on(stand_in::plain));
  EXPECT_EQ(stand_in::calls("cuCtxPushCurrent"), before) << "the device was current";
  try_cholesky(col_major(a.data(), 10), {&info, 1}, on(stand_in::other));
  EXPECT_EQ(stand_in::contexts_of_thread(), std::vector<int>{stand_in::plain});
}

TEST_F(CudaRuntime, PlanWorksFromAThreadOfAnotherDevice) {
  const device_memory<float> a(stand_in::other, 100);
  const auto s = stream_on(stand_in::other);
  cuda::plan<float> p(s, {10, 1, 1});
  stand_in::reset_thread();
  EXPECT_NO_THROW(p.cholesky(col_major(a.p, 10)));
  EXPECT_TRUE(stand_in::contexts_of_thread().empty());
  cudaSetDevice(stand_in::plain);
  EXPECT_NO_THROW(p.cholesky(col_major(a.p, 10)));
  EXPECT_EQ(stand_in::contexts_of_thread(), std::vector<int>{stand_in::plain});
  EXPECT_THROW(cuda::plan<float>(s, {10, 1, 1}), invalid_argument);
  cudaStreamSynchronize(s);
}

TEST_F(CudaRuntime, RejectsAContextThatIsNotPrimary) {
  auto a = numbers(100);
  std::int64_t info = 0;
  stand_in::enter_foreign_context(stand_in::plain);
  const int before = stand_in::calls("cuCtxPushCurrent");
  EXPECT_NO_THROW(try_cholesky(col_major(a.data(), 10), {&info, 1}, on(stand_in::plain)));
  EXPECT_GT(stand_in::calls("cuCtxPushCurrent"), before);
  const auto text = thrown<invalid_argument>([] { cuda::plan<float>(nullptr, {10, 1, 1}); });
  EXPECT_EQ(text.find("posdef: cuda::plan: the current context is a context from cuCtxCreate"), 0u) << text;
}

// -- Captures.

/// A capture in the strictest mode, in this thread and in others.
struct capture {
  cudaStream_t s;
  explicit capture(cudaStream_t stream) : s(stream) { cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal); }
  ~capture() {
    EXPECT_TRUE(stand_in::capture_is_whole(s));
    cudaGraph_t graph = nullptr;
    cudaStreamEndCapture(s, &graph);
  }
};

TEST_F(CudaRuntime, PlansAndPlainCallsKeepCapturesValid) {
  for (const int d : {stand_in::plain, stand_in::without_pools}) {
    const auto s = stream_on(d);
    device_memory<float> a(d, 100);
    cudaSetDevice(d);
    const capture going_on(s);
    const auto work = [&] {
      auto host = numbers(1000 * 1000);
      std::int64_t info = 0;
      for (const index n : {10, 1000}) try_cholesky(col_major(host.data(), n), {&info, 1}, on(d));
      posdef::plan<float> other({engine::cuda, d}, {10, 1, 1});
    };
    work();
    cuda::plan<float> mine(s, {10, 1, 1});
    mine.cholesky(col_major(a.p, 10));
    EXPECT_EQ(stand_in::pending(), 0) << "the launches are in the graph";
    std::thread(work).join();
  }
}

TEST_F(CudaRuntime, CreatingAndDestroyingPlansDoesNotSynchronize) {
  const auto busy = stream_on(stand_in::plain);
  const auto s = stream_on(stand_in::plain);
  const device_memory<float> a(stand_in::plain, 100);
  cudaSetDevice(stand_in::plain);
  cudaMemsetAsync(a.p, 0, 4, busy);
  { cuda::plan<float> p(s, {10, 1, 1}); }
  { posdef::plan<float> p({engine::cuda, stand_in::plain}, {10, 1, 1}); }
  EXPECT_EQ(stand_in::pending(), 1) << "no call waits for the busy stream, and a plan leaves no commands";
  cudaStreamSynchronize(busy);
}

TEST_F(CudaRuntime, EveryKernelIsLoadedBeforeTheFirstLaunch) {
  const auto s = stream_on(stand_in::plain);
  const device_memory<double> l(stand_in::plain, 300 * 300), det(stand_in::plain, 1);
  const device_memory<std::int64_t> info(stand_in::plain, 1);
  cudaSetDevice(stand_in::plain);
  cuda::plan<double> p(s, {300, 1, 1});
  const auto v = col_major(l.p, 300);
  const capture going_on(s);
  EXPECT_NO_THROW(p.cholesky(v, info.p));
  EXPECT_NO_THROW(p.cholesky_inverse(v, info.p));
  EXPECT_NO_THROW(p.cholesky_logdet(v, det.p, info.p));
}

TEST_F(CudaRuntime, DeviceWithoutCompiledKernelsIsUnavailable) {
  const auto listed = [](int d) {
    for (const auto& info : devices())
      if (info.device == device{engine::cuda, d}) return info;
    return device_info{};
  };
  EXPECT_TRUE(listed(stand_in::plain).available);
  EXPECT_FALSE(listed(stand_in::too_old).available);
  EXPECT_EQ(listed(stand_in::too_old).description, "Stand-in: posdef was not compiled for compute capability 3.0");
  EXPECT_FALSE(stand_in::at(stand_in::too_old).context) << "listing creates no context";
  const auto text = thrown<unavailable>([] {
    posdef::plan<float>({engine::cuda, stand_in::without_image}, {10, 1, 1});
  });
  EXPECT_EQ(text, "posdef: engine \"cuda:5\": posdef was not compiled for compute capability 9.0");
  EXPECT_FALSE(listed(stand_in::without_image).available) << "the result is cached";
  EXPECT_THROW(posdef::plan<float>({engine::cuda, stand_in::devices}, {10, 1, 1}), unavailable);
}

// -- Pointers and streams.

TEST_F(CudaRuntime, RejectsPointersThatKernelsCannotAccess) {
  const device_memory<float> a(stand_in::plain, 100), foreign(stand_in::other, 100);
  const device_memory<std::int64_t> info(stand_in::plain, 1);
  const auto s = stream_on(stand_in::plain);
  cuda::plan<float> p(s, {10, 1, 3});
  std::vector<float> host(100);
  std::int64_t host_info = 0;
  const auto l = col_major(a.p, 10);
  const view<const float> in = l, host_in = col_major(host.data(), 10);
  const auto refused = [&](const auto& call, const std::string& begin) {
    const int before = stand_in::commands();
    const std::string text = thrown<invalid_argument>(call);
    EXPECT_EQ(text.substr(0, begin.size()), begin);
    EXPECT_EQ(stand_in::commands(), before) << "nothing is enqueued";
  };
  const std::string of = "posdef: cuda::plan::";
  refused([&] { p.cholesky(col_major(host.data(), 10)); }, of + "cholesky: a.data is host memory");
  refused([&] { p.cholesky(col_major(foreign.p, 10)); }, of + "cholesky: a.data is memory of \"cuda:2\"");
  refused([&] { p.cholesky(host_in, l); }, of + "cholesky: a.data is host memory");
  refused([&] { p.cholesky(l, &host_info); }, of + "cholesky: info is host memory");
  refused([&] { p.cholesky_logdet(in, host.data(), info.p); }, of + "cholesky_logdet: out is host memory");
  refused([&] { p.cholesky_logdet(in, nullptr, info.p); }, of + "cholesky_logdet: out is null");
  refused([&] { p.cholesky_solve(in, view<float>(foreign.p, 10, 2)); }, of + "cholesky_solve: b.data is memory of");
  refused(
      [&] {
        cuda::plan<float>(s, {0, 3, 1}, {}, reinterpret_cast<void*>(0x7f00), 4096);
      },
      "posdef: cuda::plan: workspace is host memory");
  cudaSetDevice(stand_in::other);
  refused(
      [&] {
        cuda::plan<float>(s, {10, 1, 1});
      },
      "posdef: cuda::plan: stream is a stream of \"cuda:1\"; expected a stream of the current device, \"cuda:2\"");
  EXPECT_NO_THROW(cuda::plan<float>(nullptr, {10, 1, 1}));
}

TEST_F(CudaRuntime, QueriesEachAccessiblePointerOnce) {
  const device_memory<float> a(stand_in::plain, 100);
  const auto s = stream_on(stand_in::plain);
  cuda::plan<float> p(s, {10, 1, 1});
  p.cholesky(col_major(a.p, 10));
  const int before = stand_in::calls("cudaPointerGetAttributes");
  for (int i = 0; i < 5; ++i) p.cholesky(col_major(a.p, 10));
  EXPECT_EQ(stand_in::calls("cudaPointerGetAttributes"), before);

  float *managed = nullptr, *locked = nullptr;
  cudaMallocManaged(reinterpret_cast<void**>(&managed), 400, cudaMemAttachGlobal);
  cudaMallocHost(reinterpret_cast<void**>(&locked), 400);
  EXPECT_NO_THROW(p.cholesky(col_major(managed, 10)));
  EXPECT_NO_THROW(p.cholesky(col_major(locked, 10)));
  std::vector<float> host(100);
  stand_in::at(stand_in::plain).pageable = true;
  EXPECT_NO_THROW(p.cholesky(col_major(host.data(), 10)));
  stand_in::at(stand_in::plain).pageable = false;
  {
    // Memory of a graph does not exist before the graph runs.
    std::vector<float> later(100);
    const capture going_on(s);
    EXPECT_NO_THROW(p.cholesky(col_major(later.data(), 10)));
  }
  cudaStreamSynchronize(s);
  cudaFree(managed);
  cudaFreeHost(locked);
}

// The workspace size is that of the most demanding device; it works on every device.
template <class T>
void no_device_needs_more_than_a_workspace() {
  using gpu_engine = internal::gpu::engine<T>;
  const auto common = internal::cuda::blocking_for_workspace<T>();
  for (const std::size_t local : {49152, 65536, 101376, 166912, 232448}) {
    const auto built_in = internal::cuda::blocking_with<T>(local, 132);
    // The widest settings that the tuner may store.
    auto widest = built_in;
    widest.tiles_from = widest.block + 1;
    if (built_in.tiles_to > 0) {
      EXPECT_TRUE(internal::gpu::fits<T>(widest, built_in));
    }
    for (const index n : {1, 32, 64, 65, 128, 129, 1000, 8192, 8193, 50000})
      for (const index count : {1, 3, 1000})
        for (const auto& b : {built_in, widest})
          EXPECT_LE(gpu_engine::scratch_bytes(b, n, count), gpu_engine::scratch_bytes(common, n, count))
              << "memory " << local << ", n " << n << ", count " << count;
  }
}
TEST_F(CudaRuntime, WorkspaceSizeSufficesForEveryDevice) {
  no_device_needs_more_than_a_workspace<float>();
  no_device_needs_more_than_a_workspace<double>();
  no_device_needs_more_than_a_workspace<std::complex<float>>();
  no_device_needs_more_than_a_workspace<std::complex<double>>();
}

TEST_F(CudaRuntime, EmptyProblemsAccessNoMemory) {
  const auto s = stream_on(stand_in::plain);
  cuda::plan<float> none(s, {10, 0, 1}), empty(s, {0, 2, 1});
  const int before = stand_in::commands();
  float* const nowhere = nullptr;
  EXPECT_NO_THROW(none.cholesky(col_major(nowhere, 10).batched(0)));
  EXPECT_EQ(stand_in::commands(), before);
  EXPECT_NO_THROW(empty.cholesky(col_major(nowhere, 0).batched(2)));
  EXPECT_EQ(stand_in::commands(), before + 1) << "only infos are cleared, which every stream can access";
  cudaStreamSynchronize(s);
}

// -- Failures.

TEST_F(CudaRuntime, ThrowingCallLeavesNoPendingTransfer) {
  posdef::plan<float> p({engine::cuda, stand_in::plain}, {50, 1, 1});
  auto a = numbers(50 * 50);
  const auto a0 = a;
  std::int64_t info = -1;
  stand_in::fail("cudaLaunchKernel", cudaErrorLaunchFailure);
  const auto text = thrown<error>([&] { p.cholesky(col_major(a.data(), 50), {&info, 1}); });
  EXPECT_EQ(text, "posdef: CUDA: cudaLaunchKernel: unspecified launch failure");
  EXPECT_EQ(stand_in::pending(), 0);
  EXPECT_EQ(a, a0);
  EXPECT_NO_THROW(p.cholesky(col_major(a.data(), 50), {&info, 1}));
  EXPECT_EQ(info, 0);
}

TEST_F(CudaRuntime, AnyCallMayFailWithoutALeak) {
  const auto before = stand_in::at(stand_in::plain).free;
  const auto call = [] {
    auto a = numbers(90 * 90), l = a;
    std::int64_t info = 0;
    const view<const float> in = col_major(a.data(), 90);
    try_cholesky(in, col_major(l.data(), 90), {&info, 1}, on(stand_in::plain));
  };
  call();
  for (const std::string f :
       {"cudaMallocFromPoolAsync", "cudaMemcpyAsync", "cudaMemsetAsync", "cudaLaunchKernel", "cudaStreamSynchronize"})
    for (const int after : {0, 1}) {
      if (after == 1 && f != "cudaMallocFromPoolAsync" && f != "cudaMemcpyAsync") continue;  // there is only one
      stand_in::fail(f, f == "cudaMallocFromPoolAsync" ? cudaErrorMemoryAllocation : cudaErrorUnknown, after);
      EXPECT_THROW(call(), error) << f;
      call();
      EXPECT_EQ(stand_in::pending(), 0) << f;
    }
  EXPECT_EQ(stand_in::at(stand_in::plain).free, before);
}

TEST_F(CudaRuntime, WorksWithoutPinnedHostMemory) {
  stand_in::fail("cudaMallocHost", cudaErrorMemoryAllocation);
  posdef::plan<float> p({engine::cuda, stand_in::plain}, {2200, 1, 1});  // more than any lane has cached
  auto a = numbers(2200 * 2200);
  const auto a0 = a;
  std::int64_t info = -1;
  p.cholesky(col_major(a.data(), 2200), {&info, 1});
  EXPECT_EQ(a, a0);
}

/// A host engine that fails.
class failing_executor final : public internal::executor<float> {
 public:
  std::size_t workspace(index, index, index, int) const override { return 0; }
  void run(const internal::problem<float>&, index, index, const internal::team&, std::byte*) const override {
    if (fails) throw out_of_memory(7);
  }
  bool fails = true;
};

TEST_F(CudaRuntime, HostExceptionsReachTheCaller) {
  auto host = std::make_unique<failing_executor>();
  auto& there = *host;
  const internal::hybrid::sizes sizes{0, {{16, 16}, {1 << 30, 16}}};
  const auto e = internal::cuda::make_executor<float>(stand_in::plain, {std::move(host), sizes});
  const index n = 300, count = 3;  // too large for one launch
  auto a = numbers(n * n * count);
  std::vector<index> info(3, 0);
  const internal::batch<float> v{a.data(), nullptr, count, n * n, n, n, 1, n, false};
  const internal::problem<float> j{.what = internal::operation::cholesky,
                                   .a = {a.data(), nullptr, count, n * n, n, n, 1, n, false},
                                   .b = {},
                                   .out = v,
                                   .value = nullptr,
                                   .info = info.data(),
                                   .other = other_triangle::keep,
                                   .in_place = true,
                                   .nan = false};
  e->reserve(n, 0, count, true);
  EXPECT_THROW(e->run(j, n, 0, internal::team(), nullptr), out_of_memory);
  EXPECT_EQ(stand_in::pending(), 0);
  there.fails = false;
  EXPECT_NO_THROW(e->run(j, n, 0, internal::team(), nullptr)) << "a failure is reported once";
}

}  // namespace
}  // namespace posdef
