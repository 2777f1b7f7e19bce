// The soak test: for a given time, eight threads call the library in every way concurrently, and every result is
// checked.
//
//   soak --seconds N --seed S     runs for N seconds (default 5); S is 1 or the seed printed by a failed run
//   soak --seed S --turn T:K      repeats only turn K of thread T of that run
//
// A turn is a random batch of matrices: type, order, triangle, layout, leading dimension, number of threads; in a
// quarter of the batches some matrices are not positive definite or contain NaN or infinity. It is factored, and the
// factor is used to solve, to invert or for the determinant, through any of the interfaces: C++ functions that throw or
// report, C functions, its own plans, a plan shared by all threads. Meanwhile
//
//   memory    in every fifth call the k-th allocation fails, or all from there on
//   threads   a thread cannot be started
//   rounding  half of the calls run in another rounding mode, which must be unchanged afterwards
//   fork      a child process runs a turn and exits
//   dlopen    a copy of libposdef is loaded, called and unloaded
//
// It first prints the seed, and at the end counts. The first error ends it with exit status 1 and the number of the
// failed turn. Repeating a single turn repeats its matrices, calls and faults, but not the concurrent work of other
// threads.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "faults/injector.hpp"
#include "turn.hpp"

namespace {

using namespace posdef::soak;

constexpr int threads = 8;

// Once in this many turns.
constexpr long fork_every = 97, copy_every = 331;

struct arguments {
  double seconds = 5;
  std::uint64_t seed = 1;
  int thread = -1;
  long turn = -1;
};

[[noreturn]] void explain() {
  std::fprintf(stderr, "soak [--seconds N] [--seed S] [--turn THREAD:NUMBER]\n");
  std::exit(2);
}

arguments read(int argc, char** argv) {
  arguments a;
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc) explain();
    if (std::strcmp(argv[i], "--seconds") == 0) {
      a.seconds = std::atof(argv[i + 1]);
    } else if (std::strcmp(argv[i], "--seed") == 0) {
      a.seed = std::strtoull(argv[i + 1], nullptr, 10);
    } else if (std::strcmp(argv[i], "--turn") != 0 || std::sscanf(argv[i + 1], "%d:%ld", &a.thread, &a.turn) != 2) {
      explain();
    }
  }
  return a;
}

void take(const arguments& a, int thread, long number, tally& counts) {
  try {
    if (number % copy_every == copy_every - 1)
      take_turn_by_copy(a.seed, thread, number, counts);
    else if (number % fork_every == fork_every - 1)
      take_turn_in_child(a.seed, thread, number, counts);
    else
      take_turn(a.seed, thread, number, counts);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "WRONG: %s\nrepeat: soak --seed %llu --turn %d:%ld, or soak --seed %llu for all of it\n",
                 e.what(), static_cast<unsigned long long>(a.seed), thread, number,
                 static_cast<unsigned long long>(a.seed));
    std::_Exit(1);
  }
}

void take_turns(const arguments& a, tally& counts) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(a.seconds);
  std::latch all_there(threads + 1);
  std::vector<std::jthread> team;
  for (int t = 0; t < threads; ++t) {
    team.emplace_back([&, t] {
      all_there.arrive_and_wait();
      for (long k = 0; std::chrono::steady_clock::now() < end; ++k) take(a, t, k, counts);
    });
  }
  posdef::faults::arm({posdef::faults::kind::threads, static_cast<long>(a.seed % 3) + 1, false, 0});
  all_there.arrive_and_wait();
}

}  // namespace

int main(int argc, char** argv) {
  const arguments a = read(argc, argv);
  std::printf("seed %llu\n", static_cast<unsigned long long>(a.seed));
  std::fflush(stdout);
  tally counts;
  if (a.turn >= 0)
    take(a, a.thread, a.turn, counts);
  else
    take_turns(a, counts);
  const long threads_refused = posdef::faults::disarm().faults;
  std::printf("%ld turns: %ld calls, %ld of them by shared plans, %ld in other rounding modes\n", counts.turns.load(),
              counts.calls.load(), counts.shared_plans.load(), counts.roundings.load());
  std::printf("%ld matrices that are not positive definite\n", counts.spoilt.load());
  std::printf("%ld failed allocations, which made %ld calls fail; %ld threads not started\n", counts.faults.load(),
              counts.refused.load(), threads_refused);
  std::printf("%ld forks, %ld copies of the library\n", counts.forks.load(), counts.copies.load());
  return 0;
}
