// The settings of force() and of the environment variables, with their defaults.
#pragma once

#include <string>

#include "algorithm/factor.hpp"
#include "posdef/control.hpp"

namespace posdef::internal {

/// `d`, or the device selected by engine::automatic.
device chosen_device(device d);
/// Empty: the best instruction set.
const std::string& chosen_instruction_set();
factor_algorithm chosen_algorithm();
/// POSDEF_VERBOSE=1: print a line on stderr for each call.
bool verbose();

}  // namespace posdef::internal
