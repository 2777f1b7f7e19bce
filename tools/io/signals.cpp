#include "io/signals.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <stdexcept>

namespace posdef::tools {
namespace {

using action = void (*)();
std::array<std::atomic<action>, 4> actions{};

extern "C" void clean_up_and_end(int signal) {
  for (const auto& one : actions) {
    if (const action tidy = one) tidy();
  }
  std::signal(signal, SIG_DFL);
  raise(signal);
}

void catch_signals() {
  // With SIGXFSZ ignored, write() returns an error for a file beyond its size limit.
  std::signal(SIGXFSZ, SIG_IGN);
  // The signals by which users, terminals and batch systems end programs.
  for (const int signal :
       {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXCPU, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF}) {
    struct sigaction old {};
    sigaction(signal, nullptr, &old);
    if (old.sa_handler == SIG_IGN) continue;  // set by nohup
    struct sigaction caught {};
    caught.sa_handler = clean_up_and_end;
    sigaction(signal, &caught, nullptr);
  }
}

}  // namespace

void at_signal(void (*tidy)()) {
  for (auto& one : actions) {
    action there = nullptr;
    if (one.compare_exchange_strong(there, tidy)) return catch_signals();
    if (there == tidy) return;
  }
  throw std::logic_error("at_signal: no room for another function");
}

}  // namespace posdef::tools
