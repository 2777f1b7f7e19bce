#include "system/cpu_quota.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <string_view>

namespace posdef::internal {

namespace {

constexpr double unlimited = std::numeric_limits<double>::infinity();

/// A hierarchy of control groups: where it is mounted, and which of its groups is seen there.
struct hierarchy {
  std::string root, mounted_at;
};

bool has_item(const std::string& list, std::string_view item) {
  return ("," + list + ",").find("," + std::string(item) + ",") != std::string::npos;
}

/// mountinfo writes a space as "\040".
std::string unescaped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string digits = text[i] == '\\' ? text.substr(i + 1, 3) : "";
    if (digits.size() < 3 || digits.find_first_not_of("01234567") != std::string::npos) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(std::stoi(digits, nullptr, 8));
    i += 3;
  }
  return out;
}

/// The first mount of version 2, or of version 1's controller "cpu". A line of /proc/self/mountinfo is
///     33 31 0:30 ROOT MOUNTED_AT rw,relatime shared:1 - TYPE SOURCE rw,cpu
/// with any number of words before the dash.
std::optional<hierarchy> find_hierarchy(const std::string& root, bool version2) {
  std::ifstream in(root + "/proc/self/mountinfo");
  for (std::string line; std::getline(in, line);) {
    const std::size_t dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    std::istringstream before(line.substr(0, dash)), after(line.substr(dash + 3));
    std::string id, parent, device, seen, point, type, source, options;
    before >> id >> parent >> device >> seen >> point;
    after >> type >> source >> options;
    if (version2 ? type == "cgroup2" : type == "cgroup" && has_item(options, "cpu"))
      return hierarchy{unescaped(seen), unescaped(point)};
  }
  return std::nullopt;
}

/// The quota of one group in processors: a time per period, both in microseconds.
double quota_in(const std::string& folder, bool version2) {
  std::ifstream in(folder + (version2 ? "/cpu.max" : "/cpu.cfs_quota_us"));
  double quota = 0, period = 0;
  if (!(in >> quota) || quota <= 0) return unlimited;  // version 2 writes "max", version 1 writes -1
  if (!version2) in = std::ifstream(folder + "/cpu.cfs_period_us");
  if (!(in >> period) || period <= 0) period = 100000;  // the kernel's default
  return quota / period;
}

/// The smallest quota of a group and its parents, as far as they are seen here. A container may see its own group as
/// the root while `group` is the path on the host; then the root applies.
double quota_of_group(const std::string& root, const hierarchy& h, const std::string& group, bool version2) {
  const std::string top = h.root == "/" ? "" : h.root;
  const bool seen = (group + "/").starts_with(top + "/") && group.find("/..") == std::string::npos;
  std::string below = seen && group != "/" ? group.substr(top.size()) : "";
  double least = quota_in(root + h.mounted_at, version2);
  for (; !below.empty(); below.resize(below.rfind('/')))
    least = std::min(least, quota_in(root + h.mounted_at + below, version2));
  return least;
}

}  // namespace

std::optional<int> cpu_quota(const std::string& root) noexcept {
  try {
    double least = unlimited;
    std::ifstream in(root + "/proc/self/cgroup");
    for (std::string line; std::getline(in, line);) {  // "4:cpu,cpuacct:/group"; version 2: "0::/group"
      const std::size_t first = line.find(':'), second = line.find(":/", first + 1);
      if (first == std::string::npos || second == std::string::npos) continue;
      const std::string controllers = line.substr(first + 1, second - first - 1);
      const bool version2 = controllers.empty();
      if (!version2 && !has_item(controllers, "cpu")) continue;
      if (const auto h = find_hierarchy(root, version2))
        least = std::min(least, quota_of_group(root, *h, line.substr(second + 1), version2));
    }
    if (least > std::numeric_limits<int>::max()) return std::nullopt;
    return std::max(static_cast<int>(std::ceil(least)), 1);
  } catch (...) {  // no memory: the process works as without a quota
    return std::nullopt;
  }
}

}  // namespace posdef::internal
