// The .npy reader and writer.
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "npy_file.hpp"
#include "support.hpp"

namespace posdef::test {
namespace {

using tools::matrices;
constexpr std::uint64_t limit = 1 << 20;

tools::any_matrices read_bytes(std::string_view bytes, std::uint64_t memory_limit) {
  tools::memory_stream stream(bytes);
  return tools::read_npy(stream, "a.npy", memory_limit);
}
template <class T>
matrices<T> read(const std::string& bytes) {
  return std::get<matrices<T>>(read_bytes(bytes, limit));
}
std::string refusal(const std::string& bytes) {
  return complaint([&] { read_bytes(bytes, limit); });
}

TEST(Npy, COrder) {
  const auto m = read<double>(npy_file(npy_dictionary("<f8", "False", "(2, 3)"), bytes_of<double>({1, 2, 3, 4, 5, 6})));
  EXPECT_EQ(m.rows, 2);
  EXPECT_EQ(m.cols, 3);
  EXPECT_EQ(m(0, 0, 1), 2);
  EXPECT_EQ(m(0, 1, 0), 4);
}

TEST(Npy, FortranOrder) {
  const auto m = read<double>(npy_file(npy_dictionary("<f8", "True", "(2, 3)"), bytes_of<double>({1, 2, 3, 4, 5, 6})));
  EXPECT_EQ(m(0, 1, 0), 2);
  EXPECT_EQ(m(0, 0, 1), 3);
}

TEST(Npy, BatchInBothOrders) {
  const auto c =
      read<float>(npy_file(npy_dictionary("<f4", "False", "(2, 1, 3)"), bytes_of<float>({1, 2, 3, 4, 5, 6})));
  EXPECT_EQ(c.batch, 2);
  EXPECT_EQ(c(0, 0, 2), 3);
  EXPECT_EQ(c(1, 0, 0), 4);
  const auto f = read<float>(npy_file(npy_dictionary("<f4", "True", "(2, 1, 3)"), bytes_of<float>({1, 2, 3, 4, 5, 6})));
  EXPECT_EQ(f(1, 0, 0), 2);
  EXPECT_EQ(f(0, 0, 1), 3);
}

TEST(Npy, OneDimensionIsAColumn) {
  const auto m = read<double>(npy_file(npy_dictionary("<f8", "False", "(3,)"), bytes_of<double>({1, 2, 3})));
  EXPECT_EQ(m.rows, 3);
  EXPECT_EQ(m.cols, 1);
}

TEST(Npy, ComplexTypes) {
  const auto a = read<std::complex<float>>(npy_file(npy_dictionary("<c8", "False", "(1, 1)"), bytes_of<float>({1, 2})));
  EXPECT_EQ(a(0, 0, 0), std::complex<float>(1, 2));
  const auto b =
      read<std::complex<double>>(npy_file(npy_dictionary("<c16", "False", "(1, 1)"), bytes_of<double>({1, 2})));
  EXPECT_EQ(b(0, 0, 0), std::complex<double>(1, 2));
}

TEST(Npy, BigEndianIsSwapped) {
  const auto m = read<double>(
      npy_file(npy_dictionary(">f8", "False", "(1, 1)"), std::string("\x3f\xf8\x00\x00\x00\x00\x00\x00", 8)));
  EXPECT_EQ(m(0, 0, 0), 1.5);
  const auto c = read<std::complex<float>>(
      npy_file(npy_dictionary(">c8", "False", "(1, 1)"), std::string("\x3f\xc0\x00\x00\xc0\x00\x00\x00", 8)));
  EXPECT_EQ(c(0, 0, 0), std::complex<float>(1.5f, -2.0f));
}

TEST(Npy, Versions2And3) {
  for (const int version : {2, 3}) {
    EXPECT_EQ(read<double>(npy_file(npy_dictionary("<f8", "False", "(1, 1)"), bytes_of<double>({7}), version))(0, 0, 0),
              7);
  }
}

TEST(Npy, HeaderInAnyOrderAndQuotes) {
  const auto m =
      read<double>(npy_file("{\"shape\":(1,1),\"fortran_order\":True,\"descr\":\"<f8\"}", bytes_of<double>({7})));
  EXPECT_EQ(m(0, 0, 0), 7);
}

TEST(Npy, EmptyArrays) {
  EXPECT_EQ(read<double>(npy_file(npy_dictionary("<f8", "False", "(0, 0)"), "")).rows, 0);
  EXPECT_EQ(read<double>(npy_file(npy_dictionary("<f8", "False", "(0, 4, 4)"), "")).batch, 0);
}

TEST(Npy, AcceptsNan) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(
      std::isnan(read<double>(npy_file(npy_dictionary("<f8", "False", "(1, 1)"), bytes_of<double>({nan})))(0, 0, 0)));
}

struct bad_case {
  const char* name;
  std::string bytes;
  const char* says;
};
void PrintTo(const bad_case& c, std::ostream* out) { *out << c.name; }
class BadNpy : public testing::TestWithParam<bad_case> {};

TEST_P(BadNpy, IsRejectedWithPlaceAndReason) {
  const std::string text = refusal(GetParam().bytes);
  EXPECT_EQ(text.rfind("a.npy: byte ", 0), 0u) << text;
  EXPECT_NE(text.find(GetParam().says), std::string::npos) << text;
}

const std::string one = bytes_of<double>({1});
INSTANTIATE_TEST_SUITE_P(
    All, BadNpy,
    testing::Values(
        bad_case{"Nothing", "", "\\x93NUMPY"}, bad_case{"MagicAlone", "\x93NUMPY", "the version"},
        bad_case{"Version4", npy_file(npy_dictionary("<f8", "False", "(1, 1)"), one, 4), "version 4.0"},
        bad_case{"Version1Point1", std::string("\x93NUMPY\x01\x01") + one, "version 1.1"},
        bad_case{"NoLength", std::string("\x93NUMPY\x01\x00\x10", 9), "header's length"},
        bad_case{"HeaderCut", npy_file(npy_dictionary("<f8", "False", "(1, 1)"), "").substr(0, 40),
                 "within the header"},
        bad_case{"NoDictionary", npy_file("hello", one), "byte 10: expected the header's \"{\""},
        bad_case{"NoDescr", npy_file("{'fortran_order': False, 'shape': (1, 1), }", one), "without 'descr'"},
        bad_case{"TwiceShape", npy_file("{'shape': (1, 1), 'shape': (1, 1), }", one), "each once"},
        bad_case{"ForeignKey", npy_file("{'descr': '<f8', 'colour': 'red', }", one), "key 'colour'"},
        bad_case{"NoColon", npy_file("{'descr' '<f8'}", one), "expected \":\""},
        bad_case{"NoComma", npy_file("{'descr': '<f8' 'shape': (1, 1)}", one), "expected \",\" or \"}\""},
        bad_case{"OpenQuote", npy_file("{'descr: <f8}", one), "never closed"},
        bad_case{"NotABoolean", npy_file("{'fortran_order': 0}", one), "True or False"},
        bad_case{"TailAfterDictionary", npy_file(npy_dictionary("<f8", "False", "(1, 1)") + " x", one),
                 "after the header's"},
        bad_case{"Structure", npy_file("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1, 1), }", one),
                 "structures"},
        bad_case{"Integers", npy_file(npy_dictionary("<i8", "False", "(1, 1)"), one), "beyond 2^53"},
        bad_case{"Objects", npy_file(npy_dictionary("|O", "False", "(1, 1)"), one), "Python objects"},
        bad_case{"LongDouble", npy_file(npy_dictionary("<f16", "False", "(1, 1)"), one + one), "does not factor"},
        bad_case{"NoByteOrder", npy_file(npy_dictionary("|f8", "False", "(1, 1)"), one), "does not factor"},
        bad_case{"NoType", npy_file(npy_dictionary("", "False", "(1, 1)"), one), "does not factor"},
        bad_case{"NoDimensions", npy_file(npy_dictionary("<f8", "False", "()"), one), "no dimensions"},
        bad_case{"BatchBeyond64Bits", npy_file(npy_dictionary("<f8", "False", "(4294967296, 4294967296, 1, 1)"), one),
                 "does not fit into 64 bits"},
        bad_case{"NegativeSize", npy_file(npy_dictionary("<f8", "False", "(-1, 1)"), one), "size -1"},
        bad_case{"SizeWord", npy_file(npy_dictionary("<f8", "False", "(n, 1)"), one), "expected a size"},
        bad_case{"SizeBeyond64Bits", npy_file(npy_dictionary("<f8", "False", "(99999999999999999999, 1)"), one),
                 "does not fit into 64 bits"},
        bad_case{"ProductBeyond64Bits", npy_file(npy_dictionary("<f8", "False", "(4294967296, 4294967296)"), one),
                 "does not fit into 64 bits"},
        bad_case{"DataCut", npy_file(npy_dictionary("<f8", "False", "(2, 2)"), one),
                 "8 bytes of elements; expected 32"},
        bad_case{"DataTooLong", npy_file(npy_dictionary("<f8", "False", "(1, 1)"), one + "x"), "too long"},
        bad_case{"HeaderGarbage", npy_file("{'\x01\x02\xff': 1}", one), "plain characters"}),
    [](const auto& c) { return std::string(c.param.name); });

TEST(Npy, RejectsEmptyArraysOfHugeSize) {
  EXPECT_NE(refusal(npy_file(npy_dictionary("<f8", "True", "(2, 0, 9000000000000000000)"), "")).find("of memory"),
            std::string::npos);
  EXPECT_NE(refusal(npy_file(npy_dictionary("<f8", "False", "(1000000000000000000, 0, 0)"), "")).find("of memory"),
            std::string::npos);
}

TEST(Npy, RejectsMoreThanTheLimit) {
  const std::string data(2 << 20, '\0');
  EXPECT_NE(refusal(npy_file(npy_dictionary("<f8", "False", "(512, 512)"), data)).find("of memory"), std::string::npos);
}

TEST(Files, FormatIsDeterminedByContent) {
  const temporary_folder folder;
  write_file(folder / "really.npy", "%%MatrixMarket matrix array real general\n1 1\n5\n");
  EXPECT_EQ(tools::read_matrices(folder / "really.npy").format, tools::file_format::matrix_market);
  write_file(folder / "really.mtx", npy_file(npy_dictionary("<f8", "False", "(1, 1)"), bytes_of<double>({5})));
  EXPECT_EQ(tools::read_matrices(folder / "really.mtx").format, tools::file_format::npy);
}

TEST(Files, UnreadableFilesAreNamedInTheError) {
  const temporary_folder folder;
  write_file(folder / "empty", "");
  write_file(folder / "other", "\x01\x02\x03\x04");
  EXPECT_NE(complaint([&] { tools::read_matrices(folder / "empty"); }).find("empty;"), std::string::npos);
  EXPECT_NE(complaint([&] { tools::read_matrices(folder / "other"); }).find("byte 0"), std::string::npos);
  EXPECT_NE(complaint([&] { tools::read_matrices(folder / "absent"); }).find("cannot open"), std::string::npos);
  EXPECT_NE(complaint([&] { tools::read_matrices(folder / ""); }).find("a directory"), std::string::npos);
}

TEST(Files, ReadsAPipeToItsEndOrToTheLimit) {
  const temporary_folder folder;
  const std::string path = folder / "pipe";
  const std::string text = "%%MatrixMarket matrix array real general\n1 1\n5\n" + std::string(100000, '%');
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  {
    const std::jthread writer([&] { write_file(path, text); });
    EXPECT_EQ(load<double>(path)(0, 0, 0), 5);
  }
  signal(SIGPIPE, SIG_IGN);
  const std::jthread writer([&] { write_file(path, text); });
  EXPECT_NE(complaint([&] { tools::read_matrices(path, "", 1000); }).find("more than"), std::string::npos);
}

}  // namespace
}  // namespace posdef::test
