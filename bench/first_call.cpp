#include "first_call.hpp"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <limits>
#include <optional>

#include "host_measure.hpp"
#include "problem.hpp"

namespace posdef::bench {
namespace {

// The results of a child, sent through a pipe.
struct answer {
  bool exists = false;    // the cell has this configuration
  bool measured = false;  // the peer has the routine
  char name[32] = {}, way[32] = {};
  double seconds = 0, bytes = 0;
};

// The peak of the resident memory becomes the present resident memory.
bool reset_peak() {
  std::ofstream file("/proc/self/clear_refs");
  return static_cast<bool>(file << "5" << std::flush);
}

double peak_bytes() {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmHWM:")) return 1024.0 * std::stod(line.substr(6));
  }
  return std::numeric_limits<double>::quiet_NaN();
}

answer call_once(const cell& what, const std::vector<peer>& peers, const settings& s, std::size_t k) {
  answer a;
  a.exists = visit_configuration(what, peers, s, k, [&a](const timing& told, const std::function<void()>& call) {
#ifdef __GLIBC__
    malloc_trim(0);  // free memory that is still resident would not be counted
#endif
    const double before = reset_peak() ? peak_bytes() : std::numeric_limits<double>::quiet_NaN();
    const auto begin = std::chrono::steady_clock::now();
    call();
    a.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    a.bytes = peak_bytes() - before;
    a.measured = true;
    told.name.copy(a.name, sizeof a.name - 1);
    told.way.copy(a.way, sizeof a.way - 1);
  });
  return a;
}

// The child must leave no trace: no destructors, no flushing of buffers that the parent also has.
[[noreturn]] void run_child(int to, const cell& what, const std::vector<peer>& peers, const settings& s,
                            std::size_t k) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) signal(number, SIG_DFL);
  try {
    const answer a = call_once(what, peers, s, k);
    _exit(write(to, &a, sizeof a) == static_cast<ssize_t>(sizeof a) ? 0 : 1);
  } catch (...) {
    _exit(1);
  }
}

// Nothing if the child fails or takes too long.
std::optional<answer> receive(int from, double seconds) {
  pollfd waiting{.fd = from, .events = POLLIN, .revents = 0};
  int ready = 0;
  do {
    ready = poll(&waiting, 1, static_cast<int>(1000 * seconds));
  } while (ready < 0 && errno == EINTR);
  answer a;
  if (ready <= 0 || read(from, &a, sizeof a) != static_cast<ssize_t>(sizeof a)) return {};
  return a;
}

std::optional<answer> in_a_child(const cell& what, const std::vector<peer>& peers, const settings& s, std::size_t k) {
  int ends[2];
  if (pipe(ends) != 0) return {};
  const pid_t id = fork();
  if (id == 0) run_child(ends[1], what, peers, s, k);
  close(ends[1]);
  const auto a = id < 0 ? std::nullopt : receive(ends[0], s.patience);
  close(ends[0]);
  if (id > 0) {
    if (!a) kill(id, SIGKILL);
    while (waitpid(id, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  return a;
}

// Generates the inputs of a cell and keeps them, so that children find them.
template <scalar T>
void generate(const cell& what) {
  problem<T>(what, 0);
}

void generate_inputs(const cell& what) {
  switch (what.type) {
    case tools::dtype::f32: return generate<float>(what);
    case tools::dtype::f64: return generate<double>(what);
    case tools::dtype::c64: return generate<std::complex<float>>(what);
    default: return generate<std::complex<double>>(what);
  }
}

}  // namespace

std::vector<first_call> measure_first_calls(const cell& what, const std::vector<peer>& peers, const settings& s) {
  std::vector<first_call> all;
  generate_inputs(what);
  const std::size_t most = 2 + 2 * peers.size();  // posdef has two configurations, a peer at most two
  for (std::size_t k = 0; k < most; ++k) {
    const auto a = in_a_child(what, peers, s, k);
    if (a && !a->exists) break;
    if (a && a->measured) all.push_back({a->name, a->way, a->seconds, a->bytes});
  }
  return all;
}

void add_first_calls(const std::vector<first_call>& calls, outcome& to) {
  for (const first_call& c : calls) {
    for (timing& t : to.ways) {
      if (t.name != c.name || t.way != c.way) continue;
      t.first_seconds = c.seconds;
      t.first_bytes = c.bytes;
    }
  }
}

}  // namespace posdef::bench
