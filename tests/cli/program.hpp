// Runs the built program.
#ifndef POSDEF_TESTS_CLI_PROGRAM_HPP
#define POSDEF_TESTS_CLI_PROGRAM_HPP

#include <algorithm>
#include <nlohmann/json.hpp>

#include "support.hpp"

namespace posdef::test {

using json = nlohmann::json;

class Program : public testing::Test {
 protected:
  outcome run(std::vector<std::string> words) const {
    words.insert(words.begin(), POSDEF_PROGRAM);
    return process(words, output_).wait();
  }
  // A shell script in which "$0" is the program and "$1" the first of `arguments`.
  outcome run_script(const std::string& script, const std::vector<std::string>& arguments) const {
    std::vector<std::string> words = {"/bin/sh", "-c", script, POSDEF_PROGRAM};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return process(words, output_).wait();
  }
  json run_json(std::vector<std::string> words, int status = 0) const {
    words.push_back("--json");
    const outcome o = run(words);
    EXPECT_EQ(o.status, status) << o.out << o.err;
    EXPECT_EQ(o.err, "");
    return json::parse(o.out);
  }
  // The folder contains exactly these files.
  void expect_files(std::vector<std::string> names) const {
    std::vector<std::string> found = folder.names();
    std::sort(found.begin(), found.end());
    std::sort(names.begin(), names.end());
    EXPECT_EQ(found, names);
  }

  const temporary_folder folder;

 private:
  const temporary_folder output_;
};

}  // namespace posdef::test

#endif
