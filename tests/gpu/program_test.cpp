// Compiled programs: cached on disk, rebuilt if the file is damaged, never half written; without double precision if
// the device does not support it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "backend/gpu/cache.hpp"
#include "backend/gpu/opencl/device.hpp"

namespace posdef::internal::opencl {
namespace {

namespace fs = std::filesystem;
using gpu::load_cached;
using gpu::store_cached;

class Programs : public testing::Test {
 protected:
  fs::path folder = fs::temp_directory_path() / ("posdef-cache-" + std::to_string(getpid()));
  void SetUp() override {
    fs::remove_all(folder);
    setenv("POSDEF_CACHE_DIR", folder.c_str(), 1);
  }
  void TearDown() override {
    unsetenv("POSDEF_CACHE_DIR");
    fs::remove_all(folder);
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    if (fs::exists(folder))
      for (const auto& f : fs::directory_iterator(folder)) all.push_back(f.path());
    return all;
  }
  static std::string read(const fs::path& p) {
    std::ifstream in(p, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void write(const fs::path& p, const std::string& text) { std::ofstream(p, std::ios::binary) << text; }
};

TEST_F(Programs, LoadsWhatWasStored) {
  EXPECT_FALSE(load_cached("key").has_value());
  store_cached("key", std::string("bin\0ary", 7));
  EXPECT_EQ(load_cached("key"), std::string("bin\0ary", 7));
  EXPECT_FALSE(load_cached("another key").has_value());
  store_cached("key", "newer");
  EXPECT_EQ(load_cached("key"), "newer");
  EXPECT_EQ(files().size(), 1u) << "no temporary file remains";
}

TEST_F(Programs, DetectsEveryDamage) {
  store_cached("key", "0123456789");
  const auto file = files().at(0);
  const std::string good = read(file);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    write(file, bad);
    ASSERT_FALSE(load_cached("key").has_value()) << "byte " << i;
    write(file, good.substr(0, i));
    ASSERT_FALSE(load_cached("key").has_value()) << "cut at " << i;
  }
  write(file, good + "x");
  EXPECT_FALSE(load_cached("key").has_value());
  write(file, good);
  EXPECT_TRUE(load_cached("key").has_value());
}

TEST_F(Programs, WorksWithoutAFolder) {
  setenv("POSDEF_CACHE_DIR", "", 1);
  store_cached("key", "binary");
  EXPECT_FALSE(load_cached("key").has_value());
  setenv("POSDEF_CACHE_DIR", "/proc/no-such-folder", 1);
  store_cached("key", "binary");
  EXPECT_FALSE(load_cached("key").has_value());
}

TEST_F(Programs, AreRebuiltAfterDamageOrRejectionByTheDriver) {
  if (all_devices().empty()) GTEST_SKIP() << no_device_reason();
  auto& d = device_number(0);
  const gpu::blocking tiny{.tile = 16, .block = 8, .panel = 16, .side = 8, .many = 2, .some = 2};
  const auto usable = [&] { return make_kernels(compile<float>(d.context(), d.id(), tiny)).size(); };
  EXPECT_EQ(usable(), std::size_t{gpu::kernel_count});
  ASSERT_EQ(files().size(), 1u);
  const std::string good = read(files()[0]);
  EXPECT_EQ(usable(), std::size_t{gpu::kernel_count}) << "from the cache";
  write(files()[0], good.substr(0, good.size() / 2));
  EXPECT_EQ(usable(), std::size_t{gpu::kernel_count}) << "from a damaged one";
  EXPECT_EQ(read(files()[0]).size(), good.size()) << "and the file was replaced";
}

TEST_F(Programs, SinglePrecisionKernelsContainNoDouble) {
  if (all_devices().empty()) GTEST_SKIP() << no_device_reason();
  auto& d = device_number(0);
  const gpu::blocking tiny{.tile = 16, .block = 8, .panel = 16, .side = 8, .many = 2, .some = 2};
  // For a compiler that rejects the word "double", as on a device without double precision.
  const std::string text = std::string("#define double no_such_type\n#define double2 no_such_type\n") + kernel_source;
  const auto compiles = [&](bool complex, bool wide) {
    const char* begin = text.c_str();
    const owned_program p(clCreateProgramWithSource(d.context(), 1, &begin, nullptr, nullptr));
    const auto id = d.id();
    return clBuildProgram(p.get(), 1, &id, build_options(id, complex, wide, tiny).c_str(), nullptr, nullptr) ==
           CL_SUCCESS;
  };
  EXPECT_TRUE(compiles(false, false));
  EXPECT_TRUE(compiles(true, false));
  EXPECT_FALSE(compiles(false, true)) << "otherwise this test is meaningless";
}

}  // namespace
}  // namespace posdef::internal::opencl
