// The hybrid engine on an OpenCL driver: many small diagonal blocks, failures in every one of them, the same bits in
// every batch; concurrent work of host and device, shown by gates that only the other side opens.
#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>

#include "backend/gpu/opencl/buffers.hpp"
#include "backend/hybrid/executor.hpp"
#include "conformance/support.hpp"
#include "dispatch/tuning.hpp"
#include "dispatch/tuning_hooks.hpp"
#include "engine/reference/reference.hpp"

namespace conformance {
namespace {

namespace inner = posdef::internal;
namespace gpu = posdef::internal::gpu;
namespace opencl = posdef::internal::opencl;
namespace hybrid = posdef::internal::hybrid;

/// Sets trial sizes for one element type during its lifetime.
template <class T>
struct trial {
  trial(index from, index block) {
    const hybrid::sizes s{from, {{inner::unlimited, block}, {inner::unlimited, block}}};
    inner::try_hybrid_sizes<T>(&s);
  }
  ~trial() { inner::try_hybrid_sizes<T>(nullptr); }
};

class Hybrid : public testing::Test {
 protected:
  void SetUp() override {
    if (opencl::all_devices().empty()) GTEST_SKIP() << opencl::no_device_reason();
  }
  static posdef::options options(const char* device, placing p = {}) {
    posdef::options o;
    o.uplo = p.triangle;
    o.device = posdef::device::parse(device);
    return o;
  }
  template <class T>
  static std::vector<T> factor(const char* device, const square<T>& a) {
    auto v = a.v;
    posdef::cholesky(posdef::col_major(v.data(), a.n), options(device));
    return v;
  }
};

TEST_F(Hybrid, IsListedWithItsDevice) {
  int lines = 0;
  for (const auto& d : posdef::devices())
    if (d.device.engine == posdef::engine::hybrid) {
      EXPECT_TRUE(d.available);
      EXPECT_EQ(d.device.index, lines++);
      EXPECT_NE(d.description.find(lines == 1 ? " and " : ":"), std::string::npos) << d.description;
    }
  EXPECT_GE(lines, 1);
  try {
    posdef::plan<float>(posdef::device::parse("hybrid:1000"), {4, 1, 1});
    FAIL() << "there are no thousand devices";
  } catch (const posdef::unavailable& e) {
    EXPECT_EQ(std::string(e.what()),
              "posdef: there is no device \"hybrid:1000\"; the last one is hybrid:" + std::to_string(lines - 1));
  }
}

TEST_F(Hybrid, FailureInEveryColumnOfManyBlocks) {
  for_each_type([&]<class T>() {
    const trial<T> small(0, 16);
    const index n = reduced() ? 172 : 180;
    const auto a = positive_definite<T>(n);
    placed<T> good(a, {});
    posdef::cholesky(good.view(), options("hybrid"));
    EXPECT_LT(factor_ratio(a, [&](index i, index j) { return good.lower(i, j); }), 1);
    for (const auto& p : placings())
      for (const auto policy : {posdef::on_failure::report, posdef::on_failure::nan}) {
        // Matrix k fails in column k, and the last one does not fail.
        std::vector<T> all;
        for (index k = 0; k <= n; ++k) {
          auto b = a;
          if (k < n) b(k, k) -= real_type<T>(1.5) * std::norm(good.at(k, k));
          const placed<T> m(b, p);
          all.insert(all.end(), m.memory.begin(), m.memory.end());
        }
        placed<T> m(a, p);
        const index size = static_cast<index>(m.memory.size());
        auto o = options("hybrid", p);
        o.on_failure = policy;
        std::vector<std::int64_t> info(static_cast<std::size_t>(n + 1), -1);
        const posdef::view<T> v(all.data(), n, n, m.ld, p.order);
        EXPECT_EQ(posdef::try_cholesky(v.batched(n + 1, size), info, o), n);
        for (index k = 0; k <= n; ++k) {
          ASSERT_EQ(info[static_cast<std::size_t>(k)], k < n ? k + 1 : 0) << p.text();
          std::copy_n(all.begin() + k * size, size, m.memory.begin());
          ASSERT_TRUE(m.rest_untouched()) << p.text();
          const bool buried = k < n && policy == posdef::on_failure::nan;
          double most = 0;
          for (index j = 0; j < (buried ? n : k); ++j)
            for (index i = j; i < n; ++i) {
              const double d = buried ? (std::isnan(std::real(m.lower(i, j))) ? 0 : 1)
                                      : static_cast<double>(std::abs(m.lower(i, j) - good.lower(i, j)));
              most = d <= most ? most : d;
            }
          ASSERT_LT(most, 400.0 * static_cast<double>(n) * eps<T>) << "matrix " << k << " " << p.text();
        }
      }
  });
}

TEST_F(Hybrid, TheSameBitsForAnyBatchPositionAndTeam) {
  for_each_type([&]<class T>() {
    const trial<T> small(0, 16);
    const index n = 180, count = 5;
    const auto a = positive_definite<T>(n), other = positive_definite<T>(n, 2);
    const auto expected = factor("hybrid", a);
    for (const int threads : {1, 2, 3})
      for (index where = 0; where < count; ++where) {
        std::vector<T> all;
        for (index b = 0; b < count; ++b) {
          const auto& v = b == where ? a.v : other.v;
          all.insert(all.end(), v.begin(), v.end());
        }
        auto o = options("hybrid");
        o.threads = threads;
        posdef::cholesky(posdef::col_major(all.data(), n).batched(count), o);
        EXPECT_EQ(std::memcmp(all.data() + where * n * n, expected.data(), expected.size() * sizeof(T)), 0);
      }
  });
}

TEST_F(Hybrid, ForcedAlgorithmsFactorBlocksOnTheHost) {
  for (const char* algorithm : {"recursive", "left-looking"}) {
    posdef::force({.algorithm = algorithm});
    for_each_type([&]<class T>() {
      for (const index block : {16, 128})
        for (const index n : {20, 64, 150, 193}) {
          const trial<T> small(0, block);
          const auto a = positive_definite<T>(n);
          const auto l = factor("hybrid", a);
          EXPECT_LT(factor_ratio(a, [&](index i, index j) { return l[static_cast<std::size_t>(i + j * n)]; }), 1);
          auto bad = a;
          bad(n - 2, n - 2) = T(-1);
          std::int64_t info = 0;
          posdef::try_cholesky(posdef::col_major(bad.v.data(), n), {&info, 1}, options("hybrid"));
          EXPECT_EQ(info, n - 1) << algorithm;
        }
    });
  }
  posdef::force({});
}

TEST_F(Hybrid, IsChosenForADeviceAccordingToTheTable) {
  for_each_type([&]<class T>() {
    const auto below = positive_definite<T>(199), above = positive_definite<T>(200);
    const auto device_below = factor("opencl", below), device_above = factor("opencl", above);
    const trial<T> small(200, 16);
    const auto together = factor("hybrid", above);
    EXPECT_NE(together, device_above) << "otherwise this test is meaningless";
    EXPECT_EQ(factor("opencl", above), together);
    EXPECT_EQ(factor("opencl", below), device_below);
    EXPECT_NE(factor("hybrid", below), device_below) << "an explicit request uses it at any order";
    EXPECT_EQ(posdef::plan<T>::workspace_size(posdef::device::parse("opencl"), {199, 1, 1}), 0u);
    EXPECT_GT(posdef::plan<T>::workspace_size(posdef::device::parse("opencl"), {200, 1, 1}), 0u);
  });
}

TEST_F(Hybrid, CanBeForced) {
  const auto a = positive_definite<float>(200);
  const auto on_cpu = factor("cpu", a), together = factor("hybrid", a);
  EXPECT_NE(on_cpu, together) << "otherwise this test is meaningless";
  const auto by_default = [&a] {
    auto v = a.v;
    posdef::cholesky(posdef::col_major(v.data(), a.n));
    return v;
  };
  posdef::force({.device = "hybrid"});
  EXPECT_EQ(by_default(), together);
  EXPECT_EQ(factor("cpu", a), on_cpu) << "the device of the call takes precedence over the default";
  posdef::force({});
  EXPECT_EQ(by_default(), on_cpu);
}

// -- Concurrent work of host and device.

/// Waits until `done()`; false after a timeout.
template <class F>
bool eventually(const F& done) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

/// Synchronization between host and device in a gated factorization.
struct gates {
  opencl::stream* stream = nullptr;
  cl_event hold = nullptr;          ///< if not null: the first trailing update waits for it
  std::atomic<cl_event> updated{};  ///< completes with that update
  std::atomic<int> calls{0};
  bool wait_for_the_caller = false;  ///< the first block waits until all updates are launched
  std::atomic<int> updates{0};
  bool timed_out = false;
};

/// The device engine with a gate before and an event after the first trailing update.
class gated_engine : public gpu::engine<float> {
 public:
  using base = gpu::engine<float>;
  gated_engine(const base& e, gates& g, index trailing) : base(e), gates_(&g), trailing_(trailing) {}
  void gemm(int sign, input a, input b, output c, inner::part which) {
    const bool update = which == inner::part::lower && c.rows == trailing_;
    if (update && gates_->hold != nullptr) gates_->stream->wait_for({&gates_->hold, 1});
    base::gemm(sign, a, b, c, which);
    if (which == inner::part::lower) ++gates_->updates;
    if (!update) return;
    gates_->updated = gates_->stream->mark().release_handle();
    clFlush(gates_->stream->queue());
  }

