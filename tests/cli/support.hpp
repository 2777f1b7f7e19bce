// Helpers for these tests: a temporary folder, files, and running the program.
#ifndef POSDEF_TESTS_CLI_SUPPORT_HPP
#define POSDEF_TESTS_CLI_SUPPORT_HPP

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "io/matrices.hpp"
#include "io/read.hpp"
#include "io/write.hpp"

namespace posdef::test {

class temporary_folder {
 public:
  temporary_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "posdef-test-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(path_))
      out.push_back(entry.path().filename().string());
    return out;
  }

 private:
  std::filesystem::path path_;
};

inline void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

inline std::string read_file(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

inline void save(const std::string& path, tools::any_matrices m, tools::structure s = tools::structure::general) {
  tools::output_file file(path);
  tools::write_matrices(file, m, s, tools::chosen_format(path, ""));
  file.commit();
}

template <scalar T>
tools::matrices<T> load(const std::string& path) {
  return std::get<tools::matrices<T>>(tools::read_matrices(path).content);
}

/// The text of the input_error that `action` must throw.
template <class Action>
std::string complaint(const Action& action) {
  try {
    action();
  } catch (const tools::input_error& e) {
    return e.what();
  }
  ADD_FAILURE() << "no input_error was thrown";
  return "";
}

struct outcome {
  int status = -1;  ///< exit status, or 128 + signal
  std::string out, err;
};

/// A started program; its output goes to files, so that nothing can block.
class process {
 public:
  /// `terminal` is a descriptor to use as stderr, or -1.
  process(const std::vector<std::string>& command, const temporary_folder& folder, int terminal = -1)
      : out_(folder / "stdout.txt"), err_(folder / "stderr.txt") {
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    id_ = fork();
    if (id_ == 0) {
      const int out = open(out_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      const int err = terminal >= 0 ? terminal : open(err_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      dup2(out, STDOUT_FILENO);
      dup2(err, STDERR_FILENO);
      execv(arguments[0], arguments.data());
      _exit(127);
    }
  }
  void send(int signal) const { kill(id_, signal); }
  bool running() const {
    siginfo_t info{};
    waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOHANG | WNOWAIT);
    return info.si_pid == 0;
  }
  outcome wait() {
    int status = 0;
    waitpid(id_, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(out_), read_file(err_)};
  }

 private:
  std::string out_, err_;
  pid_t id_ = -1;
};

}  // namespace posdef::test

#endif
