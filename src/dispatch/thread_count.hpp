// The number of threads of a call. docs/howto/threads.md has the order of the settings.
#pragma once

#include <optional>
#include <string_view>

namespace posdef::internal {

/// `threads`; num_threads() if it is 0 or if POSDEF_NUM_THREADS is set.
int chosen_threads(int threads);

/// What applies if neither the user of posdef nor the program has set a number: the first number of `openmp`, the value
/// of OMP_NUM_THREADS, else the quota, but not more than `processors`.
int automatic_threads(std::string_view openmp, std::optional<int> quota, int processors);

}  // namespace posdef::internal
