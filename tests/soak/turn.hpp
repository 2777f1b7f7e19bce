// One turn of the soak test: a random problem, taken through random doors of the library, disturbed or not.
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

/// Everything random in it follows from these three numbers. Throws `wrong`.
void take_turn(std::uint64_t seed, int thread, long number, tally& counts);

/// A child of fork() takes the turn by itself; throws `wrong` if it does not come to a good end.
void take_turn_in_child(std::uint64_t seed, int thread, long number, tally& counts);

/// Loads a copy of the library, calls it and lets it go. Throws `wrong`.
void take_turn_by_copy(std::uint64_t seed, int thread, long number, tally& counts);

}  // namespace posdef::soak

#endif
