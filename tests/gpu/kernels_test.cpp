// Every device kernel in every type, on matrices small enough for an interpreter: these tests run on an OpenCL driver
// and under Oclgrind, which reports races, divergent barriers, uninitialized memory and invalid accesses.
//
// The kernels are compiled for blocks of 8 and tiles of 32 and 64, with outer panels of 16, so that small matrices have
// complete and partial blocks, panels and tiles. The reference engine gives the expected results.
#include <cstring>

#include "backend/gpu/opencl/buffers.hpp"
#include "gpu/problems.hpp"

namespace posdef::internal {
namespace {

constexpr gpu::blocking tiny{.tile = 16, .block = 8, .panel = 16, .side = 8, .many = 2, .some = 2};

/// The same, with tiles.
constexpr gpu::blocking by_tiles_from_9{
    .tile = 16, .block = 8, .panel = 16, .side = 8, .many = 2, .some = 2, .tiles_from = 9, .tiles_to = 100};

/// The first OpenCL device, with the kernels compiled for `tiny` or as in the engine, cached for all tests of a type.
template <class T>
struct rig {
  opencl::device_state& device = opencl::device_number(0);
  opencl::compiled kernels;
  opencl::lane lane = opencl::make_lane(device.context(), device.id(), kernels);

  explicit rig(const gpu::blocking& b) : kernels(opencl::compile<T>(device.context(), device.id(), b)) {}
  static rig& get() {
    static auto& one = *new rig(tiny);
    return one;
  }
  static rig& full() {
    static auto& one = *new rig(gpu::blocking_for<T>(65536));
    return one;
  }
  void run(const problem<T>& j, const gpu::blocking& b = tiny) {
    // A staging buffer for each problem, so that none sees data of another.
    opencl::staging work{device.context(), device.id(), lane};
    gpu::staged_problems<T> problems;
    problems.reserve(work, j.a.rows, j.b.cols, j.a.count, j.in_place,
                     [&](index k) { return gpu::engine<T>::scratch_bytes(b, j.a.rows, k); });
    problems.run(work, j, team(), [&](index count, gpu::address info, gpu::address scratch) {
      return gpu::engine<T>(work.queue(), b, j.a.rows, count, info, scratch);
    });
  }
};

/// Factors a batch of three in place and returns all of its memory; in the second matrix pivot `bad` fails, if not
/// negative.
template <class T>
std::vector<T> factored(rig<T>& on, index n, const gpu::blocking& b, bool adjoint, index bad, real_type<T> scale) {
  random_batch<T> a(n, n, 3, adjoint, 5);
  for (auto& x : a.memory) x *= scale;
  if (bad >= 0) a.view[1].at(bad, bad) = T(-1);
  std::vector<index> info(3, -1);
  const problem<T> j{.what = operation::cholesky,
                     .a = a.input(),
                     .b = {},
                     .out = a.view,
                     .value = nullptr,
                     .info = info.data(),
                     .other = other_triangle::keep,
                     .in_place = true,
                     .nan = false};
  on.run(j, b);
  EXPECT_EQ(info, (std::vector<index>{0, bad + 1, 0}));
  // Memory after a failure is unspecified.
  for (index c = std::max<index>(bad, 0); bad >= 0 && c < n; ++c)
    for (index r = c; r < n; ++r) a.view[1].at(r, c) = T(0);
  return a.memory;
}

template <class T>
class Kernels : public testing::Test {
 protected:
  void SetUp() override {
    if (opencl::all_devices().empty()) GTEST_SKIP() << opencl::no_device_reason();
  }

