// The hybrid engine's schedule without a device: its dependencies, and that they suffice in every order that the events
// allow.
#include "backend/hybrid/executor.hpp"
#include "dispatch/registry.hpp"
#include "dispatch/tuning.hpp"
#include "dispatch/tuning_hooks.hpp"
#include "gpu/problems.hpp"
#include "gpu/timeline.hpp"

namespace posdef::internal {
namespace {

constexpr index order = 16;  // of the diagonal blocks; those of the example engine have 8

template <class T>
class textbook_factor final : public hybrid::host_factor<T> {
 public:
  void factor(const batch<T>& blocks, index* info) noexcept override {
    for (index b = 0; b < blocks.count; ++b) info[b] = reference::engine<T>(nullptr, 0).potrf_block(blocks[b], 0);
  }
};

/// A batch on the example device, and the recorded commands of its factorization.
template <class T>
struct recording {
  timeline commands;
  example::device device;
  gpu::address memory, info, blocks, scratch;
  gpu::matrices<T> a;
  recorded_side_stream lane{commands, device};
  textbook_factor<T> host;
  hybrid::exchange<T> trips{lane};
  std::vector<example::engine<T>> engine;

  recording(const random_batch<T>& m, factor_algorithm algorithm, bool nan) {
    const index n = m.view.rows, count = m.view.count, least = std::min<index>(order, 8);
    memory = device.allocate(m.memory.size() * sizeof(T));
    info = device.allocate(static_cast<std::size_t>(count) * sizeof(index));
    blocks = device.allocate(hybrid::exchange<T>::device_bytes(order, count));
    scratch = device.allocate(example::engine<T>::scratch_bytes(count));
    std::copy(m.memory.begin(), m.memory.end(), device.at<T>(memory));
    std::fill_n(device.at<index>(info), count, -1);
    a = {memory, m.view.stride, n, n, m.view.rs, m.view.cs, m.view.conj};
    trips.reserve(n, order, least, count);
    trips.begin(host, count, blocks, info);
    engine.emplace_back(device, count, info, scratch);
    hybrid::engine e(recorded_engine<T>(commands, engine.front()), trips, order);
    const problem<T> j{.what = operation::cholesky,
                       .a = m.input(),
                       .b = {},
                       .out = m.view,
                       .value = nullptr,
                       .info = nullptr,
                       .other = other_triangle::keep,
                       .in_place = true,
                       .nan = nan,
                       .algorithm = algorithm};
    run_in_lockstep<gpu::when>(e, j, a, {}, a, gpu::address{0});
  }

