// The CPU quota of this process: the processors' time that its control groups (containers, batch systems) allow.
#pragma once

#include <optional>
#include <string>

namespace posdef::internal {

/// The smallest quota of the process's control group and its parents, of both versions of control groups, in
/// processors, rounded up. Nothing without a quota, or if it cannot be read. root: the folder that holds proc and sys,
/// "" except in tests.
std::optional<int> cpu_quota(const std::string& root) noexcept;

}  // namespace posdef::internal