  template <class Spoil>
  void compare(operation what, index n, index count, bool adjoint, bool in_place, const Spoil& spoil, index nrhs = 0,
               other_triangle other = other_triangle::keep, bool nan = false) {
    compare_with_reference<T>([](const problem<T>& j) { rig<T>::get().run(j); }, what, n, count, adjoint, in_place,
                              spoil, nrhs, other, nan);
  }
};
using Types = testing::Types<float, double, std::complex<float>, std::complex<double>>;
TYPED_TEST_SUITE(Kernels, Types);

TYPED_TEST(Kernels, TinyMatricesThatShareAGroup) {
  this->compare(operation::cholesky, 5, 9, false, true, spoil_nothing);
  this->compare(operation::cholesky, 11, 3, true, false, spoil_nothing, 0, other_triangle::zero);
  this->compare(
      operation::cholesky, 6, 3, false, true, [](const auto& a) { a[1].at(3, 3) = TypeParam(-1); }, 0,
      other_triangle::keep, true);
}

TYPED_TEST(Kernels, BlocksPanelsAndUpdates) {
  this->compare(operation::cholesky, 19, 2, false, true, spoil_nothing);
  this->compare(
      operation::cholesky, 17, 2, true, false, [](const auto& a) { a[0].at(9, 9) = TypeParam(-1); }, 0,
      other_triangle::zero);
}

// Outer panels of 16 columns: a matrix with three of them, and one with two that fails in the last block of the second.
TYPED_TEST(Kernels, OuterPanels) {
  this->compare(operation::cholesky, 43, 2, false, true, spoil_nothing);
  this->compare(
      operation::cholesky, 29, 3, true, false,
      [](const auto& a) {
        a[0].at(17, 17) = TypeParam(-1);
        a[2].at(28, 28) = TypeParam(0);
      },
      0, other_triangle::zero);
}

// Whole matrices in one launch, blocks, outer panels of any width, large and small tiles: all use the same order of
// operations, so the results are equal bit for bit.
TYPED_TEST(Kernels, EveryAlgorithmGivesTheSameBits) {
  using T = TypeParam;
  const auto factor = [](index n, const gpu::blocking& b, bool adjoint, index bad, real_type<T> scale) {
    return factored(rig<T>::get(), n, b, adjoint, bad, scale);
  };
  struct matter {
    index n, bad;
    real_type<T> scale;
  };
  // In the last matrices the pivots are so small that blocks are factored, and rows solved, column by column.
  const auto small = 64 * std::numeric_limits<real_type<T>>::min();
  for (const auto& [n, bad, scale] : {matter{19, -1, 1}, {19, 13, 1}, {70, -1, 1}, {70, 13, 1}, {70, -1, small}})
    for (const bool adjoint : {false, true}) {
      // Products multiply rows of complex numbers in the other order.
      const index whole = is_complex<T> && adjoint ? 16 : 72;
      const auto expected = factor(n, {whole, 8, 16, 8, 1000, 1000}, adjoint, bad, scale);
      for (const index tile : {8, 16, 64})
        for (const index panel : {8, 16, 48})
          for (const index many : {1, 1000}) {
            if (tile >= n && tile != whole && is_complex<T> && adjoint) continue;
            const auto got = factor(n, {tile, 8, panel, 8, many, many}, adjoint, bad, scale);
            EXPECT_EQ(std::memcmp(got.data(), expected.data(), got.size() * sizeof(T)), 0)
                << "n " << n << ", bad " << bad << ", scale " << scale << ", adjoint " << adjoint << ", tile " << tile
                << ", panel " << panel << ", many " << many;
          }
      const auto one_launch = factor(n, {72, 8, 16, 8, 1000, 1000}, adjoint, bad, scale);
      const auto by_tiles = factor(n, by_tiles_from_9, adjoint, bad, scale);
      EXPECT_EQ(std::memcmp(by_tiles.data(), one_launch.data(), by_tiles.size() * sizeof(T)), 0)
          << "n " << n << ", bad " << bad << ", scale " << scale << ", adjoint " << adjoint << ", by tiles";
    }
}

// With tiles: a failure in the first tile, in a later one, and none.
TYPED_TEST(Kernels, Tiles) {
  using T = TypeParam;
  for (const bool adjoint : {false, true})
    for (const index bad : {-1, 3, 17})
      compare_with_reference<T>([](const problem<T>& j) { rig<T>::get().run(j, by_tiles_from_9); }, operation::cholesky,
                                21, 2, adjoint, false,
                                [&](const auto& a) {
                                  if (bad >= 0) a[1].at(bad, bad) = T(-1);
                                },
                                0, other_triangle::zero);
}

// Blocks of the engine's size, where a work-item has several elements of a tile: the bits of blocks and panels.
TYPED_TEST(Kernels, TilesOfFullBlocks) {
  using T = TypeParam;
  const gpu::blocking panels = gpu::blocking_for<T>(65536);
  gpu::blocking tiles = panels;
  tiles.tiles_from = panels.block + 1;
  tiles.tiles_to = 1000;
  rig<T>& full = rig<T>::full();
  for (const index n : {panels.block + 1, 3 * panels.block, 4 * panels.block + 21})
    for (const index bad : {index(-1), n / 2}) {
      const auto expected = factored(full, n, panels, false, bad, 1), got = factored(full, n, tiles, false, bad, 1);
      EXPECT_EQ(std::memcmp(got.data(), expected.data(), got.size() * sizeof(T)), 0) << "n " << n << ", bad " << bad;
    }
  compare_with_reference<T>([&](const problem<T>& j) { full.run(j, tiles); }, operation::cholesky, 3 * panels.block - 2,
                            2, true, false, spoil_nothing);
}

// The other algorithms, from orders below a block, in batches of odd sizes.
TYPED_TEST(Kernels, ForcedAlgorithms) {
  using T = TypeParam;
  for (const auto algorithm : {factor_algorithm::recursive, factor_algorithm::left_looking})
    for (const index n : {1, 3, 7, 8, 21})
      compare_with_reference<T>(
          [&](problem<T> j) {
            j.algorithm = algorithm;
            rig<T>::get().run(j);
          },
          operation::cholesky, n, 3, false, true, spoil_nothing);
}

TYPED_TEST(Kernels, Solves) {
  this->compare(operation::cholesky_solve, 11, 2, false, true, spoil_nothing, 3);
  this->compare(
      operation::solve_triangular, 9, 2, true, false, [](const auto& a) { a[1].at(4, 4) = TypeParam(0); }, 2);
}

TYPED_TEST(Kernels, Inverses) {
  this->compare(operation::inv_triangular, 10, 1, false, true, spoil_nothing);
  this->compare(
      operation::cholesky_inverse, 10, 2, true, false, [](const auto& a) { a[1].at(4, 4) = TypeParam(0); }, 0,
      other_triangle::mirror);
}

TYPED_TEST(Kernels, LogDeterminants) {
  this->compare(operation::cholesky_logdet, 70, 2, false, true, spoil_nothing);
  this->compare(operation::cholesky_logdet, 7, 2, true, true, [](const auto& a) { a[1].at(4, 4) = TypeParam(0); });
}

}  // namespace
}  // namespace posdef::internal
