// Device measurements on a fake device: participants, inputs, clocks.
#include "gpu/device_measure.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <posdef/posdef.hpp>
#include <set>
#include <thread>
#include <utility>

#include "bench/host_accelerator.hpp"
#include "bench/host_engine.hpp"
#include "io/matrices.hpp"
#include "problem.hpp"

namespace posdef::bench {
namespace {

const settings hasty = {.threads = 1, .repetitions = 3, .seconds = 0.01};

// Factors correctly in host memory; a call takes `seconds` of device time.
template <scalar T>
device_way<T> honest_way(host_accelerator& where, double seconds, const std::string& way = "plan", bool other = false) {
  const auto prepare = [&where, seconds, other](const cell& c, const buffers<T>& all) -> device_call {
    const bool lower = (c.uplo == uplo::lower) != other;
    const options choices{.uplo = lower ? uplo::lower : uplo::upper, .threads = 1, .device = host_engine};
    return [=, &where](std::int64_t k) {
      cholesky(view<T>(all.of(k), c.n, c.n, 0, c.layout).batched(c.batch), choices);
      where.clock += seconds;
    };
  };
  return {.way = way, .other_triangle = other, .prepare = prepare};
}

device_library honest(host_accelerator& where, const std::string& name, double seconds) {
  device_library l{.name = name};
  l.of<float>().push_back(honest_way<float>(where, seconds));
  l.of<double>().push_back(honest_way<double>(where, seconds));
  l.of<std::complex<float>>().push_back(honest_way<std::complex<float>>(where, seconds));
  l.of<std::complex<double>>().push_back(honest_way<std::complex<double>>(where, seconds));
  return l;
}

device_library with_way(const std::string& name, const device_way<float>& way) {
  device_library l{.name = name};
  l.of<float>().push_back(way);
  return l;
}

const timing& find(const outcome& o, const std::string& name) {
  return *std::find_if(o.ways.begin(), o.ways.end(), [&](const timing& t) { return t.name == name; });
}

TEST(DeviceMeasure, EveryTypeTriangleAndLayoutIsCorrectAndHasBothTimes) {
  host_accelerator where;
  for (const tools::dtype type : {tools::dtype::f32, tools::dtype::f64, tools::dtype::c64, tools::dtype::c128}) {
    for (const uplo which : {uplo::lower, uplo::upper}) {
      for (const layout order : {layout::col_major, layout::row_major}) {
        const cell c{.type = type, .uplo = which, .layout = order, .batch = 3, .n = 20};
        const outcome o = measure_on(where, c, {honest(where, "posdef", 1), honest(where, "A", 4)}, hasty);
        ASSERT_EQ(o.ways.size(), 2u);
        EXPECT_GE(o.posdef().repetitions, 3);
        EXPECT_EQ(o.device, "host:0");
        EXPECT_EQ(o.card, "Host card");
        for (const timing& t : o.ways) {
          EXPECT_TRUE(t.usable()) << c.text() << ": " << t.name << " " << t.residual << t.left_out;
          EXPECT_GT(t.residual, 0);
          EXPECT_GT(t.seconds, 0);
          EXPECT_GE(t.repetitions, 1);
        }
        EXPECT_DOUBLE_EQ(o.posdef().device_seconds, 1);
        EXPECT_DOUBLE_EQ(find(o, "A").device_seconds, 4);
        EXPECT_DOUBLE_EQ(o.ratio().value_or(0), 4) << "by device time";
        EXPECT_DOUBLE_EQ(o.gflops(), c.operations() / 1e9);
      }
    }
  }
  EXPECT_TRUE(where.allocated.empty()) << "all memory is freed";
}

TEST(DeviceMeasure, ChecksTheTriangleThatWasWritten) {
  host_accelerator where;
  for (const layout order : {layout::col_major, layout::row_major}) {
    const cell c{.type = tools::dtype::c64, .layout = order, .batch = 2, .n = 20};
    using T = std::complex<float>;
    device_library other{.name = "other"}, wrong{.name = "wrong"};
    other.of<T>().push_back(honest_way<T>(where, 1, "upper", true));
    wrong.of<T>().push_back(honest_way<T>(where, 1, "upper", true));
    wrong.of<T>()[0].other_triangle = false;  // the check then reads the triangle that was not written
    const outcome o = measure_on(where, c, {honest(where, "posdef", 1), other, wrong}, hasty);
    EXPECT_TRUE(find(o, "other").usable()) << find(o, "other").residual;
    EXPECT_FALSE(find(o, "wrong").usable());
  }
}

TEST(DeviceMeasure, OneFailingLibraryIsMarkedAndTheOthersContinue) {
  host_accelerator where;
  const device_way<float> honest_one = honest_way<float>(where, 1);
  device_way<float> lazy = honest_one, careless = honest_one, refusing = honest_one, failing = honest_one;
  lazy.prepare = [](const cell&, const buffers<float>&) -> device_call { return [](std::int64_t) {}; };
  careless.prepare = [=](const cell& c, const buffers<float>& all) -> device_call {
    cell less = c;
    --less.batch;  // skips the last matrix
    return honest_one.prepare(less, all);
  };
  refusing.prepare = [](const cell&, const buffers<float>&) -> device_call { throw std::runtime_error("too large"); };
  failing.prepare = [honest_one](const cell& c, const buffers<float>& all) -> device_call {
    return [call = honest_one.prepare(c, all), count = std::make_shared<int>(0)](std::int64_t k) {
      if (++*count > 4) throw std::runtime_error("launch failed");
      call(k);
    };
  };
  const outcome o = measure_on(where, {.type = tools::dtype::f32, .batch = 3, .n = 30},
                               {honest(where, "posdef", 2), with_way("lazy", lazy), with_way("careless", careless),
                                with_way("refusing", refusing), with_way("failing", failing), honest(where, "A", 3)},
                               hasty);
  ASSERT_EQ(o.ways.size(), 6u);
  EXPECT_TRUE(o.posdef().usable());
  EXPECT_FALSE(find(o, "lazy").right());
  EXPECT_FALSE(find(o, "careless").right());
  EXPECT_EQ(find(o, "refusing").left_out, "too large");
  EXPECT_EQ(find(o, "failing").left_out, "launch failed");
  EXPECT_EQ(o.best(true), (std::map<std::string, double>{{"A", 3}}));
  EXPECT_DOUBLE_EQ(o.ratio().value_or(0), 1.5);
}

TEST(DeviceMeasure, DetectsAResultThatIsWrongLater) {
  host_accelerator where;
  device_way<float> tired = honest_way<float>(where, 1);
  tired.prepare = [&where](const cell& c, const buffers<float>& all) -> device_call {
    const device_call right = honest_way<float>(where, 1).prepare(c, all);
    return [right, count = std::make_shared<int>(0)](std::int64_t k) {
      if (++*count < 4) right(k);
    };
  };
  settings patient = hasty;
  patient.seconds = 10;
  const outcome o = measure_on(where, {.n = 30}, {honest(where, "posdef", 1), with_way("tired", tired)}, patient);
  EXPECT_TRUE(o.posdef().usable());
  EXPECT_FALSE(find(o, "tired").right());
}

TEST(DeviceMeasure, ChecksLongCalls) {
  host_accelerator where;
  device_way<float> slow = honest_way<float>(where, 1);
  slow.prepare = [](const cell&, const buffers<float>&) -> device_call {
    return [](std::int64_t) { std::this_thread::sleep_for(std::chrono::milliseconds(2)); };
  };
  const outcome o = measure_on(where, {.n = 30}, {honest(where, "posdef", 1), with_way("slow", slow)}, hasty);
  EXPECT_TRUE(o.posdef().usable());
  EXPECT_FALSE(find(o, "slow").right());
}

TEST(DeviceMeasure, ReportsAFailureOfPosdefWithoutARatio) {
  host_accelerator where;
  device_way<float> failing = honest_way<float>(where, 1);
  failing.prepare = [](const cell&, const buffers<float>&) -> device_call { throw std::runtime_error("no kernel"); };
  const outcome o = measure_on(where, {.n = 8}, {with_way("posdef", failing), honest(where, "A", 3)}, hasty);
  EXPECT_EQ(o.posdef().left_out, "no kernel");
  EXPECT_FALSE(o.posdef().usable());
  EXPECT_FALSE(o.ratio());
  EXPECT_TRUE(find(o, "A").usable());
}

TEST(DeviceMeasure, RestoresAndAllocatesNothingDuringTiming) {
  host_accelerator where;  // throws if something is
  const outcome o = measure_on(where, {.batch = 2, .n = 12}, {honest(where, "posdef", 1)}, hasty);
  EXPECT_EQ(o.posdef().left_out, "");
  std::string before, last;
  for (const std::string& what : where.log) {
    if (what == "begin") {
      EXPECT_TRUE(last == "restore" || (last == "wait" && before == "restore")) << "every run starts from the inputs";
    }
    before = std::exchange(last, what);
  }
}

// Detects a call that factors an already factored matrix, or zeros.
TEST(DeviceMeasure, EveryCallReadsTheInputAndBuffersRotate) {
  host_accelerator where;
  where.cache = 11 * 12 * 12 * sizeof(float);  // eleven buffers
  std::map<std::int64_t, int> used;
  std::vector<float> input;
  device_way<float> way = honest_way<float>(where, 1e-5);
  way.prepare = [&](const cell& c, const buffers<float>& all) -> device_call {
    EXPECT_GT(all.count * c.n * c.n * 4, 2 * static_cast<std::int64_t>(where.cache));
    return [&, all, call = honest_way<float>(where, 1e-5).prepare(c, all)](std::int64_t k) {
      ++used[k];
      if (input.empty()) input.assign(all.of(k), all.of(k + 1));
      EXPECT_GT(input[0], 0);
      EXPECT_TRUE(std::equal(input.begin(), input.end(), all.of(k))) << "buffer " << k << " is not the input";
      std::this_thread::sleep_for(std::chrono::microseconds(300));  // so that a run covers only a part of the ring
      call(k);
    };
  };
  settings s = hasty;
  s.repetitions = 30;
  s.seconds = 10;
  measure_on(where, {.n = 12}, {with_way("posdef", way)}, s);
  EXPECT_EQ(used.size(), 23u);
  std::vector<int> times;
  for (const auto& [k, count] : used) times.push_back(count);
  const auto [fewest, most] = std::minmax_element(times.begin(), times.end());
  EXPECT_LE(*most, *fewest + 5) << "the first and the last calls always use the same buffers";
}

// Sizes that only large batches reach: uploads in slabs, downloads of a sample of the results.
TEST(DeviceMeasure, LargeBatchesUploadInputsOnceAndDownloadASample) {
  host_accelerator where;
  const cell c{.type = tools::dtype::f32, .batch = 70, .n = 512};  // one mebibyte each
  where.memory = std::size_t{1} << 32;
  std::vector<float> first;
  device_way<float> way = honest_way<float>(where, 1);
  way.prepare = [&](const cell&, const buffers<float>& all) -> device_call {
    return [&, all](std::int64_t k) {  // does not factor: the test only looks at the inputs
      if (first.empty()) first.assign(all.of(k), all.of(k + 1));
      EXPECT_TRUE(std::equal(first.begin(), first.end(), all.of(k))) << k;
    };
  };
  const outcome o = measure_on(where, c, {with_way("posdef", way)}, hasty);
  EXPECT_GT(o.posdef().residual, wrong_residual);
  EXPECT_EQ(where.uploaded, static_cast<std::size_t>(c.bytes())) << "one buffer; the others are copies of it";
  EXPECT_EQ(where.downloaded % (std::size_t{16} << 20), 0u);
  EXPECT_LE(where.downloaded, std::size_t{3 * 2 * 16} << 20) << "sixteen of seventy matrices, of three buffers, twice";
  // Matrix b is the first one times 1 + b/batch, also across the boundaries of slabs.
  for (const std::int64_t b : {1, 63, 64, 69}) {
    const float by = 1 + static_cast<float>(b) / 70;
    for (const std::int64_t e : {std::int64_t{0}, std::int64_t{777}, std::int64_t{512 * 512 - 1}}) {
      EXPECT_FLOAT_EQ(first[static_cast<std::size_t>(b * 512 * 512 + e)], first[static_cast<std::size_t>(e)] * by) << b;
    }
  }
}

TEST(DeviceMeasure, CallsASlowPeerTwiceAndAVerySlowOneOnce) {
  host_accelerator where;
  int hopeless_calls = 0, slow_calls = 0;
  const auto sleeping = [&](int& count, std::chrono::milliseconds how_long) {
    device_way<float> way = honest_way<float>(where, 1);
    way.prepare = [&count, &where, how_long](const cell& c, const buffers<float>& all) -> device_call {
      return [&count, how_long, call = honest_way<float>(where, 1).prepare(c, all)](std::int64_t k) {
        ++count;
        std::this_thread::sleep_for(how_long);
        call(k);
      };
    };
    return way;
  };
  settings s = hasty;
  s.seconds = 0.15;
  const outcome o = measure_on(
      where, {.n = 20},
      {honest(where, "posdef", 1), with_way("too_slow", sleeping(hopeless_calls, std::chrono::milliseconds(700))),
       with_way("slow", sleeping(slow_calls, std::chrono::milliseconds(100)))},
      s);
  EXPECT_EQ(hopeless_calls, 1);
  EXPECT_TRUE(find(o, "too_slow").left_out.starts_with("its first call took ")) << find(o, "too_slow").left_out;
  EXPECT_EQ(slow_calls, 2);
  EXPECT_TRUE(find(o, "slow").usable());
  EXPECT_EQ(find(o, "slow").repetitions, 1);
  EXPECT_DOUBLE_EQ(find(o, "slow").device_seconds, 1);
  EXPECT_GE(find(o, "slow").seconds, 0.1);
  EXPECT_GE(o.posdef().repetitions, 3);
}

TEST(DeviceMeasure, DetectsOneWrongMatrixInTheSample) {
  host_accelerator where;
  where.memory = std::size_t{1} << 32;
  const cell c{.type = tools::dtype::f32, .batch = 20, .n = 520};  // more than are checked
  for (const std::int64_t bad : {0, 19}) {
    device_way<float> way = honest_way<float>(where, 1);
    way.prepare = [&where, bad](const cell& what, const buffers<float>& all) -> device_call {
      return [=, call = honest_way<float>(where, 1).prepare(what, all)](std::int64_t k) {
        call(k);
        all.of(k)[bad * what.n * what.n + 100 * what.n + 100] *= 2;
      };
    };
    EXPECT_FALSE(measure_on(where, c, {with_way("posdef", way)}, hasty).posdef().right()) << bad;
  }
}

TEST(Sample, IsEverythingOrTheEndsAndVaryingOthers) {
  using numbers = std::vector<std::int64_t>;
  EXPECT_EQ(sampled(0, 5, 0), numbers{});
  EXPECT_EQ(sampled(4, 5, 7), (numbers{0, 1, 2, 3}));
  EXPECT_EQ(sampled(3, 0, 1), (numbers{0, 1, 2})) << "at least three";
  std::set<std::int64_t> seen;
  for (std::int64_t turn = 0; turn < 40; ++turn) {
    const numbers some = sampled(32, 5, turn);
    EXPECT_EQ(std::set<std::int64_t>(some.begin(), some.end()).size(), 5u) << "five different ones";
    EXPECT_EQ(some.front(), 0);
    EXPECT_EQ(some.back(), 31);
    seen.insert(some.begin(), some.end());
  }
  EXPECT_EQ(seen.size(), 32u) << "each one at least once";
}

TEST(DeviceMeasure, RejectsOtherOperations) {
  host_accelerator where;
  EXPECT_THROW(measure_on(where, {.op = operation::cholesky_logdet, .n = 8}, {honest(where, "posdef", 1)}, hasty),
               tools::input_error);
}

TEST(DeviceMeasure, SkipsCellsThatDoNotFit) {
  host_accelerator where;
  where.memory = 1000;
  const outcome o = measure_on(where, {.n = 100}, {honest(where, "posdef", 1)}, hasty);
  EXPECT_NE(o.posdef().left_out.find("of the device's memory"), std::string::npos) << o.posdef().left_out;
  EXPECT_FALSE(o.ratio());
}

TEST(Ring, IsLargerThanTwiceTheCacheIfMemoryAllows) {
  const std::size_t mega = std::size_t{1} << 20;
  EXPECT_EQ(ring_size(mega, 50 * mega, 1000 * mega), 101);
  EXPECT_EQ(ring_size(200 * mega, 50 * mega, 1000 * mega), 2) << "at least two";
  EXPECT_EQ(ring_size(300 * mega, 50 * mega, 1000 * mega), 1) << "or as many as fit into memory, twice";
  EXPECT_EQ(ring_size(500 * mega, 50 * mega, 1000 * mega), 0);
  EXPECT_GT(ring_size(0, 0, mega), 0);
}

}  // namespace
}  // namespace posdef::bench
