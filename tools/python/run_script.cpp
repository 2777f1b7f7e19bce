#include "python/run_script.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "io/matrices.hpp"

namespace posdef::tools {
namespace {

struct close_file {
  void operator()(std::FILE* f) const { std::fclose(f); }
};
using file = std::unique_ptr<std::FILE, close_file>;

file temporary() {
  file f(std::tmpfile());
  if (!f) throw input_error(std::string("cannot make a temporary file: ") + std::strerror(errno));
  return f;
}

std::string content(std::FILE* f) {
  std::string all;
  std::array<char, 4096> some;
  std::rewind(f);
  while (const std::size_t got = std::fread(some.data(), 1, some.size(), f)) all.append(some.data(), got);
  return all;
}

// A child process. The destructor ends it if wait() was not called.
struct started {
  pid_t id;
  bool waited = false;

  int wait() {
    int status = 0;
    while (waitpid(id, &status, 0) < 0 && errno == EINTR) {
    }
    waited = true;
    return status;
  }
  ~started() {
    if (waited) return;
    kill(id, SIGTERM);
    wait();
  }
};

[[noreturn]] void become(const std::vector<std::string>& words, int in, int out, int err) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);  // the child must end if this program is killed
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  std::vector<char*> argv;
  for (const std::string& w : words) argv.push_back(const_cast<char*>(w.c_str()));
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  dprintf(STDERR_FILENO, "%s: %s", argv[0], std::strerror(errno));
  _exit(127);
}

void for_each_line(int from, const std::function<void(const std::string&)>& take) {
  std::string pending;
  std::array<char, 4096> some;
  for (;;) {
    const ssize_t got = read(from, some.data(), some.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    pending.append(some.data(), static_cast<std::size_t>(got));
    for (std::size_t end; (end = pending.find('\n')) != std::string::npos; pending.erase(0, end + 1)) {
      take(pending.substr(0, end));
    }
  }
  if (!pending.empty()) take(pending);
}

}  // namespace

// Only stdout is a pipe, and it is read continuously, so the two processes cannot block each other.
void run_script(const std::string& python, const char* script, const std::vector<std::string>& arguments,
                const std::string& input, const std::function<void(const std::string&)>& take) {
  const file in = temporary(), err = temporary();
  if (std::fwrite(input.data(), 1, input.size(), in.get()) != input.size() || std::fflush(in.get()) != 0) {
    throw input_error("cannot write a temporary file");
  }
  std::rewind(in.get());
  std::vector<std::string> words = {python, "-c", script};
  words.insert(words.end(), arguments.begin(), arguments.end());
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw input_error(std::string("cannot make a pipe: ") + std::strerror(errno));
  const file lines(fdopen(ends[0], "r"));  // closes it
  const pid_t id = fork();
  if (id == 0) become(words, fileno(in.get()), ends[1], fileno(err.get()));
  close(ends[1]);
  if (id < 0) throw input_error(std::string("cannot start ") + python + ": " + std::strerror(errno));
  started child{id};
  for_each_line(ends[0], take);
  if (child.wait() != 0) {
    std::string said = content(err.get());
    while (said.ends_with("\n")) said.pop_back();
    throw input_error(said.empty() ? python + " failed" : said);
  }
}

std::string run_script(const std::string& python, const char* script, const std::vector<std::string>& arguments,
                       const std::string& input) {
  std::string all;
  run_script(python, script, arguments, input, [&all](const std::string& line) { all += line + "\n"; });
  return all;
}

}  // namespace posdef::tools
