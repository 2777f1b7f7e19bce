// The Matrix Market reader: valid files, and the errors for invalid ones.
#include <cmath>
#include <limits>

#include "io/hermitian.hpp"
#include "support.hpp"

namespace posdef::test {
namespace {

using tools::matrices;
using complex = std::complex<double>;
constexpr std::uint64_t limit = 1 << 20;

template <class T = double>
matrices<T> read(std::string_view text) {
  return std::get<matrices<T>>(tools::read_matrix_market(text, "m.mtx", limit));
}
std::string refusal(std::string_view text) {
  return complaint([&] { tools::read_matrix_market(text, "m.mtx", limit); });
}

TEST(MatrixMarket, CoordinateSymmetricFillsBothTriangles) {
  const auto m =
      read("%%MatrixMarket matrix coordinate real symmetric\n% a comment\n3 3 4\n1 1 4\n2 1 -1.5\n2 2 4\n3 3 1e2\n");
  ASSERT_EQ(m.rows, 3);
  ASSERT_EQ(m.cols, 3);
  EXPECT_EQ(m(0, 0, 0), 4);
  EXPECT_EQ(m(0, 1, 0), -1.5);
  EXPECT_EQ(m(0, 0, 1), -1.5);
  EXPECT_EQ(m(0, 2, 2), 100);
  EXPECT_EQ(m(0, 2, 0), 0);
}

TEST(MatrixMarket, CoordinateGeneralKeepsBothTriangles) {
  const auto m = read("%%MatrixMarket matrix coordinate real general\n2 2 3\n1 1 4\n2 1 1\n1 2 2\n");
  EXPECT_EQ(m(0, 1, 0), 1);
  EXPECT_EQ(m(0, 0, 1), 2);
  EXPECT_EQ(m(0, 1, 1), 0);
}

TEST(MatrixMarket, HermitianConjugates) {
  const auto m =
      read<complex>("%%MatrixMarket matrix coordinate complex hermitian\n2 2 3\n1 1 4 0\n2 1 1 2\n2 2 5 0\n");
  EXPECT_EQ(m(0, 1, 0), complex(1, 2));
  EXPECT_EQ(m(0, 0, 1), complex(1, -2));
}

TEST(MatrixMarket, ComplexSymmetricIsReadButIsNotHermitian) {
  tools::any_matrices m = tools::read_matrix_market(
      "%%MatrixMarket matrix coordinate complex symmetric\n2 2 3\n1 1 4 0\n2 1 1 2\n2 2 5 0\n", "m.mtx", limit);
  EXPECT_EQ((std::get<matrices<complex>>(m)(0, 0, 1)), complex(1, 2));
  const std::string text = complaint([&] { tools::require_hermitian(m, "m.mtx"); });
  EXPECT_NE(text.find("not Hermitian: element (2, 1)"), std::string::npos) << text;
}

TEST(MatrixMarket, ArrayGeneralIsColumnByColumn) {
  const auto m = read("%%MatrixMarket matrix array real general\n2 3\n1\n2\n3\n4\n5\n6\n");
  EXPECT_EQ(m(0, 1, 0), 2);
  EXPECT_EQ(m(0, 0, 1), 3);
  EXPECT_EQ(m(0, 1, 2), 6);
}

TEST(MatrixMarket, ArraySymmetricHoldsTheLowerTriangle) {
  const auto m = read("%%MatrixMarket matrix array real symmetric\n3 3\n1\n2\n3\n4\n5\n6\n");
  EXPECT_EQ(m(0, 2, 0), 3);
  EXPECT_EQ(m(0, 0, 2), 3);
  EXPECT_EQ(m(0, 1, 1), 4);
  EXPECT_EQ(m(0, 2, 2), 6);
}

TEST(MatrixMarket, IntegerBecomesDouble) {
  EXPECT_EQ(read("%%MatrixMarket matrix array integer general\n1 1\n9007199254740992\n")(0, 0, 0), 9007199254740992.0);
}

TEST(MatrixMarket, ToleratesCaseCrlfTabsBlankLinesAndComments) {
  const auto m = read(
      "%%MATRIXMARKET Matrix Coordinate REAL General\r\n%\r\n\r\n  2\t2 1 \r\n% between\r\n\r\n   2 \t 2 +7.5  "
      "\r\n\r\n% end\r\n");
  EXPECT_EQ(m(0, 1, 1), 7.5);
}

TEST(MatrixMarket, LastLineMayLackItsNewline) {
  EXPECT_EQ(read("%%MatrixMarket matrix array real general\n1 1\n5")(0, 0, 0), 5);
}

TEST(MatrixMarket, EmptyMatrices) {
  EXPECT_EQ(read("%%MatrixMarket matrix array real general\n0 0\n").rows, 0);
  EXPECT_EQ(read("%%MatrixMarket matrix coordinate real symmetric\n0 0 0\n").rows, 0);
  EXPECT_EQ(read("%%MatrixMarket matrix array real general\n0 5\n").cols, 5);
}

TEST(MatrixMarket, AcceptsNanAndInfinity) {
  const auto m = read("%%MatrixMarket matrix array real general\n2 2\nnan\ninf\n-inf\nNaN\n");
  EXPECT_TRUE(std::isnan(m(0, 0, 0)));
  EXPECT_EQ(m(0, 1, 0), std::numeric_limits<double>::infinity());
  EXPECT_EQ(m(0, 0, 1), -std::numeric_limits<double>::infinity());
}

TEST(MatrixMarket, NumbersTooSmallForDoubleAreZero) {
  EXPECT_EQ(read("%%MatrixMarket matrix array real general\n1 1\n1e-400\n")(0, 0, 0), 0);
  EXPECT_EQ(read("%%MatrixMarket matrix array real general\n1 1\n4.9406564584124654e-324\n")(0, 0, 0),
            std::numeric_limits<double>::denorm_min());
}

struct bad_case {
  const char* name;
  const char* text;
  const char* place;
  const char* says;
};
void PrintTo(const bad_case& c, std::ostream* out) { *out << c.name; }

class BadMatrixMarket : public testing::TestWithParam<bad_case> {};

TEST_P(BadMatrixMarket, IsRejectedWithPlaceAndReason) {
  const std::string text = refusal(GetParam().text);
  EXPECT_EQ(text.rfind(std::string("m.mtx:") + GetParam().place + ":", 0), 0u) << text;
  EXPECT_NE(text.find(GetParam().says), std::string::npos) << text;
}

#define HEAD "%%MatrixMarket matrix "
INSTANTIATE_TEST_SUITE_P(
    All, BadMatrixMarket,
    testing::Values(
        bad_case{"Nothing", "", "1", "expected \"%%MatrixMarket\""},
        bad_case{"OtherFile", "hello\n", "1", "expected \"%%MatrixMarket\""},
        bad_case{"Vector", "%%MatrixMarket vector array real general\n", "1", "expected \"matrix\""},
        bad_case{"Format", HEAD "dense real general\n", "1", "coordinate"},
        bad_case{"Pattern", HEAD "coordinate pattern symmetric\n2 2 1\n1 1\n", "1", "no values"},
        bad_case{"Field", HEAD "coordinate quaternion general\n", "1", "complex"},
        bad_case{"Skew", HEAD "array real skew-symmetric\n", "1", "never positive definite"},
        bad_case{"Symmetry", HEAD "array real diagonal\n", "1", "hermitian"},
        bad_case{"RealHermitian", HEAD "array real hermitian\n1 1\n1\n", "1", "requires complex"},
        bad_case{"HeaderTail", HEAD "array real general extra\n1 1\n1\n", "1", "end of the line"},
        bad_case{"HeaderCut", HEAD "array real", "1", "symmetry"},
        bad_case{"NoSizes", HEAD "array real general\n% only this\n", "3", "before the size line"},
        bad_case{"SizeWord", HEAD "array real general\ntwo 2\n", "2", "found \"two\""},
        bad_case{"SizeFraction", HEAD "array real general\n2.0 2\n", "2", "whole number"},
        bad_case{"SizeMissing", HEAD "coordinate real general\n2 2\n1 1 1\n", "2", "found the end of the line"},
        bad_case{"SizeTail", HEAD "array real general\n1 1 1\n1\n", "2", "after the sizes"},
        bad_case{"NegativeRows", HEAD "array real general\n-2 2\n", "2", "the number of rows is -2"},
        bad_case{"NegativeEntries", HEAD "coordinate real general\n2 2 -1\n", "2", "the number of entries is -1"},
        bad_case{"HugeNumber", HEAD "array real general\n99999999999999999999 1\n", "2", "does not fit into 64 bits"},
        bad_case{"ProductOverflow", HEAD "array real general\n4294967296 4294967296\n1\n", "2", "declare more"},
        bad_case{"TriangleOverflow", HEAD "array real symmetric\n9223372036854775807 9223372036854775807\n1\n", "2",
                 "declare more"},
        bad_case{"MoreEntriesThanBytes", HEAD "coordinate real general\n9 9 1000000000000\n1 1 1\n", "2",
                 "declare more"},
        bad_case{"NotSquare", HEAD "coordinate real symmetric\n2 3 1\n1 1 1\n", "2", "square"},
        bad_case{"RowZero", HEAD "coordinate real general\n2 2 1\n0 1 1\n", "3", "row 0; expected 1 to 2"},
        bad_case{"RowBeyond", HEAD "coordinate real general\n2 2 1\n3 1 1\n", "3", "row 3"},
        bad_case{"ColumnBeyond", HEAD "coordinate real general\n2 2 1\n1 3 1\n", "3", "column 3"},
        bad_case{"ColumnNegative", HEAD "coordinate real general\n2 2 1\n1 -1 1\n", "3", "column -1"},
        bad_case{"AboveDiagonal", HEAD "coordinate real symmetric\n2 2 1\n1 2 1\n", "3", "above the diagonal"},
        bad_case{"Duplicate", HEAD "coordinate real general\n2 2 2\n1 2 1\n1 2 1\n", "4", "occurs twice"},
        bad_case{"ImaginaryDiagonal", HEAD "coordinate complex hermitian\n1 1 1\n1 1 1 0.5\n", "3", "imaginary"},
        bad_case{"EntriesMissing", HEAD "coordinate real general\n2 2 2\n1 1 1.25000\n", "4", "ends after 1 entries"},
        bad_case{"ValuesMissing", HEAD "array real general\n2 2\n1.5\n2.5\n3.5\n", "6", "before value (2, 2)"},
        bad_case{"ValueMissing", HEAD "coordinate real general\n2 2 1\n1 1   \n", "3", "found the end of the line"},
        bad_case{"ImaginaryMissing", HEAD "coordinate complex general\n2 2 1\n1 1 1.5\n", "3", "end of the line"},
        bad_case{"ValueWord", HEAD "array real general\n1 1\none\n", "3", "found \"one\""},
        bad_case{"ValueTail", HEAD "array real general\n1 1\n1.5x\n", "3", "found \"1.5x\""},
        bad_case{"TwoValues", HEAD "array real general\n1 2\n1 2\n3\n", "3", "after the value"},
        bad_case{"TooLarge", HEAD "array real general\n1 1\n1e400\n", "3", "beyond the range"},
        bad_case{"TooLargeNegative", HEAD "array real general\n1 1\n-1e400\n", "3", "beyond the range"},
        bad_case{"FractionAsInteger", HEAD "array integer general\n1 1\n1.5\n", "3", "an integer value"},
        bad_case{"InexactInteger", HEAD "array integer general\n1 1\n9007199254740993\n", "3", "2^53"},
        bad_case{"DoubleSign", HEAD "array real general\n1 1\n+-1\n", "3", "expected a number"},
        bad_case{"TextAfterwards", HEAD "array real general\n1 1\n1\n2\n", "4", "after the last entry"},
        bad_case{"Garbage", HEAD "array real general\n1 1\n\x01\xff\x1b[2J\n", "3", "found \"???[2J\""}),
    [](const auto& c) { return std::string(c.param.name); });

TEST(MatrixMarket, RejectsADeclaredSizeBeyondTheLimitBeforeAllocation) {
  const std::string text = refusal(HEAD "coordinate real symmetric\n1000000 1000000 1\n1 1 1\n");
  EXPECT_NE(text.find("needs 8.0 TB of memory; expected at most 1.0 MB"), std::string::npos) << text;
}

TEST(MatrixMarket, RejectsAnEmptyMatrixOfHugeWidth) {
  const std::string text = refusal(HEAD "array real general\n0 9000000000000000000\n");
  EXPECT_NE(text.find("of memory"), std::string::npos) << text;
}

TEST(MatrixMarket, RejectsAZeroByte) {
  const std::string text = refusal(std::string_view(HEAD "array real general\n1 1\n1\0\n", 51));
  EXPECT_NE(text.find("m.mtx:3:"), std::string::npos) << text;
}

TEST(MatrixMarket, GeneralIsCheckedForSymmetry) {
  const auto m = [](const char* text) { return tools::any_matrices(read(text)); };
  EXPECT_NO_THROW(tools::require_hermitian(m(HEAD "array real general\n2 2\n1\n0.3\n0.30000000000000004\n1\n"), "m"));
  const std::string text =
      complaint([&] { tools::require_hermitian(m(HEAD "array real general\n2 2\n1\n0.3\n0.31\n1\n"), "m"); });
  EXPECT_NE(text.find("(2, 1) is 0.2999"), std::string::npos) << text;
  EXPECT_NE(text.find("(1, 2) is 0.31"), std::string::npos) << text;
}

// Numerically symmetric: equal up to rounding relative to the diagonal, however small the elements are.
TEST(MatrixMarket, GeneralIsSymmetricUpToRounding) {
  const auto checked = [](const char* text) { tools::require_hermitian(tools::any_matrices(read(text)), "m"); };
  EXPECT_NO_THROW(checked(HEAD "array real general\n2 2\n1\n1e-16\n-1e-16\n1\n"));
  EXPECT_NO_THROW(checked(HEAD "array real general\n2 2\n1e200\n1e-16\n-1e-16\n1e-200\n"));
  EXPECT_THROW(checked(HEAD "array real general\n2 2\n1\n1e-13\n-1e-13\n1\n"), tools::input_error);
  EXPECT_NO_THROW(checked(HEAD "array real general\n2 2\nnan\nnan\nnan\n1\n"));
  for (const char* one_sided : {"nan", "inf", "-inf"}) {
    const std::string text = std::string(HEAD "array real general\n2 2\n4\n1\n") + one_sided + "\n3\n";
    EXPECT_THROW(checked(text.c_str()), tools::input_error) << one_sided;
  }
  const auto complex_checked = [](const char* text) {
    tools::require_hermitian(tools::any_matrices(read<std::complex<double>>(text)), "m");
  };
  EXPECT_NO_THROW(complex_checked(HEAD "array complex general\n1 1\n4 1e-16\n"));
  const std::string text = complaint([&] { complex_checked(HEAD "array complex general\n1 1\n4 0.5\n"); });
  EXPECT_NE(text.find("diagonal element (1, 1) is 4 + 0.5i; expected a real one"), std::string::npos) << text;
}

// The tolerance is that of the matrix's type.
TEST(MatrixMarket, FloatIsSymmetricUpToItsRounding) {
  const auto wide = [] { return tools::any_matrices(read(HEAD "array real general\n2 2\n1\n1\n1.000001\n2\n")); };
  EXPECT_THROW(tools::require_hermitian(wide(), "m"), tools::input_error);
  EXPECT_NO_THROW(tools::require_hermitian(tools::convert(wide(), tools::dtype::f32, "m"), "m"));
}

TEST(MatrixMarket, SymmetrizeTakesTheMeanOfBothTriangles) {
  auto m = tools::any_matrices(read<std::complex<double>>(HEAD "array complex general\n2 2\n1 3\n2 1\n4 1\n1 0\n"));
  tools::symmetrize(m);
  const auto& x = std::get<tools::matrices<std::complex<double>>>(m);
  EXPECT_EQ(x(0, 0, 0), 1.0);
  EXPECT_EQ(x(0, 1, 0), std::complex<double>(3, 0));
  EXPECT_EQ(x(0, 0, 1), std::complex<double>(3, 0));
  EXPECT_EQ(tools::asymmetry_of(m).ratio, 0);
}

TEST(MatrixMarket, AcceptsNumbersOfFortran) {
  const auto m = tools::any_matrices(read(HEAD "array real general\n2 2\n4.0D+00\n0.15-149\n1.5d-150\n.5+101\n"));
  const auto& x = std::get<tools::matrices<double>>(m);
  EXPECT_EQ(x(0, 0, 0), 4);
  EXPECT_EQ(x(0, 1, 0), 0.15e-149);
  EXPECT_EQ(x(0, 0, 1), 1.5e-150);
  EXPECT_EQ(x(0, 1, 1), .5e101);
  for (const char* bad : {"D4", "4D", "4-", "-4-", "4d+", "--4", "4-+1", "1.5D3x"}) {
    const std::string text = std::string(HEAD "array real general\n1 1\n") + bad + "\n";
    EXPECT_NE(refusal(text).find("expected a number"), std::string::npos) << bad;
  }
}

TEST(MatrixMarket, IgnoresARoundingErrorOnAHermitianDiagonal) {
  const auto m = tools::any_matrices(read<std::complex<double>>(HEAD "array complex hermitian\n1 1\n4 1e-16\n"));
  EXPECT_EQ(std::get<tools::matrices<std::complex<double>>>(m)(0, 0, 0), 4.0);
  EXPECT_NE(refusal(HEAD "array complex hermitian\n1 1\n4 1e-10\n").find("imaginary part"), std::string::npos);
}

}  // namespace
}  // namespace posdef::test
