// One turn of the soak test: a random problem, through random interfaces of the library, with or without faults.
#ifndef POSDEF_TESTS_SOAK_TURN_HPP
#define POSDEF_TESTS_SOAK_TURN_HPP

#include <array>
#include <atomic>
#include <cstdint>

namespace posdef::soak {

struct tally {
  std::atomic<long> turns{0}, calls{0}, spoilt{0}, faults{0}, refused{0}, shared_plans{0}, roundings{0}, forks{0},
      copies{0};
};

/// These three numbers determine everything random. Throws `wrong`.
void take_turn(std::uint64_t seed, int thread, long number, tally& counts);

/// A child of fork() runs the turn; throws `wrong` unless it exits with success.
void take_turn_in_child(std::uint64_t seed, int thread, long number, tally& counts);

/// Loads a copy of the library, calls it and unloads it. Throws `wrong`.
void take_turn_by_copy(std::uint64_t seed, int thread, long number, tally& counts);

}  // namespace posdef::soak

#endif
