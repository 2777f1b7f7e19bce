#include "io/memory.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>

namespace posdef::tools {

namespace {

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

// The number in a file; unlimited if there is no file or it contains "max".
std::uint64_t limit_in(const std::string& file) {
  std::ifstream in(file);
  std::uint64_t bytes = 0;
  return in >> bytes ? bytes : unlimited;
}

// The smallest limit of a control group and its parents. In a container the path may be that of the host; then the root
// applies, which is the container's own group.
std::uint64_t limit_of_group(const std::string& root, std::string path, const std::string& name) {
  std::uint64_t least = limit_in(root + "/" + name);
  for (; path.size() > 1; path.resize(path.rfind('/'))) least = std::min(least, limit_in(root + path + "/" + name));
  return least;
}

}  // namespace

std::uint64_t limit_of_control_groups(const std::string& membership, const std::string& mounted_at) {
  std::uint64_t least = unlimited;
  std::istringstream lines(membership);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",",
                      path = line.substr(second + 1);
    if (controllers == ",,") least = std::min(least, limit_of_group(mounted_at, path, "memory.max"));
    if (controllers.find(",memory,") != std::string::npos)
      least = std::min(least, limit_of_group(mounted_at + "/memory", path, "memory.limit_in_bytes"));
  }
  return least;
}

std::uint64_t usable_memory() {
  const auto machine =
      static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGE_SIZE));
  static const std::uint64_t groups = [] {
    try {
      std::ifstream in("/proc/self/cgroup");
      return limit_of_control_groups({std::istreambuf_iterator<char>(in), {}}, "/sys/fs/cgroup");
    } catch (const std::ios_base::failure&) {  // an unreadable limit counts as no limit
      return unlimited;
    }
  }();
  rlimit space{};
  const bool limited = getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY;
  return std::min({machine, groups, limited ? static_cast<std::uint64_t>(space.rlim_cur) : unlimited});
}

std::optional<std::uint64_t> bytes_needed(std::int64_t a, std::int64_t b, std::int64_t c, std::size_t size) {
  std::int64_t bytes = static_cast<std::int64_t>(size);
  for (const std::int64_t factor : {a, b, c}) {
    if (factor < 0 || __builtin_mul_overflow(bytes, factor, &bytes)) return std::nullopt;
  }
  return static_cast<std::uint64_t>(bytes);
}

std::string human_bytes(std::uint64_t bytes) {
  constexpr std::array units = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};
  double amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (amount >= 1000 && unit + 1 < units.size()) {
    amount /= 1000;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", amount, units[unit]);
  return text.data();
}

}  // namespace posdef::tools
