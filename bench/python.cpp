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

}  // namespace

std::string default_python() {
  const char* const debian = "/usr/bin/python3";
  return access(debian, X_OK) == 0 ? debian : "python3";
}

// Files rather than pipes: nobody waits for somebody who waits.
std::string run_script(const std::string& python, const char* script, const std::vector<std::string>& arguments,
                       const std::string& input) {
  const file in = temporary(), out = temporary(), err = temporary();
  if (std::fwrite(input.data(), 1, input.size(), in.get()) != input.size() || std::fflush(in.get()) != 0) {
    throw tools::input_error("cannot write a temporary file");
  }
  std::rewind(in.get());
  std::vector<std::string> words = {python, "-c", script};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);

  const pid_t child = fork();
  if (child < 0) throw tools::input_error(std::string("cannot start ") + python + ": " + std::strerror(errno));
  if (child == 0) {
    dup2(fileno(in.get()), STDIN_FILENO);
    dup2(fileno(out.get()), STDOUT_FILENO);
    dup2(fileno(err.get()), STDERR_FILENO);
    execvp(argv[0], argv.data());
    dprintf(STDERR_FILENO, "%s: %s", argv[0], std::strerror(errno));
    _exit(127);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0) {
    std::string said = content(err.get());
    while (said.ends_with("\n")) said.pop_back();
    throw tools::input_error(said.empty() ? python + " failed" : said);
  }
  return content(out.get());
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
      q.asked[k]->ways.push_back({.name = name, .way = "another process", .counted = false, .seconds = seconds});
    }
  }
  std::vector<missing_peer> missing;
  for (const auto& [name, reason] : answer.at("missing").items()) missing.push_back({name, reason});
  return missing;
}

void add_device_arrays(const std::string& python, const settings& s, const std::vector<std::string>& names,
                       std::vector<outcome>& outcomes, machine& m) {
  question q = question_for(s, outcomes);
  q.request["device"] = s.device.index;
  q.request["libraries"] = names;
  const auto answer = nlohmann::json::parse(run_script(python, device_arrays_script, {}, q.request.dump()));
  for (std::size_t k = 0; k < q.asked.size(); ++k) {
    for (const auto& [name, entry] : answer.at("results").at(k).items()) {
      timing t{.name = name, .way = "another process", .counted = false};
      if (entry.contains("left_out")) {
        t.left_out = entry.at("left_out");
      } else {
        t.seconds = number_or_nan(entry, "seconds");
        t.device_seconds = number_or_nan(entry, "device_seconds");
        t.residual = number_or_nan(entry, "residual");
        t.repetitions = entry.at("repetitions");
      }
      q.asked[k]->ways.push_back(std::move(t));
    }
  }
  for (const auto& [name, version] : answer.at("versions").items()) m.peers[name] = version;
  for (const auto& [name, reason] : answer.at("missing").items()) m.missing[name] = reason;
}

}  // namespace posdef::bench
