#include "limits.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "limits.cpp"
#define HWY_DISABLED_TARGETS HWY_SSSE3
#include "hwy/foreach_target.h"
// After foreach_target, as Highway requires.
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace posdef::bench {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// acc ← acc·a + b in twelve independent chains: more than latency times units (4·2) of any processor, fewer than the
// sixteen registers of AVX2. Two instructions without FMA. Returns the number of operations.
template <class T>
double multiply_add(double rounds, T* sink) {
  constexpr int chains = 12, unrolled = 16;
  const hn::ScalableTag<T> d;
  hn::Vec<decltype(d)> acc[chains];
  for (int c = 0; c < chains; ++c) acc[c] = hn::Set(d, static_cast<T>(c));
  const auto a = hn::Set(d, static_cast<T>(0.999)), b = hn::Set(d, static_cast<T>(0.001));
  const auto count = static_cast<long>(rounds);
  for (long k = 0; k < count; ++k) {
    for (int u = 0; u < unrolled; ++u) {
      for (int c = 0; c < chains; ++c) acc[c] = hn::MulAdd(acc[c], a, b);
    }
  }
  for (int c = 1; c < chains; ++c) acc[0] = hn::Add(acc[0], acc[c]);
  *sink = hn::GetLane(acc[0]);
  return 2.0 * static_cast<double>(hn::Lanes(d)) * chains * unrolled * static_cast<double>(count);
}

// x ← c − (t·(1/x))·t, each step dependent on the previous one. Returns the number of steps.
template <class T>
double columns(double rounds, T* sink) {
  const hn::CappedTag<T, 1> d;
  const auto t = hn::Set(d, static_cast<T>(0.5)), c = hn::Set(d, static_cast<T>(2)),
             one = hn::Set(d, static_cast<T>(1));
  auto x = c;
  const auto count = static_cast<long>(rounds);
  for (long k = 0; k < count; ++k) x = hn::NegMulAdd(hn::Mul(t, hn::Div(one, x)), t, c);
  *sink = hn::GetLane(x);
  return static_cast<double>(count);
}

}  // namespace

struct loops {
  const char* instruction_set;
  double (*f32)(double, float*);
  double (*f64)(double, double*);
  double (*columns_f32)(double, float*);
  double (*columns_f64)(double, double*);
};
inline loops these() {
#if HWY_TARGET <= HWY_AVX3
  const char* const name = "avx512";
#elif HWY_TARGET == HWY_AVX2
  const char* const name = "avx2";
#elif HWY_TARGET == HWY_SSE4
  const char* const name = "sse4";
#elif HWY_ARCH_ARM_A64 && HWY_TARGET == HWY_NEON
  const char* const name = "neon";
#else
  const char* const name = "baseline";
#endif
  return {name, multiply_add<float>, multiply_add<double>, columns<float>, columns<double>};
}

}  // namespace HWY_NAMESPACE
}  // namespace posdef::bench
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <barrier>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>

namespace posdef::bench {
namespace {

using loops = HWY_NAMESPACE::loops;

// The instruction sets that this processor supports, best first.
std::vector<loops> available_loops() {
  std::vector<loops> all;
  const auto add = [&all](auto l) { all.push_back({l.instruction_set, l.f32, l.f64, l.columns_f32, l.columns_f64}); };
  [[maybe_unused]] const auto runs = hwy::SupportedTargets();
#if HWY_TARGETS & HWY_AVX3
  if (runs & HWY_AVX3) add(N_AVX3::these());
#endif
#if HWY_TARGETS & HWY_AVX2
  if (runs & HWY_AVX2) add(N_AVX2::these());
#endif
#if HWY_TARGETS & HWY_SSE4
  if (runs & HWY_SSE4) add(N_SSE4::these());
#endif
  // The compiler's baseline: neon on Arm, else the plain baseline.
  add(HWY_NAMESPACE::these());
  return all;
}

// The best of five tries: all threads start together, `work` returns what a thread has done, and the sum is divided by
// the time of the slowest.
double best_rate(int threads, const std::function<double(int)>& work) {
  constexpr int tries = 5;
  double best = 0;
  for (int k = 0; k < tries; ++k) {
    std::barrier start(threads);
    std::vector<double> done(static_cast<std::size_t>(threads)), seconds(done.size());
    {
      std::vector<std::jthread> team;
      for (int t = 0; t < threads; ++t) {
        team.emplace_back([&, t] {
          start.arrive_and_wait();
          const auto begin = std::chrono::steady_clock::now();
          done[static_cast<std::size_t>(t)] = work(t);
          seconds[static_cast<std::size_t>(t)] =
              std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        });
      }
    }
    double sum = 0;
    for (const double d : done) sum += d;
    best = std::max(best, sum / *std::max_element(seconds.begin(), seconds.end()) / 1e9);
  }
  return best;
}

rate both(int threads, const std::function<double(int)>& work) {
  rate r;
  r.one = best_rate(1, work);
  r.all = threads > 1 ? best_rate(threads, work) : r.one;
  return r;
}

rate measure_triad(int threads) {
  constexpr std::ptrdiff_t elements = std::ptrdiff_t{1} << 23;  // of each array, 64 MiB
  // Not value-initialized: each thread first touches its own part.
  const auto memory = std::make_unique_for_overwrite<double[]>(3 * elements);
  double *const a = memory.get(), *const b = a + elements, *const c = b + elements;
  const auto run = [=](int team) {
    return [=](int t) {
      const std::ptrdiff_t begin = elements * t / team, end = elements * (t + 1) / team;
      for (std::ptrdiff_t i = begin; i < end; ++i) a[i] = b[i] + 0.5 * c[i];
      return 3.0 * sizeof(double) * static_cast<double>(end - begin);
    };
  };
  std::fill_n(memory.get(), 3 * elements, 1.0);
  rate r;
  r.one = best_rate(1, run(1));
  r.all = threads > 1 ? best_rate(threads, run(threads)) : r.one;
  return r;
}

}  // namespace

limits measure_limits(int threads) {
  constexpr double rounds = 20000;
  limits all;
  for (const loops& l : available_loops()) {
    // One result per thread, on separate cache lines.
    constexpr std::size_t apart = 64;
    std::vector<float> f32(static_cast<std::size_t>(threads) * apart);
    std::vector<double> f64(f32.size());
    all.arithmetic.push_back(
        {.instruction_set = l.instruction_set,
         .f32 = both(threads, [&](int t) { return l.f32(rounds, &f32[static_cast<std::size_t>(t) * apart]); }),
         .f64 = both(threads, [&](int t) { return l.f64(rounds, &f64[static_cast<std::size_t>(t) * apart]); })});
  }
  const loops best = available_loops().front();
  float f32 = 0;
  double f64 = 0;
  all.column.f32 = 1 / best_rate(1, [&](int) { return best.columns_f32(rounds, &f32); });
  all.column.f64 = 1 / best_rate(1, [&](int) { return best.columns_f64(rounds, &f64); });
  all.triad = measure_triad(threads);
  return all;
}

}  // namespace posdef::bench
#endif
