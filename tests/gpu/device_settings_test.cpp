// Measured device settings: stored and loaded; rejected if they are damaged, of another driver, or unsupported by these
// kernels.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "backend/gpu/settings.hpp"

namespace posdef::internal::gpu {
namespace {

namespace fs = std::filesystem;

class DeviceSettings : public testing::Test {
 protected:
  fs::path folder = fs::temp_directory_path() / ("posdef-settings-" + std::to_string(getpid()));
  blocking built_in = blocking_for<float>(65536);
  tuning_table table;

  void SetUp() override {
    fs::remove_all(folder);
    setenv("POSDEF_CACHE_DIR", folder.c_str(), 1);
    built_in.tiles_from = 129;
    built_in.tiles_to = 8192;
    built_in.spread_bytes = 1234;
    table[type_index<float>] = built_in;
    table[type_index<float>]->panel = 128;
    table[type_index<float>]->many = 7;
    table[type_index<float>]->tiles_to = 700;
  }
  void TearDown() override {
    unsetenv("POSDEF_CACHE_DIR");
    fs::remove_all(folder);
  }
};

TEST_F(DeviceSettings, AreFoundAgain) {
  measured_settings first("device\ndriver 1\n");
  EXPECT_FALSE(first.any());
  EXPECT_EQ(first.in_use<float>(built_in), built_in);
  EXPECT_TRUE(first.keep(table));
  const measured_settings later("device\ndriver 1\n");
  for (const auto* s : std::initializer_list<const measured_settings*>{&first, &later}) {
    EXPECT_TRUE(s->any());
    EXPECT_EQ(s->in_use<float>(built_in), *table[0]);
    EXPECT_EQ(s->in_use<double>(built_in), built_in) << "nothing was measured for double";
  }
}

TEST_F(DeviceSettings, OfAnotherTypeAreAdded) {
  measured_settings s("device\n");
  s.keep(table);
  tuning_table more;
  more[type_index<double>] = built_in;
  more[type_index<double>]->panel = 512;
  s.keep(more);
  const measured_settings later("device\n");
  EXPECT_EQ(later.in_use<float>(built_in).panel, 128);
  EXPECT_EQ(later.in_use<double>(built_in).panel, 512);
}

TEST_F(DeviceSettings, OfAnotherDriverAreNotFound) {
  measured_settings("device\ndriver 1\n").keep(table);
  EXPECT_FALSE(measured_settings("device\ndriver 2\n").any());
}

TEST_F(DeviceSettings, DamagedFilesAreRejected) {
  measured_settings("device\n").keep(table);
  const fs::path file = fs::directory_iterator(folder)->path();
  std::ifstream in(file, std::ios::binary);
  const std::string good{std::istreambuf_iterator<char>(in), {}};
  for (std::size_t i = 0; i < good.size(); i += 3) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    std::ofstream(file, std::ios::binary) << bad;
    ASSERT_FALSE(measured_settings("device\n").any()) << "byte " << i;
  }
  std::ofstream(file, std::ios::binary) << good;
  EXPECT_TRUE(measured_settings("device\n").any());
}

TEST_F(DeviceSettings, WorkInThisProcessWithoutAFolder) {
  setenv("POSDEF_CACHE_DIR", "", 1);
  measured_settings s("device\n");
  EXPECT_FALSE(s.keep(table));
  EXPECT_EQ(s.in_use<float>(built_in).panel, 128);
}

TEST_F(DeviceSettings, UnsupportedValuesAreNotUsed) {
  const auto refused = [&](auto change) {
    blocking b = built_in;
    change(b);
    EXPECT_FALSE(fits<float>(b, built_in)) << text_of({b});
    measured_settings s("a device for each\n");
    s.keep({b});
    EXPECT_EQ(s.in_use<float>(built_in), built_in);
  };
  EXPECT_TRUE(fits<float>(built_in, built_in));
  refused([](blocking& b) { b.block = 32; });
  refused([](blocking& b) { b.tile += 8; });
  refused([](blocking& b) { b.tile = b.block - 8; });
  refused([](blocking& b) { b.tile -= 1; });
  refused([](blocking& b) { b.panel = 0; });
  refused([](blocking& b) { b.panel = b.block + 1; });
  refused([](blocking& b) { b.many = -1; });
  refused([](blocking& b) { b.tiles_from = b.block; });
  refused([](blocking& b) { b.tiles_from = 0; });
  refused([](blocking& b) { b.tiles_to = 8193; });
  refused([](blocking& b) { b.tiles_to = b.tiles_from - 1; });
}

TEST_F(DeviceSettings, TrialValuesTakePrecedence) {
  measured_settings s("device\n");
  s.keep(table);
  blocking b = built_in;
  b.panel = 320;
  tried<float> = b;
  EXPECT_EQ(s.in_use<float>(built_in), b);
  tried<float>.reset();
  EXPECT_EQ(s.in_use<float>(built_in), *table[0]);
}

TEST_F(DeviceSettings, OtherTextIsRejected) {
  EXPECT_EQ(text_of(*table_of(text_of(table))), text_of(table));
  EXPECT_TRUE(table_of("").has_value());
  for (const char* text : {"f16 tile 8\n", "f32\n", "f32 tile x block 64\n", "f32 block 64 tile 128\n"})
    EXPECT_FALSE(table_of(text).has_value()) << text;
  EXPECT_FALSE(table_of(text_of(table).substr(0, 40)).has_value());
  EXPECT_FALSE(table_of("f32 more " + text_of(table)).has_value());
}

}  // namespace
}  // namespace posdef::internal::gpu
