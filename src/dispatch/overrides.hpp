// What the caller has pinned, by force() or by environment variables, and what it leaves open.
#pragma once

#include <string>

#include "algorithm/factor.hpp"
#include "posdef/control.hpp"

namespace posdef::internal {

/// `d`, or what engine::automatic stands for if `d` says that.
device chosen_device(device d);
/// Empty: the best one.
const std::string& chosen_instruction_set();
factor_algorithm chosen_algorithm();
/// POSDEF_VERBOSE=1: a line on stderr for each call.
bool verbose();
/// options.threads, or the default.
int chosen_threads(int threads);

}  // namespace posdef::internal
