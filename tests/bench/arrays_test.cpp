// Results of the Python libraries. The interpreter is a shell script.
#include <gtest/gtest.h>

#include "cli/support.hpp"
#include "scripts.hpp"

namespace posdef::bench {
namespace {

TEST(Arrays, ResultsBeforeAFailureAreKept) {
  const test::temporary_folder folder;
  const std::string failing = folder / "failing";
  test::write_file(failing,
                   "#!/bin/sh\n"
                   "echo '{\"versions\": {\"PyTorch\": \"2.7\"}, \"missing\": {\"JAX\": \"no jax\"}}'\n"
                   "echo '{\"results\": {\"PyTorch\": {\"seconds\": 2, \"device_seconds\": null, \"residual\": 0.5, "
                   "\"repetitions\": 7}}}'\necho killed >&2; exit 1\n");
  std::filesystem::permissions(failing, std::filesystem::perms::owner_all);
  std::vector<outcome> outcomes(2);
  for (outcome& o : outcomes) o.ways.push_back({.name = "posdef"});
  machine m;
  std::vector<outcome*> told;
  EXPECT_THROW(add_device_arrays(failing, {}, {"PyTorch", "JAX"}, outcomes, m, [&](outcome& o) { told.push_back(&o); }),
               tools::input_error);
  EXPECT_EQ(told, std::vector<outcome*>{&outcomes[0]});
  ASSERT_EQ(outcomes[0].ways.size(), 2u);
  EXPECT_EQ(outcomes[0].ways[1].seconds, 2);
  EXPECT_EQ(outcomes[0].ways[1].repetitions, 7);
  EXPECT_EQ(outcomes[1].ways.size(), 1u);
  EXPECT_EQ(m.peers["PyTorch"], "2.7");
  EXPECT_EQ(m.missing["JAX"], "no jax");
}

}  // namespace
}  // namespace posdef::bench
