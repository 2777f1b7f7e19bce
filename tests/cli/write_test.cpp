// The writers: every number reads back bit for bit, and a file is written completely or not at all.
#include <cmath>
#include <cstring>
#include <limits>

#include "generate/random.hpp"
#include "support.hpp"

namespace posdef::test {
namespace {

using tools::matrices;

template <class T>
matrices<T> sample(std::int64_t batch, std::int64_t rows, std::int64_t cols, layout order) {
  using W = std::conditional_t<tools::is_complex<T>, std::complex<double>, double>;
  tools::random_source random(7);
  matrices<T> m(batch, rows, cols, order);
  for (std::int64_t e = 0; e < m.elements.size(); ++e) {
    m.elements.data()[e] = static_cast<T>(random.standard<W>() * std::pow(10.0, random.uniform(-30, 30)));
  }
  return m;
}

template <class T, class U>
bool same(const matrices<T>& a, const matrices<U>& b) {
  if (a.batch != b.batch || a.rows != b.rows || a.cols != b.cols) return false;
  for (std::int64_t k = 0; k < a.batch; ++k) {
    for (std::int64_t i = 0; i < a.rows; ++i) {
      for (std::int64_t j = 0; j < a.cols; ++j) {
        if (static_cast<U>(a(k, i, j)) != b(k, i, j)) return false;
      }
    }
  }
  return true;
}

template <class T>
class RoundTrip : public testing::Test {};
using all_types = testing::Types<float, double, std::complex<float>, std::complex<double>>;
TYPED_TEST_SUITE(RoundTrip, all_types);

TYPED_TEST(RoundTrip, Npy) {
  const temporary_folder folder;
  for (const layout order : {layout::col_major, layout::row_major}) {
    for (const std::int64_t batch : {0, 1, 3}) {
      save(folder / "a.npy", sample<TypeParam>(batch, 5, 4, order));
      // A batch of one reads back as a matrix, and a batch without matrices as an empty batch.
      EXPECT_TRUE(same(sample<TypeParam>(batch, 5, 4, order), load<TypeParam>(folder / "a.npy")));
    }
  }
}

TYPED_TEST(RoundTrip, MatrixMarketIsReadBackInDoublePrecision) {
  using wide = std::conditional_t<tools::is_complex<TypeParam>, std::complex<double>, double>;
  const temporary_folder folder;
  auto dense = sample<TypeParam>(1, 6, 5, layout::row_major);
  save(folder / "a.mtx", sample<TypeParam>(1, 6, 5, layout::row_major));
  EXPECT_NE(read_file(folder / "a.mtx").find(" array "), std::string::npos);
  EXPECT_TRUE(same(dense, load<wide>(folder / "a.mtx")));

  matrices<TypeParam> sparse(1, 6, 6);
  for (std::int64_t i = 0; i < 6; ++i) sparse(0, i, i) = std::real(dense(0, i, 0));
  sparse(0, 4, 2) = dense(0, 0, 1);
  sparse(0, 2, 4) = tools::conjugate(dense(0, 0, 1));
  matrices<TypeParam> copy(1, 6, 6);
  std::copy_n(sparse.elements.data(), sparse.elements.size(), copy.elements.data());
  save(folder / "s.mtx", std::move(copy), tools::structure::hermitian);
  EXPECT_NE(read_file(folder / "s.mtx")
                .find(tools::is_complex<TypeParam> ? "coordinate complex hermitian\n6 6 7\n"
                                                   : "coordinate real symmetric\n6 6 7\n"),
            std::string::npos);
  EXPECT_TRUE(same(sparse, load<wide>(folder / "s.mtx")));
}

TEST(Writer, ExtremeNumbersSurviveMatrixMarket) {
  using limits = std::numeric_limits<double>;
  const temporary_folder folder;
  const double values[] = {limits::max(), limits::lowest(), limits::min(),      limits::denorm_min(),
                           0.1,           1.0 / 3,          limits::infinity(), -limits::infinity()};
  matrices<double> m(1, 8, 1);
  std::copy_n(values, 8, m.elements.data());
  save(folder / "a.mtx", std::move(m));
  const auto back = load<double>(folder / "a.mtx");
  EXPECT_EQ(std::memcmp(back.elements.data(), values, sizeof values), 0);
  matrices<double> nan(1, 1, 1);
  nan(0, 0, 0) = limits::quiet_NaN();
  save(folder / "nan.mtx", std::move(nan));
  EXPECT_TRUE(std::isnan(load<double>(folder / "nan.mtx")(0, 0, 0)));
}

TEST(Writer, NpyDataStartsAtAMultipleOf64) {
  const temporary_folder folder;
  for (const std::int64_t n : {1, 10, 100}) {
    save(folder / "a.npy", matrices<double>(1, n, n));
    EXPECT_EQ((read_file(folder / "a.npy").size() - static_cast<std::size_t>(n * n * 8)) % 64, 0u);
  }
}

TEST(Writer, LargeFilesAreFlushedInPieces) {
  const temporary_folder folder;
  save(folder / "a.npy", sample<double>(1, 700, 600, layout::col_major));
  EXPECT_TRUE(same(sample<double>(1, 700, 600, layout::col_major), load<double>(folder / "a.npy")));
}

TEST(OutputFile, WritesLargeFilesBeforeCommit) {
  const temporary_folder folder;
  tools::output_file file(folder / "a");
  for (int k = 0; k < 300; ++k) file.write(std::string(10000, 'x'));
  EXPECT_GE(std::filesystem::file_size(folder / folder.names().at(0)), 1000000u) << "before commit";
  file.commit();
  EXPECT_EQ(std::filesystem::file_size(folder / "a"), 3000000u);
}

TEST(Writer, MatrixMarketHoldsOneMatrix) {
  const temporary_folder folder;
  EXPECT_NE(complaint([&] { save(folder / "a.mtx", matrices<double>(2, 3, 3)); }).find(".npy"), std::string::npos);
  EXPECT_TRUE(folder.names().empty());
}

TEST(OutputFile, DoesNotExistBeforeCommit) {
  const temporary_folder folder;
  {
    tools::output_file file(folder / "a");
    file.write("half");
    EXPECT_FALSE(std::filesystem::exists(folder / "a"));
    EXPECT_EQ(folder.names().size(), 1u);  // the temporary file
  }
  EXPECT_TRUE(folder.names().empty());
}

void put(const std::string& path, std::string_view bytes) {
  tools::output_file file(path);
  file.write(bytes);
  file.commit();
}

TEST(OutputFile, KeepsTheModeOfAFileAndAppliesTheUmaskToANewOne) {
  const temporary_folder folder;
  const auto mode = [&](const char* name) {
    struct stat status {};
    stat((folder / name).c_str(), &status);
    return status.st_mode & 0777;
  };
  const mode_t before = umask(027);
  write_file(folder / "old", "old");
  chmod((folder / "old").c_str(), 0664);
  put(folder / "old", "new");
  put(folder / "fresh", "new");
  umask(before);
  EXPECT_EQ(mode("old"), 0664u);
  EXPECT_EQ(mode("fresh"), 0640u);
}

TEST(OutputFile, FollowsLinksToMissingFiles) {
  const temporary_folder folder;
  std::filesystem::create_symlink("elsewhere", folder / "link");
  put(folder / "link", "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(read_file(folder / "elsewhere"), "new");
}

TEST(OutputFile, KeepsBothNamesOfAHardLinkedFile) {
  const temporary_folder folder;
  write_file(folder / "a", "old and longer");
  std::filesystem::create_hard_link(folder / "a", folder / "b");
  { tools::output_file(folder / "a").write("new"); }
  EXPECT_EQ(read_file(folder / "b"), "old and longer");
  put(folder / "a", "new");
  EXPECT_EQ(read_file(folder / "b"), "new");
}

TEST(OutputFile, AcceptsLongNamesAndOldTemporaryFiles) {
  const temporary_folder folder;
  const std::string name(250, 'n');
  put(folder / name, "new");
  EXPECT_EQ(read_file(folder / name), "new");
  for (int k = 0; k < 3; ++k) {
    write_file(folder / ("a.tmp" + std::to_string(getpid() + k)), "left by a process that was killed");
    put(folder / "a", "new");
  }
  EXPECT_EQ(read_file(folder / "a"), "new");
}

// Both versions of control groups: the smallest limit of a group and its parents applies.
TEST(Memory, ControlGroupsLimitMemory) {
  const temporary_folder folder;
  const auto limit = [&](const char* membership) { return tools::limit_of_control_groups(membership, folder / "cg"); };
  const auto group = [&](const std::string& path, const char* name, const char* text) {
    std::filesystem::create_directories(folder / ("cg/" + path));
    write_file(folder / ("cg/" + path + "/" + name), text);
  };
  constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(limit("0::/job/step\n"), none);
  group("job", "memory.max", "800000000\n");
  group("job/step", "memory.max", "max\n");
  EXPECT_EQ(limit("0::/job/step\n"), 800000000u);
  group("job/step", "memory.max", "500\n");
  EXPECT_EQ(limit("0::/job/step\n"), 500u);
  EXPECT_EQ(limit("0::/other\n"), none);
  group(".", "memory.max", "900\n");
  EXPECT_EQ(limit("0::/outside/of/this/container\n"), 900u);
  group("memory/a", "memory.limit_in_bytes", "700\n");
  EXPECT_EQ(limit("5:cpu,memory:/a/b\n3:cpuset:/a\n"), 700u);
  EXPECT_EQ(limit("not a line\n\n"), none);
}

TEST(OutputFile, LeavesTheOldFileAloneUntilCommit) {
  const temporary_folder folder;
  write_file(folder / "a", "old");
  { tools::output_file(folder / "a").write("new"); }
  EXPECT_EQ(read_file(folder / "a"), "old");
  tools::output_file file(folder / "a");
  file.write("new");
  file.commit();
  EXPECT_EQ(read_file(folder / "a"), "new");
}

TEST(OutputFile, FollowsASymbolicLinkAndKeepsTheMode) {
  const temporary_folder folder;
  write_file(folder / "real", "old");
  std::filesystem::permissions(folder / "real", std::filesystem::perms(0640));
  std::filesystem::create_symlink(folder / "real", folder / "link");
  tools::output_file file(folder / "link");
  file.write("new");
  file.commit();
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(read_file(folder / "real"), "new");
  EXPECT_EQ(std::filesystem::status(folder / "real").permissions(), std::filesystem::perms(0640));
}

TEST(OutputFile, WritesToADeviceDirectly) {
  tools::output_file file("/dev/null");
  file.write("gone");
  file.commit();
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST(OutputFile, UnwritableFilesAreNamedInTheError) {
  const temporary_folder folder;
  EXPECT_NE(complaint([&] { tools::output_file(folder / "no/such/folder"); }).find("cannot write"), std::string::npos);
  EXPECT_NE(complaint([&] { tools::output_file(folder / ""); }).find("a directory"), std::string::npos);
  EXPECT_NE(complaint([&] {
              tools::output_file file("/dev/full");
              file.write("x");
              file.commit();
            }).find("No space left"),
            std::string::npos);
}

TEST(Convert, BetweenAllTypes) {
  for (const tools::dtype to : {tools::dtype::f32, tools::dtype::f64, tools::dtype::c64, tools::dtype::c128}) {
    matrices<std::complex<double>> m(1, 2, 2);
    m(0, 1, 0) = 1.5;
    const tools::any_matrices out = tools::convert(std::move(m), to, "m");
    EXPECT_EQ(tools::dtype_of_any(out), to);
    std::visit([](const auto& x) { EXPECT_EQ(std::real(x(0, 1, 0)), 1.5); }, out);
  }
}

TEST(Convert, RejectsComplexToRealWithImaginaryParts) {
  matrices<std::complex<double>> m(2, 2, 2);
  m(1, 0, 1) = {1, 2};
  const std::string text = complaint([&] { tools::convert(std::move(m), tools::dtype::f64, "m.npy"); });
  EXPECT_NE(text.find("element (1, 2) of matrix 1"), std::string::npos) << text;
}

TEST(Convert, ChecksMemoryFirst) {
  EXPECT_NE(
      complaint([] { tools::convert(matrices<float>(1, 100, 100), tools::dtype::c128, "m", 1000); }).find("needs"),
      std::string::npos);
}

TEST(Memory, HumanBytes) {
  EXPECT_EQ(tools::human_bytes(999), "999 bytes");
  EXPECT_EQ(tools::human_bytes(1500), "1.5 kB");
  EXPECT_EQ(tools::human_bytes(8600000000), "8.6 GB");
  EXPECT_GT(tools::usable_memory(), 1u << 20);
}

}  // namespace
}  // namespace posdef::test
