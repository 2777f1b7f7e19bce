// The choice among several Python interpreters, and the output of running scripts. The interpreters are shell scripts.
#include "python/interpreter.hpp"

#include <gtest/gtest.h>

#include "python/run_script.hpp"
#include "support.hpp"

namespace posdef::tools {
namespace {

class Interpreters : public testing::Test {
 protected:
  // A script that reports these modules and folders.
  std::string python(const std::string& name, const std::string& modules, const std::string& folders = "") const {
    return script(name, "echo '{\"folders\": [" + folders + "], \"modules\": [" + modules + "]}'");
  }
  std::string script(const std::string& name, const std::string& content) const {
    test::write_file(folder / name, "#!/bin/sh\necho asked >> " + (folder / (name + ".log")) + "\n" + content + "\n");
    std::filesystem::permissions(folder / name, std::filesystem::perms::owner_all);
    return folder / name;
  }
  const test::temporary_folder folder;
};

TEST_F(Interpreters, ChoosesTheOneWithTheModulesAndListsTheOthers) {
  const std::string bare = python("bare", ""), numeric = python("numeric", "\"numpy\""),
                    all = python("all", "\"numpy\", \"torch\", \"matplotlib\"");
  const chosen_interpreter c = choose_interpreter({bare, numeric, all}, {"numpy", "torch"});
  EXPECT_EQ(c.path, all);
  EXPECT_EQ(c.words, all + " (numpy, torch); not used: " + bare + " (no numpy, torch), " + numeric + " (no torch)");
}

TEST_F(Interpreters, ChoosesTheFirstOfEquals) {
  const std::string first = python("first", "\"torch\""), second = python("second", "\"torch\", \"jax\"");
  EXPECT_EQ(choose_interpreter({first, second}, {"torch"}).path, first);
  EXPECT_EQ(choose_interpreter({second, first}, {"torch"}).path, second);
  EXPECT_EQ(choose_interpreter({first, second}, {"torch"}).words,
            first + " (torch); not used: " + second + " (same modules)");
  EXPECT_EQ(choose_interpreter({first, second}, {"cupy"}).words,
            first + " (no cupy); not used: " + second + " (same modules)");
}

TEST_F(Interpreters, ABrokenInterpreterComesLast) {
  const std::string broken = script("broken", "echo out of order >&2; exit 3"), bare = python("bare", "");
  const chosen_interpreter c = choose_interpreter({broken, bare}, {"torch"});
  EXPECT_EQ(c.path, bare);
  EXPECT_NE(c.words.find(broken + " (out of order)"), std::string::npos) << c.words;
  EXPECT_EQ(examine_interpreter(folder / "nowhere").modules.size(), 0u);
  EXPECT_NE(examine_interpreter(folder / "nowhere").problem.find("nowhere"), std::string::npos);
}

TEST_F(Interpreters, ExaminesEachOnceAndASingleOneNever) {
  const std::string some = python("some", "\"jax\"", "\"/a\", \"/b\"");
  EXPECT_EQ(choose_interpreter({some}, {"torch"}).words, some);
  EXPECT_FALSE(std::filesystem::exists(folder / "some.log"));
  for (int k = 0; k < 3; ++k) EXPECT_EQ(examine_interpreter(some).modules, std::set<std::string>{"jax"});
  EXPECT_EQ(examine_interpreter(some).folders, (std::vector<std::string>{"/a", "/b"}));
  EXPECT_EQ(test::read_file(folder / "some.log"), "asked\n");
  EXPECT_EQ(choose_interpreter({}, {"torch"}).path, "python3");
}

TEST_F(Interpreters, CandidatesComeFromTheEnvironmentInOrder) {
  EXPECT_EQ(candidate_interpreters("given"), std::vector<std::string>{"given"});
  std::filesystem::create_directory(folder / "bin");
  const std::string in_environment = python("bin/python", ""), in_path = python("python3", "");
  const char* const path = std::getenv("PATH");
  const char* const environment = std::getenv("VIRTUAL_ENV");
  const std::string path_before = path == nullptr ? "" : path, environment_before = environment ? environment : "";
  setenv("PATH", ("/no/such/folder:" + (folder / "") + ":" + path_before).c_str(), 1);
  setenv("VIRTUAL_ENV", (folder / "").c_str(), 1);
  std::vector<std::string> all = candidate_interpreters("");
  ASSERT_GE(all.size(), 2u);
  EXPECT_TRUE(std::filesystem::equivalent(all[0], in_environment)) << all[0];
  EXPECT_TRUE(std::filesystem::equivalent(all[1], in_path)) << all[1];
  if (access("/usr/bin/python3", X_OK) == 0) {
    EXPECT_EQ(all.back(), "/usr/bin/python3");
  }
  unsetenv("VIRTUAL_ENV");
  all = candidate_interpreters("");
  ASSERT_FALSE(all.empty());
  EXPECT_TRUE(std::filesystem::equivalent(all[0], in_path)) << all[0];
  setenv("PATH", path_before.c_str(), 1);
  if (environment != nullptr) setenv("VIRTUAL_ENV", environment_before.c_str(), 1);
}

// A real interpreter. It must ignore the current folder: a folder named torch there is not a module.
TEST_F(Interpreters, ExaminesARealInterpreter) {
  const auto all = candidate_interpreters("");
  if (all.empty()) GTEST_SKIP() << "no Python";
  const interpreter& i = examine_interpreter(all.back());
  EXPECT_EQ(i.problem, "");
  EXPECT_FALSE(i.folders.empty());
  for (const std::string& f : i.folders) EXPECT_NE(f, "");
}

TEST_F(Interpreters, PassesLinesOnAsTheyAreWritten) {
  // The script writes the second line only after the first was received.
  const std::string seen = folder / "seen";
  const std::string slow = script("slow", "echo one; while [ ! -e " + seen + " ]; do sleep 0.01; done; printf two");
  std::vector<std::string> lines;
  run_script(slow, "", {}, "", [&](const std::string& line) {
    lines.push_back(line);
    test::write_file(seen, "");
  });
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "two"}));
}

TEST_F(Interpreters, EndsAScriptAfterAnException) {
  const std::string endless = script("endless", "echo $$; exec sleep 1000");
  pid_t id = 0;
  EXPECT_THROW(run_script(endless, "", {}, "",
                          [&](const std::string& line) {
                            id = std::stoi(line);
                            throw std::runtime_error("enough");
                          }),
               std::runtime_error);
  ASSERT_GT(id, 0);
  EXPECT_EQ(kill(id, 0), -1) << "it still runs";
}

}  // namespace
}  // namespace posdef::tools