 private:
  gates* gates_;
  index trailing_;
};

/// Textbook loops on the host; at the second block they open the gate or wait for the event.
class gated_host final : public hybrid::host_factor<float> {
 public:
  explicit gated_host(gates& g) : gates_(g) {}
  void factor(const inner::batch<float>& blocks, index* info) noexcept override {
    for (index b = 0; b < blocks.count; ++b)
      info[b] = inner::reference::engine<float>(nullptr, 0).potrf_block(blocks[b], 0);
    ++gates_.calls;
    // Each of five block columns except the last updates the next diagonal block; each of three also the rest.
    if (gates_.calls == 1 && gates_.wait_for_the_caller)
      gates_.timed_out = !eventually([&] { return gates_.updates == 4 + 3; });
    if (gates_.calls != 2 || gates_.wait_for_the_caller) return;
    if (gates_.hold != nullptr) {
      clSetUserEventStatus(gates_.hold, CL_COMPLETE);
    } else {
      gates_.timed_out = !eventually([&] {
        const cl_event e = gates_.updated;
        cl_int status = CL_QUEUED;
        if (e != nullptr) clGetEventInfo(e, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof(status), &status, nullptr);
        return status == CL_COMPLETE;
      });
    }
  }

 private:
  gates& gates_;
};

class HybridGates : public Hybrid {
 protected:
  /// Factors a matrix of order 80 in blocks of 16 with these gates.
  void run(gates& g) {
    const index n = 80, order = 16;
    const auto a = positive_definite<float>(n);
    auto l = a.v;
    auto& device = opencl::device_number(0);
    const auto blocking = device.kernels_for<float>().blocking;
    auto queue = device.take_lane<float>();
    std::int64_t info = -1;
    {
      opencl::staging work(device.context(), device.id(), queue);
      g.stream = static_cast<opencl::stream*>(&work.queue());
      gpu::staged_problems<float> problems;
      problems.reserve(work, n, 0, 1, true, [&](index k) { return gpu::engine<float>::scratch_bytes(blocking, n, k); });
      work.reserve(gpu::staging::blocks, hybrid::exchange<float>::device_bytes(order, 1));
      const auto lane = work.make_side_stream();
      hybrid::exchange<float> trips(*lane);
      trips.reserve(n, order, order, 1);
      gated_host host(g);
      inner::problem<float> j{.what = inner::operation::cholesky,
                              .a = {l.data(), nullptr, 1, n * n, n, n, 1, n, false},
                              .b = {},
                              .out = {l.data(), nullptr, 1, n * n, n, n, 1, n, false},
                              .value = nullptr,
                              .info = &info,
                              .other = posdef::other_triangle::keep,
                              .in_place = true,
                              .nan = false};
      problems.run(work, j, inner::team(), [&](index count, gpu::address infos, gpu::address scratch) {
        trips.begin(host, count, work.at(gpu::staging::blocks), infos);
        auto small = blocking;
        small.tile = 0;  // order 80 would be one launch
        const gpu::engine<float> e(*g.stream, small, n, count, infos, scratch);
        return hybrid::engine(gated_engine(e, g, n - 2 * order), trips, order);
      });
      lane->settle();
    }
    device.give_back<float>(std::move(queue));
    EXPECT_EQ(info, 0);
    EXPECT_EQ(g.calls, 5);
    EXPECT_LT(factor_ratio(a, [&](index i, index j) { return l[static_cast<std::size_t>(i + j * n)]; }), 1);
    if (g.updated != nullptr) clReleaseEvent(g.updated);
  }
};

TEST_F(HybridGates, DeviceUpdatesWhileTheHostFactorsTheNextBlock) {
  gates g;
  run(g);
  EXPECT_FALSE(g.timed_out) << "the update of the first step was not done before the second block returned";
}

TEST_F(HybridGates, HostFactorsTheNextBlockBeforeTheDeviceIsDone) {
  gates g;
  g.hold = clCreateUserEvent(opencl::device_number(0).context(), nullptr);
  // The gate must open even if the host waits for it.
  std::atomic<bool> finished{false}, opened{false};
  std::thread watch([&] {
    if (eventually([&] { return finished || g.calls >= 2; })) return;
    opened = true;
    clSetUserEventStatus(g.hold, CL_COMPLETE);
  });
  run(g);
  finished = true;
  watch.join();
  EXPECT_FALSE(opened) << "the second block was not factored before the update of the first step began";
  clReleaseEvent(g.hold);
}

TEST_F(HybridGates, CallerDoesNotWaitForTheSteps) {
  gates g;
  g.wait_for_the_caller = true;
  run(g);
  EXPECT_FALSE(g.timed_out) << "the last update was not launched before the first block was factored";
}

}  // namespace
}  // namespace conformance
