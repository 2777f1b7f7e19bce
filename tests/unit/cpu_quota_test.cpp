// The CPU quota of control groups, from folders with the files of /proc and /sys.
#include "system/cpu_quota.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using posdef::internal::cpu_quota;

constexpr const char* version2 =
    "29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 master:1 - cgroup2 cgroup rw,nsdelegate";
constexpr const char* version1 = "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct";
constexpr const char* memory = "34 31 0:31 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory";

/// A folder in the place of the root of the file system.
struct CpuQuota : testing::Test {
  const std::string root = testing::TempDir() + "posdef-cpu-quota-" + std::to_string(getpid());
  void SetUp() override { std::filesystem::remove_all(root); }
  void TearDown() override { std::filesystem::remove_all(root); }

  void write(const std::string& name, const std::string& text) const {
    const std::filesystem::path file = root + name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text << '\n';
  }
  void process(const std::string& cgroup, const std::string& mountinfo) const {
    write("/proc/self/cgroup", cgroup);
    write("/proc/self/mountinfo", "23 1 0:20 / /sys rw - sysfs sysfs rw\n" + mountinfo);
  }
  std::optional<int> quota() const { return cpu_quota(root); }
};

TEST_F(CpuQuota, Version2IsRoundedUp) {
  process("0::/a/b", version2);
  EXPECT_EQ(quota(), std::nullopt) << "no file";
  for (const auto& [text, processors] :
       std::vector<std::pair<std::string, std::optional<int>>>{{"max 100000", std::nullopt},
                                                               {"100000 100000", 1},
                                                               {"100001 100000", 2},
                                                               {"250000 100000", 3},
                                                               {"1000 100000", 1},
                                                               {"40000 10000", 4},
                                                               {"350000", 4},
                                                               {"99999999999999999 1", std::nullopt},
                                                               {"", std::nullopt},
                                                               {"0 100000", std::nullopt},
                                                               {"-1 100000", std::nullopt},
                                                               {"many 100000", std::nullopt},
                                                               {"200000 0", 2},
                                                               {"200000 x", 2}}) {
    write("/sys/fs/cgroup/a/b/cpu.max", text);
    EXPECT_EQ(quota(), processors) << text;
  }
}

TEST_F(CpuQuota, TheSmallestOfAGroupAndItsParents) {
  process("0::/a/b", version2);
  write("/sys/fs/cgroup/a/b/cpu.max", "800000 100000");
  EXPECT_EQ(quota(), 8);
  write("/sys/fs/cgroup/cpu.max", "700000 100000");
  EXPECT_EQ(quota(), 7);
  write("/sys/fs/cgroup/a/cpu.max", "300000 100000");
  EXPECT_EQ(quota(), 3);
  write("/sys/fs/cgroup/other/cpu.max", "100000 100000");
  write("/sys/fs/cgroup/a/b/child/cpu.max", "100000 100000");
  EXPECT_EQ(quota(), 3) << "other groups do not count";
}

TEST_F(CpuQuota, Version1) {
  process("12:memory:/m\n4:cpu,cpuacct:/a/b\n3:cpuset:/\n1:name=systemd:/a", std::string(memory) + "\n" + version1);
  write("/sys/fs/cgroup/cpu,cpuacct/m/cpu.cfs_quota_us", "100000");  // not this process's group
  write("/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us", "-1");
  write("/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us", "100000");
  EXPECT_EQ(quota(), std::nullopt);
  write("/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us", "120000");
  EXPECT_EQ(quota(), 2);
  write("/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us", "20000");
  EXPECT_EQ(quota(), 6);
  write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "500000");
  EXPECT_EQ(quota(), 5) << "the parent, whose period is the default";
}

TEST_F(CpuQuota, BothVersions) {
  process("4:cpu:/a\n0::/b",
          "38 31 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
          "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw");
  write("/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "400000");
  EXPECT_EQ(quota(), 4);
  write("/sys/fs/cgroup/unified/b/cpu.max", "200000 100000");
  EXPECT_EQ(quota(), 2);
}

// A container has the mount of its own group; /proc/self/cgroup has the path on the host, the path below the group, or
// a path outside the namespace.
TEST_F(CpuQuota, Containers) {
  const std::string mounted = "/docker/x /sys/fs/cgroup rw - cgroup2 cgroup rw";
  write("/sys/fs/cgroup/cpu.max", "200000 100000");
  write("/sys/fs/cgroup/job/cpu.max", "100000 100000");
  write("/sys/fs/cpu.max", "100000 100000");
  write("/sys/fs/job/cpu.max", "100000 100000");
  for (const char* outside :
       {"/docker/x", "/docker/xyz", "/", "/docker", "/elsewhere/job", "/../../job", "/docker/x/.."}) {
    process(std::string("0::") + outside, "29 23 0:26 " + mounted);
    EXPECT_EQ(quota(), 2) << outside;
  }
  process("0::/docker/x/job", "29 23 0:26 " + mounted);
  EXPECT_EQ(quota(), 1);
  process("0::/../job", version2);
  EXPECT_EQ(quota(), 2);
}

TEST_F(CpuQuota, UnescapesMountPoints) {
  process("0::/a", R"(29 23 0:26 / /control\040groups\134 rw - cgroup2 cgroup rw)");
  write("/control groups\\/a/cpu.max", "200000 100000");
  EXPECT_EQ(quota(), 2);
}

TEST_F(CpuQuota, MissingAndOddFilesAreNoQuota) {
  EXPECT_EQ(quota(), std::nullopt) << "no folder";
  write("/sys/fs/cgroup/cpu.max", "100000 100000");
  for (const char* odd : {"", "\n\n", "0", "0:", "0::", ":::", "0::relative", "x:cpu", "\xff\xfe:\n:/"}) {
    process(odd, version2);
    EXPECT_EQ(quota(), std::nullopt) << odd;
  }
  for (const char* odd :
       {"", "-", " - ", " - cgroup2", "1 2 - cgroup2", "29 23 0:26 / - cgroup2", "29 23 0:26 / /sys rw -",
        R"(29 23 0:26 / /sys\ rw - cgroup2)", R"(29 23 0:26 / /sys\9 rw - cgroup2 x rw)"}) {
    process("0::/", odd);
    EXPECT_EQ(quota(), std::nullopt) << odd;
  }
  process("0::/", version1);
  EXPECT_EQ(quota(), std::nullopt) << "the hierarchy is not mounted";
  std::filesystem::remove_all(root + "/proc/self/cgroup");
  std::filesystem::create_directories(root + "/proc/self/cgroup");
  EXPECT_EQ(quota(), std::nullopt) << "a folder instead of a file";
}

}  // namespace