  template <class Pick>
  std::pair<std::vector<T>, std::vector<index>> run(const Pick& pick, std::size_t elements, index count) {
    commands.run(pick);
    return {{device.at<T>(memory), device.at<T>(memory) + elements},
            {device.at<index>(info), device.at<index>(info) + count}};
  }
};

template <class T>
void every_order(const random_batch<T>& m, factor_algorithm algorithm, bool nan, const std::vector<T>& expected,
                 const std::vector<index>& infos, index good) {
  const auto check = [&](const auto& make_pick) {
    recording<T> r(m, algorithm, nan);
    const auto [l, info] = r.run(make_pick(r.commands), m.memory.size(), m.view.count);
    ASSERT_EQ(info, infos);
    const batch<const T> got{l.data(),    nullptr,   m.view.count, m.view.stride, m.view.rows,
                             m.view.rows, m.view.rs, m.view.cs,    m.view.conj};
    batch<const T> want = got;
    want.data = expected.data();
    for (index b = 0; b < m.view.count; ++b)
      for (index j = 0; j < m.view.cols; ++j)
        for (index i = j; i < m.view.rows; ++i) {
          const bool failed = infos[static_cast<std::size_t>(b)] != 0;
          if (failed && nan) {
            ASSERT_TRUE(std::isnan(std::real(got[b].get(i, j)))) << b << " " << i << " " << j;
          } else if (!failed || j < good) {
            ASSERT_LT(std::abs(got[b].get(i, j) - want[b].get(i, j)), 1e-12) << b << " " << i << " " << j;
          }
        }
  };
  check([](timeline& t) { return t.first(side::stream); });
  check([](timeline& t) { return t.first(side::lane); });
  for (unsigned seed = 0; seed < 5; ++seed) check([&](timeline&) { return timeline::by_chance(seed); });
}

template <class T>
std::pair<std::vector<T>, std::vector<index>> reference_of(random_batch<T> m) {
  std::vector<index> info(static_cast<std::size_t>(m.view.count));
  run_reference(problem<T>{.what = operation::cholesky,
                           .a = m.input(),
                           .b = {},
                           .out = m.view,
                           .value = nullptr,
                           .info = info.data(),
                           .other = other_triangle::keep,
                           .in_place = true,
                           .nan = false});
  return {m.memory, info};
}

constexpr factor_algorithm algorithms[] = {factor_algorithm::automatic, factor_algorithm::recursive,
                                           factor_algorithm::left_looking};

TEST(HybridSchedule, EventsSufficeInEveryAllowedOrder) {
  for (const auto algorithm : algorithms)
    for (const index n : {1, 15, 16, 17, 33, 70})
      for (const bool adjoint : {false, true}) {
        SCOPED_TRACE("n = " + std::to_string(n) + " algorithm " + std::to_string(static_cast<int>(algorithm)));
        const random_batch<double> m(n, n, 3, adjoint, 1);
        const auto [l, info] = reference_of(m);
        every_order(m, algorithm, false, l, info, n);
      }
}

TEST(HybridSchedule, FailureInAnyColumnIsExactInEveryOrder) {
  const index n = 40;
  for (const auto algorithm : algorithms)
    for (index k = 0; k < n; ++k)
      for (const bool nan : {false, true}) {
        SCOPED_TRACE("column " + std::to_string(k) + " algorithm " + std::to_string(static_cast<int>(algorithm)));
        random_batch<double> m(n, n, 3, false, 1);
        m.view[1].at(k, k) = -1;
        // A second, later failure, which must be ignored.
        if (k + order < n) m.view[1].at(k + order, k + order) = std::numeric_limits<double>::quiet_NaN();
        const auto [l, info] = reference_of(m);
        ASSERT_EQ(info, (std::vector<index>{0, k + 1, 0}));
        every_order(m, algorithm, nan, l, info, k);
      }
}

TEST(HybridSchedule, HostAndDeviceWorkConcurrently) {
  const index n = 70;
  const random_batch<double> m(n, n, 2, false, 1);
  const recording<double> r(m, factor_algorithm::automatic, false);
  const auto& t = r.commands;
  const auto at = [&](index i, index j) { return r.a.block(i, j, 1, 1).at; };
  int steps = 0;
  for (index j = 0; j + 2 * order < n; j += order, ++steps) {
    // While the host factors the next diagonal block, the device updates all columns after it.
    const index next = j + order, last = next + order;
    const auto call = t.find("call", steps + 1);
    const auto ready = t.find("gemm", at(next, j), at(next, next));
    const auto below = t.find("gemm", at(last, j), at(last, next)), rest = t.find("gemm", at(last, j), at(last, last));
    EXPECT_TRUE(t.waits(call, ready)) << "the block is updated first";
    for (const auto update : {below, rest}) {
      EXPECT_FALSE(t.waits(call, update)) << "the host does not wait for the update of step " << steps;
      EXPECT_FALSE(t.waits(update, call)) << "the update of step " << steps << " does not wait for the host";
    }
    EXPECT_TRUE(t.waits(t.find("trsm_block", at(next, next), at(last, next)), call)) << "the panel needs the block";
  }
  EXPECT_EQ(steps, 3);
  // Infos are written after all launches that might read them.
  const auto write = t.commands().size() - 1;
  ASSERT_EQ(t.commands()[write].to, r.info);
  EXPECT_TRUE(t.waits(write, t.find("copy", r.blocks, at(64, 64))));
}

TEST(HybridSchedule, DeviceFactorsNoDiagonalBlock) {
  const random_batch<double> m(50, 50, 2, false, 1);
  for (const auto algorithm : algorithms) {
    const recording<double> r(m, algorithm, false);
    int calls = 0;
    for (const auto& c : r.commands.commands()) {
      EXPECT_NE(c.what, "potrf_block");
      calls += c.what == "call" ? 1 : 0;
    }
    EXPECT_EQ(calls, algorithm == factor_algorithm::automatic ? 4 : 7);
  }
}

/// A lane of a device that executes everything at once.
class immediate_side_stream final : public gpu::side_stream {
 public:
  explicit immediate_side_stream(example::device& d) : device_(d) {}
  std::byte* reserve(std::size_t bytes, index) override {
    memory_.resize(bytes);
    return memory_.data();
  }
  void enter() override {}
  void read(gpu::address from, std::byte* to, std::size_t bytes) override {
    std::copy_n(device_.at<std::byte>(from), bytes, to);
  }
  void call(function f, void* data) override { f(data); }
  void write(const std::byte* from, gpu::address to, std::size_t bytes) override {
    std::copy_n(from, bytes, device_.at<std::byte>(to));
  }
  void leave() override {}
  void settle() noexcept override { ++settled; }
  int settled = 0;

