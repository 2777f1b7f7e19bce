#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>

#include "scripts.hpp"

namespace posdef::bench {
namespace {

struct close_file {
  void operator()(std::FILE* f) const { std::fclose(f); }
};
using file = std::unique_ptr<std::FILE, close_file>;

file temporary() {
  file f(std::tmpfile());
  if (!f) throw tools::input_error(std::string("cannot make a temporary file: ") + std::strerror(errno));
  return f;
}

std::string content(std::FILE* f) {
  std::string all;
  std::array<char, 4096> some;
  std::rewind(f);
  while (const std::size_t got = std::fread(some.data(), 1, some.size(), f)) all.append(some.data(), got);
  return all;
}

// A child that is not left behind: if nobody waited for it to the end, it is ended.
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
  prctl(PR_SET_PDEATHSIG, SIGTERM);  // who was waiting for the answer may be killed
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

// Only what comes back is a pipe, and it is read all the time: nobody waits for somebody who waits.
void run_script(const std::string& python, const char* script, const std::vector<std::string>& arguments,
                const std::string& input, const std::function<void(const std::string&)>& take) {
  const file in = temporary(), err = temporary();
  if (std::fwrite(input.data(), 1, input.size(), in.get()) != input.size() || std::fflush(in.get()) != 0) {
    throw tools::input_error("cannot write a temporary file");
  }
  std::rewind(in.get());
  std::vector<std::string> words = {python, "-c", script};
  words.insert(words.end(), arguments.begin(), arguments.end());
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw tools::input_error(std::string("cannot make a pipe: ") + std::strerror(errno));
  const file lines(fdopen(ends[0], "r"));  // closes it
  const pid_t id = fork();
  if (id == 0) become(words, fileno(in.get()), ends[1], fileno(err.get()));
  close(ends[1]);
  if (id < 0) throw tools::input_error(std::string("cannot start ") + python + ": " + std::strerror(errno));
  started child{id};
  for_each_line(ends[0], take);
  if (child.wait() != 0) {
    std::string said = content(err.get());
    while (said.ends_with("\n")) said.pop_back();
    throw tools::input_error(said.empty() ? python + " failed" : said);
  }
}

std::string run_script(const std::string& python, const char* script, const std::vector<std::string>& arguments,
                       const std::string& input) {
  std::string all;
  run_script(python, script, arguments, input, [&all](const std::string& line) { all += line + "\n"; });
  return all;
}

namespace {

// What goes to arrays.py, and the outcomes that it was asked for.
struct question {
  nlohmann::json request;
  std::vector<outcome*> asked = {};
};

question question_for(const settings& s, std::vector<outcome>& outcomes) {
  question q{{{"threads", s.threads}, {"seconds", s.seconds / 4}, {"cells", nlohmann::json::array()}}};
  for (outcome& o : outcomes) {
    const cell& c = o.cell;
    if (c.op != operation::cholesky || c.uplo != uplo::lower || c.layout != layout::col_major) continue;
    q.request["cells"].push_back({{"dtype", tools::name_of(c.type)}, {"batch", c.batch}, {"n", c.n}});
    q.asked.push_back(&o);
  }
  return q;
}

// Null stands for a time that there is none of, and for a residual that is not a number.
double number_or_nan(const nlohmann::json& entry, const char* key) {
  const auto at = entry.find(key);
  return at == entry.end() || at->is_null() ? std::numeric_limits<double>::quiet_NaN() : at->get<double>();
}

}  // namespace

std::vector<missing_peer> add_arrays(const std::string& python, const settings& s, std::vector<outcome>& outcomes) {
  const question q = question_for(s, outcomes);
  const auto answer = nlohmann::json::parse(run_script(python, arrays_script, {}, q.request.dump()));
  for (std::size_t k = 0; k < q.asked.size(); ++k) {
    for (const auto& [name, seconds] : answer.at("seconds").at(k).items()) {
      q.asked[k]->ways.push_back({.name = name, .way = another_process, .counted = false, .seconds = seconds});
    }
  }
  std::vector<missing_peer> missing;
  for (const auto& [name, reason] : answer.at("missing").items()) missing.push_back({name, reason});
  return missing;
}

namespace {

// What device_arrays.py says of one cell.
void add_results(const nlohmann::json& results, outcome& to) {
  for (const auto& [name, entry] : results.items()) {
    timing t{.name = name, .way = another_process, .counted = false};
    if (entry.contains("left_out")) {
      t.left_out = entry.at("left_out");
    } else {
      t.seconds = number_or_nan(entry, "seconds");
      t.device_seconds = number_or_nan(entry, "device_seconds");
      t.residual = number_or_nan(entry, "residual");
      t.repetitions = entry.at("repetitions");
    }
    to.ways.push_back(std::move(t));
  }
}

}  // namespace

void add_device_arrays(const std::string& python, const settings& s, const std::vector<std::string>& names,
                       std::vector<outcome>& outcomes, machine& m, const std::function<void(outcome&)>& told) {
  question q = question_for(s, outcomes);
  q.request["device"] = s.device.index;
  q.request["libraries"] = names;
  std::size_t next = 0;
  run_script(python, device_arrays_script, {}, q.request.dump(), [&](const std::string& line) {
    const auto answer = nlohmann::json::parse(line);
    if (const auto results = answer.find("results"); results != answer.end()) {
      outcome& to = *q.asked.at(next++);
      add_results(*results, to);
      told(to);
    } else {
      for (const auto& [name, version] : answer.at("versions").items()) m.peers[name] = version;
      for (const auto& [name, reason] : answer.at("missing").items()) m.missing[name] = reason;
    }
  });
}

}  // namespace posdef::bench
