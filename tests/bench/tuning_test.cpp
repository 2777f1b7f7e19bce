// Trial block sizes: results stay correct, and the table is restored.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <posdef/posdef.hpp>

#include "problem.hpp"
#include "tune.hpp"

namespace posdef::bench {
namespace {

using internal::block_sizes;
constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();

template <class T>
class Tuning : public testing::Test {
 protected:
  ~Tuning() override { internal::try_block_sizes<T>(nullptr); }

  static constexpr std::int64_t n = 333;
  // The factor and its residual.
  static std::pair<std::vector<T>, double> factor(plan<T>* with = nullptr) {
    problem<T> p({.type = tools::dtype_of<T>, .n = n}, 1);
    if (with != nullptr) {
      with->cholesky(col_major(p.matrices(0), n), {});
    } else {
      cholesky(col_major(p.matrices(0), n));
    }
    return {std::vector<T>(p.matrices(0), p.matrices(0) + n * n), p.residual()};
  }
};
using Elements = testing::Types<float, double, std::complex<float>, std::complex<double>>;
TYPED_TEST_SUITE(Tuning, Elements);

TYPED_TEST(Tuning, TrialSizesAreUsedAndTheTableIsRestored) {
  const auto [before, right] = this->factor();
  EXPECT_LT(right, 3);
  block_sizes s = internal::tabled_block_sizes<TypeParam>();
  s.unblocked_max = 32;
  s.panels[0] = {unlimited, 32};
  internal::try_block_sizes<TypeParam>(&s);
  plan<TypeParam> keeps(device{}, {.n = this->n});
  const auto [tried, still_right] = this->factor();
  EXPECT_LT(still_right, 3);
  EXPECT_NE(tried, before) << "other blocks round differently";
  internal::try_block_sizes<TypeParam>(nullptr);
  EXPECT_EQ(this->factor().first, before);
  EXPECT_EQ(this->factor(&keeps).first, tried) << "a plan keeps its sizes";
}

TYPED_TEST(Tuning, EveryTriedSizeGivesCorrectResults) {
  const block_sizes base = internal::tabled_block_sizes<TypeParam>();
  for (const tuning_parameter& q : tuning_parameters(base)) {
    for (const std::int64_t value : q.candidates) {
      block_sizes s = base;
      q.in(s) = value;
      internal::try_block_sizes<TypeParam>(&s);
      EXPECT_LT(this->factor().second, 3) << q.name << " = " << value;
    }
  }
}

TYPED_TEST(Tuning, OnlyTheTunedNumberChanges) {
  const block_sizes base = internal::tabled_block_sizes<TypeParam>();
  const tuning_parameter q{.name = "block", .direct = &block_sizes::block, .candidates = {32, 64}, .shapes = {{1, 70}}};
  std::vector<std::string> said;
  block_sizes found = tune<TypeParam>({q}, 1, 0, [&](const std::string& text) { said.push_back(text); });
  EXPECT_TRUE(found.block == base.block || found.block == 32 || found.block == 64) << found.block;
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].find("block " + std::to_string(base.block) + " -> " + std::to_string(found.block)), 0u) << said[0];
  found.block = base.block;
  EXPECT_EQ(table_row("x", found), table_row("x", base));
}

TEST(TuningRow, HasTheFormatOfTheTable) {
  const block_sizes s{.compact_max = 32,
                      .unblocked_max = 192,
                      .block = 96,
                      .panels = {{1023, 96}, {2047, 192}, {unlimited, 384}},
                      .kc = 384,
                      .mc = 192,
                      .nc = 4096};
  EXPECT_EQ(table_row("avx512", s),
            "    {.instruction_set = \"avx512\",\n"
            "     .measured_on = \"\",\n"
            "     .sizes = {.compact_max = 32,\n"
            "               .unblocked_max = 192,\n"
            "               .block = 96,\n"
            "               .panels = {{1023, 96}, {2047, 192}, {unlimited, 384}},\n"
            "               .kc = 384,\n"
            "               .mc = 192,\n"
            "               .nc = 4096}},");
}

TEST(TuningParameters, CoverEveryNumberOnShapesThatDependOnIt) {
  const block_sizes base = internal::tabled_block_sizes<float>();
  std::vector<std::string> names;
  for (const tuning_parameter& q : tuning_parameters(base)) {
    names.push_back(q.name);
    EXPECT_GT(q.candidates.size(), 2u) << q.name;
    for (const tuning_shape& shape : q.shapes) {
      if (q.panel < 0) continue;
      EXPECT_LE(shape.n, base.panels[q.panel].up_to) << q.name;
      EXPECT_GT(shape.n, q.panel == 0 ? base.unblocked_max : base.panels[q.panel - 1].up_to) << q.name;
    }
  }
  EXPECT_EQ(names, (std::vector<std::string>{"panels[0]", "panels[1]", "panels[2]", "unblocked_max", "block",
                                             "compact_max", "kc", "mc", "nc"}));
}

}  // namespace
}  // namespace posdef::bench