 private:
  example::device& device_;
  std::vector<std::byte> memory_;
};

/// A device with so little memory that a batch is processed in pieces.
class narrow_staging final : public gpu::staging {
 public:
  example::staging all;
  std::size_t most_bytes(std::size_t) const override { return 40 * 40 * sizeof(double) * 2; }
  void reserve(purpose p, std::size_t bytes) override { all.reserve(p, bytes); }
  gpu::address at(purpose p) const override { return all.at(p); }
  std::byte* map(purpose p, std::size_t bytes, bool for_writing) override { return all.map(p, bytes, for_writing); }
  void unmap(purpose p) override { all.unmap(p); }
};

TEST(HybridJobs, EveryOperationAndABatchInPieces) {
  const auto run = [](const problem<double>& j) {
    const index n = j.a.rows;
    narrow_staging work;
    gpu::staged_problems<double> device;
    device.reserve(work, n, j.b.cols, j.a.count, j.in_place,
                   [](index k) { return example::engine<double>::scratch_bytes(k); });
    const hybrid::sizes sizes{9, {{30, order}, {1000, 2 * order}}};
    hybrid::problems<double> both({make_executor<double>({posdef::engine::reference, 0}), sizes}, 8);
    EXPECT_EQ(both.together(n), n >= 9);
    const team all;
    const buffer workspace(both.workspace(n, all.threads()));
    immediate_side_stream* lane = nullptr;
    if (both.together(n)) {
      auto made = std::make_unique<immediate_side_stream>(work.all.here);
      lane = made.get();
      both.reserve(std::move(made), work, n, device.piece());
    }
    both.run(device, work, j, n, all, workspace.data(), [&](index count, gpu::address info, gpu::address scratch) {
      return example::engine<double>(work.all.here, count, info, scratch);
    });
    EXPECT_TRUE(lane == nullptr || lane->settled == 1) << "no command is left on the lane";
  };
  const auto spoil = [](const auto& a) {
    for (index b = 0; b < a.count; b += 3) a[b].at(a.rows - 1 - b, a.rows - 1 - b) = 0;
  };
  for (const index n : {8, 9, 16, 21, 40})
    for (const bool adjoint : {false, true})
      for (const auto what : {operation::cholesky, operation::cholesky_inverse, operation::cholesky_solve}) {
        const index nrhs = what == operation::cholesky_solve ? 3 : 0;
        compare_with_reference<double>(run, what, n, 7, adjoint, true, spoil_nothing, nrhs);
        compare_with_reference<double>(run, what, n, 7, adjoint, false, spoil, nrhs);
      }
}

TEST(HybridSizes, TrialSizesReplaceTheTable) {
  const auto of = []<class T>(T) {
    const auto same = [](const hybrid::sizes& a, const hybrid::sizes& b) {
      return a.from == b.from && a.block(1) == b.block(1) && a.block(5000) == b.block(5000);
    };
    const hybrid::sizes on_trial{7, {{100, 8}, {unlimited, 24}}};
    EXPECT_EQ(on_trial.block(100), 8);
    EXPECT_EQ(on_trial.block(101), 24);
    try_hybrid_sizes<T>(&on_trial);
    EXPECT_TRUE(same(tuned_hybrid<T>(), on_trial));
    try_hybrid_sizes<T>(nullptr);
    EXPECT_TRUE(same(tuned_hybrid<T>(), hybrid_table<T>));
    EXPECT_EQ(hybrid_table<T>.from, never) << "the built-in table never chooses it";
  };
  of(float{});
  of(double{});
  of(std::complex<float>{});
  of(std::complex<double>{});
}

}  // namespace
}  // namespace posdef::internal
