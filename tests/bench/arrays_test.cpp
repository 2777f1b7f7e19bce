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

// The lower, column-major cells only; libraries that are missing are named, and the others keep their results.
TEST(Arrays, ResultsVersionsAndMissingLibraries) {
  const test::temporary_folder folder;
  const std::string python = folder / "python";
  test::write_file(python,
                   "#!/bin/sh\ncat > " + (folder / "request") +
                       "\n"
                       "echo '{\"versions\": {\"SciPy\": \"1.17\"}, \"missing\": {\"NumPy\": \"no numpy\"}, "
                       "\"results\": [{\"SciPy\": {\"seconds\": 2, \"residual\": null, \"repetitions\": 3}}]}'\n");
  std::filesystem::permissions(python, std::filesystem::perms::owner_all);
  std::vector<outcome> outcomes(2);
  for (outcome& o : outcomes) o.ways.push_back({.name = "posdef"});
  outcomes[0].cell = {.uplo = uplo::upper, .n = 5};
  outcomes[1].cell = {.type = tools::dtype::c64, .batch = 7, .n = 5};
  machine m;
  add_arrays(python, {.threads = 3}, outcomes, m);
  EXPECT_EQ(outcomes[0].ways.size(), 1u);
  ASSERT_EQ(outcomes[1].ways.size(), 2u);
  EXPECT_EQ(outcomes[1].ways[1].name, "SciPy");
  EXPECT_EQ(outcomes[1].ways[1].seconds, 2);
  EXPECT_EQ(outcomes[1].ways[1].repetitions, 3);
  EXPECT_FALSE(outcomes[1].ways[1].counted);
  EXPECT_FALSE(outcomes[1].ways[1].usable()) << "its residual is not finite";
  EXPECT_EQ(m.peers["SciPy"], "1.17");
  EXPECT_EQ(m.missing["NumPy"], "no numpy");
  const auto request = nlohmann::json::parse(test::read_file(folder / "request"));
  EXPECT_EQ(request["threads"], 3);
  EXPECT_EQ(request["cells"], nlohmann::json::parse(R"([{"batch": 7, "dtype": "c64", "n": 5}])"));
}

}  // namespace
}  // namespace posdef::bench
