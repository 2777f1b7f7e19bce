// The size member of every C structure, for programs built with an older or a newer posdef.h.
#include <gtest/gtest.h>
#include <posdef/posdef.h>

#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

namespace {

// A structure followed by extra memory, as a newer posdef.h would declare it.
template <class Structure>
struct newer {
  Structure known;
  std::int64_t added[2] = {0, 0};
};

double value = 0;

posdef_matrix scalar_matrix() {
  value = 4;
  return posdef_col_major(POSDEF_F64, &value, 1, 1);
}

TEST(SizeProtocol, InitMacrosCarryTheSize) {
  const posdef_matrix m = POSDEF_MATRIX_INIT;
  const posdef_options o = POSDEF_OPTIONS_INIT;
  const posdef_device_info d = POSDEF_DEVICE_INFO_INIT;
  EXPECT_EQ(m.size, sizeof(m));
  EXPECT_EQ(o.size, sizeof(o));
  EXPECT_EQ(d.size, sizeof(d));
}

// The layout is the binary interface: no padding that a newer member could use, and no changed offsets.
TEST(SizeProtocol, LayoutIsFixed) {
  EXPECT_EQ(sizeof(posdef_matrix), 72u);
  EXPECT_EQ(offsetof(posdef_matrix, stride), 56u);
  EXPECT_EQ(offsetof(posdef_matrix, dtype), 68u);
  EXPECT_EQ(sizeof(posdef_options), 40u);
  EXPECT_EQ(offsetof(posdef_options, threads), 28u);
  EXPECT_EQ(offsetof(posdef_options, device), 32u);
  EXPECT_EQ(sizeof(posdef_device_info), 256u);
  EXPECT_EQ(offsetof(posdef_device_info, description), 40u);
}

TEST(SizeProtocol, OlderOptionsGetDefaultsForNewMembers) {
  posdef_matrix m = scalar_matrix();
  posdef_options o = POSDEF_OPTIONS_INIT;
  o.device = "no such device";
  EXPECT_EQ(posdef_cholesky(&m, nullptr, nullptr, &o), POSDEF_INVALID_ARGUMENT);
  o.size = offsetof(posdef_options, device);
  EXPECT_EQ(posdef_cholesky(&m, nullptr, nullptr, &o), POSDEF_SUCCESS);
  EXPECT_EQ(value, 2);

  o.uplo = 77;  // part of that size, so still checked
  EXPECT_EQ(posdef_cholesky(&m, nullptr, nullptr, &o), POSDEF_INVALID_ARGUMENT);
  o.size = sizeof(std::size_t);
  EXPECT_EQ(posdef_cholesky(&m, nullptr, nullptr, &o), POSDEF_SUCCESS);
}

TEST(SizeProtocol, OlderMatrixGetsDefaultsForNewMembers) {
  posdef_matrix m = scalar_matrix();
  m.stride = 1000;
  m.dtype = POSDEF_F32;
  m.size = offsetof(posdef_matrix, order);  // POSDEF_COL_MAJOR and POSDEF_F64 by default
  EXPECT_EQ(posdef_cholesky(&m, nullptr, nullptr, nullptr), POSDEF_SUCCESS);
  EXPECT_EQ(value, 2);
}

TEST(SizeProtocol, OlderDeviceInfoIsNotOverrun) {
  posdef_device_info d = POSDEF_DEVICE_INFO_INIT;
  d.size = offsetof(posdef_device_info, description);
  std::memset(d.description, 'x', sizeof(d.description));
  ASSERT_EQ(posdef_get_device(0, &d), POSDEF_SUCCESS);
  EXPECT_NE(d.name[0], '\0');
  EXPECT_EQ(std::string(d.description, sizeof(d.description)), std::string(sizeof(d.description), 'x'));
}

TEST(SizeProtocol, NewerStructuresAreAcceptedIfUnknownMembersAreZero) {
  newer<posdef_options> o{POSDEF_OPTIONS_INIT};
  newer<posdef_matrix> m{scalar_matrix()};
  o.known.size = sizeof(o);
  m.known.size = sizeof(m);
  EXPECT_EQ(posdef_cholesky(&m.known, nullptr, nullptr, &o.known), POSDEF_SUCCESS);
  EXPECT_EQ(value, 2);

  o.added[1] = 1;
  EXPECT_EQ(posdef_cholesky(&m.known, nullptr, nullptr, &o.known), POSDEF_INVALID_ARGUMENT);
  EXPECT_NE(std::string(posdef_last_error()).find("options.size"), std::string::npos) << posdef_last_error();
  o.added[1] = 0;
  m.added[0] = -1;
  EXPECT_EQ(posdef_cholesky(&m.known, nullptr, nullptr, &o.known), POSDEF_INVALID_ARGUMENT);
  EXPECT_NE(std::string(posdef_last_error()).find("a.size"), std::string::npos) << posdef_last_error();
}

TEST(SizeProtocol, RejectsSizesOfNoVersion) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{7}, std::size_t{13}, std::size_t{1} << 20, ~std::size_t{0}}) {
    posdef_matrix m = scalar_matrix();
    posdef_options o = POSDEF_OPTIONS_INIT;
    o.size = size;
    EXPECT_EQ(posdef_cholesky(&m, nullptr, nullptr, &o), POSDEF_INVALID_ARGUMENT) << size;
    EXPECT_NE(std::string(posdef_last_error()).find("options.size"), std::string::npos) << posdef_last_error();
    m.size = size;
    EXPECT_EQ(posdef_cholesky(&m, nullptr, nullptr, nullptr), POSDEF_INVALID_ARGUMENT) << size;
    EXPECT_EQ(value, 4);
  }
}

// A huge size with zeros is not a newer version but an error.
TEST(SizeProtocol, RejectsHugeSizes) {
  posdef_matrix m = scalar_matrix();
  std::vector<posdef_options> o(1000);
  std::memset(o.data(), 0, o.size() * sizeof(posdef_options));
  o[0].size = o.size() * sizeof(posdef_options);
  EXPECT_EQ(posdef_cholesky(&m, nullptr, nullptr, o.data()), POSDEF_INVALID_ARGUMENT);
  EXPECT_EQ(value, 4);
}

}  // namespace
