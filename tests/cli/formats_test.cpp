// Other input formats than Matrix Market and plain .npy: tables, archives, integer arrays, arrays of any dimension.
#include <cmath>

#include "archives.hpp"
#include "npy_file.hpp"
#include "support.hpp"

namespace posdef::test {
namespace {

using tools::matrices;
using complex = std::complex<double>;

std::string npy(const std::string& descr, const std::string& fortran, const std::string& shape,
                const std::string& data) {
  return npy_file(npy_dictionary(descr, fortran, shape), data);
}

tools::input_file read(const std::string& bytes, const std::string& array = "") {
  const temporary_folder folder;
  write_file(folder / "a", bytes);
  return tools::read_matrices(folder / "a", array);
}
template <scalar T>
matrices<T> read_as(const std::string& bytes, const std::string& array = "") {
  return std::get<matrices<T>>(read(bytes, array).content);
}
std::string refusal(const std::string& bytes, const std::string& array = "") {
  return complaint([&] { read(bytes, array); });
}
void expect_refusal(const std::string& bytes, const std::string& words) {
  EXPECT_NE(refusal(bytes).find(words), std::string::npos) << refusal(bytes);
}

TEST(Table, AcceptsEverySeparatorCommentsAndBlankLines) {
  for (const char* text : {"4,0.5\n0.5,3\n", "4, 0.5\n0.5, 3", "4;0.5\n0.5;3\n", "4\t0.5\n0.5\t3\n",
                           "# comment\n  4.0e+00   5e-1  \r\n\r\n+0.5 3\r\n",
                           "\xEF\xBB\xBF"
                           "4,.5\n.5,3\n"}) {
    const auto m = read_as<double>(text);
    EXPECT_EQ(m.rows, 2) << text;
    EXPECT_EQ(m.cols, 2) << text;
    EXPECT_EQ(m(0, 0, 0), 4) << text;
    EXPECT_EQ(m(0, 0, 1), 0.5) << text;
    EXPECT_EQ(m(0, 1, 1), 3) << text;
  }
  EXPECT_EQ(read("1 2\n2 5\n").format, tools::file_format::table);
}

TEST(Table, AcceptsComplexNumbersOfPythonAndMatlab) {
  for (const char* text : {"4,1-2j\n1+2j,5\n", "(4+0j),(1-2j)\n(1+2j),(5+0j)\n", " (4.0+0j) (1-2e0j)\n (1+2j) 5\n",
                           "4+0i,1-2i\n1+2i,5+0i\n"}) {
    const auto m = read_as<complex>(text);
    EXPECT_EQ(m(0, 1, 0), complex(1, 2)) << text;
    EXPECT_EQ(m(0, 0, 1), complex(1, -2)) << text;
    EXPECT_EQ(m(0, 1, 1), complex(5)) << text;
  }
  EXPECT_EQ(read_as<complex>("2j\n")(0, 0, 0), complex(0, 2));
}

TEST(Table, AcceptsNanAndInfinity) {
  const auto m = read_as<double>("nan,inf\n-inf,1e-400\n");
  EXPECT_TRUE(std::isnan(m(0, 0, 0)));
  EXPECT_EQ(m(0, 0, 1), HUGE_VAL);
  EXPECT_EQ(m(0, 1, 0), -HUGE_VAL);
  EXPECT_EQ(m(0, 1, 1), 0);
}

TEST(Table, RejectsInvalidTextWithItsLine) {
  expect_refusal("x,y\n1,2\n", "a:1: \"x\" is not a number");
  expect_refusal("1,2\n3\n", "a:2: 1 numbers; expected 2");
  expect_refusal("1,2,\n3,4,\n", "a:1: an empty field between two separators");
  expect_refusal("4,0;0,5\n0,5;3\n", "decimal points instead of commas");
  expect_refusal("1,1e999\n", "1e999 is beyond the range of double");
  expect_refusal("1+2k\n", "is not a number");
  expect_refusal("1+2\n", "is not a number");
  expect_refusal("# nothing\n", "no numbers");
}

TEST(Archives, ReadsGzipOfEveryFormat) {
  const std::string mtx = "%%MatrixMarket matrix array real general\n1 1\n5\n";
  EXPECT_EQ(read_as<double>(gzip_of(mtx))(0, 0, 0), 5);
  EXPECT_EQ(read_as<double>(gzip_of(npy("<f8", "False", "(1, 1)", bytes_of<double>({5}))))(0, 0, 0), 5);
  EXPECT_EQ(read_as<double>(gzip_of("5\n"))(0, 0, 0), 5);
  // Two members form one file; a large one is read in pieces.
  EXPECT_EQ(read_as<double>(gzip_of("5,6\n") + gzip_of("7,8\n"))(0, 1, 1), 8);
  const std::vector<double> many(90000, 2.5);
  const auto m = read_as<double>(gzip_of(npy("<f8", "False", "(300, 300)", bytes_of(many))));
  EXPECT_EQ(m(0, 299, 299), 2.5);
}

TEST(Archives, RejectsDamagedGzip) {
  const std::string good = gzip_of(npy("<f8", "False", "(1, 1)", bytes_of<double>({5})));
  expect_refusal(good.substr(0, good.size() - 20), "ends too early");
  std::string wrong = good;
  wrong[good.size() - 6] ^= 1;
  expect_refusal(wrong, "gzip: ");
  expect_refusal(good + "rest", "gzip: ");
}

TEST(Archives, SelectsAnArrayOfAnNpzFile) {
  const std::string five = npy("<f8", "False", "(1, 1)", bytes_of<double>({5}));
  const std::string six = npy("<f8", "False", "(1,)", bytes_of<double>({6}));
  EXPECT_EQ(read_as<double>(zip_of({{"arr_0.npy", five}}))(0, 0, 0), 5);
  const std::string both = zip_of({{"a.npy", five}, {"b.npy", six}});
  EXPECT_EQ(read_as<double>(both, "b")(0, 0, 0), 6);
  expect_refusal(both, "has 2 arrays: a, b; select one by --array");
  EXPECT_NE(refusal(both, "c").find("contains no array \"c\"; it contains a, b"), std::string::npos);
  EXPECT_NE(refusal(five, "c").find("--array c is for .npz files"), std::string::npos);
}

TEST(Archives, RejectsOtherZipFiles) {
  const std::string one = npy("<f8", "False", "(1,)", bytes_of<double>({6}));
  expect_refusal(zip_of({{"indices.npy", one}, {"indptr.npy", one}, {"data.npy", one}}), "sparse matrix of SciPy");
  expect_refusal(zip_of({{"archive/data.pkl", "x"}}), "a PyTorch file");
  expect_refusal(zip_of({{"xl/workbook.xml", "x"}}), "Excel");
  expect_refusal(zip_of({{"readme.txt", "x"}}), "without .npy arrays");
  const std::string cut = zip_of({{"a.npy", one}});
  expect_refusal(cut.substr(0, cut.size() - 5), "zip: ");
}

TEST(Formats, RejectsOtherFormatsWithAConversion) {
  expect_refusal(std::string("\x89HDF\r\n\x1a\n", 8) + "...", "HDF5");
  expect_refusal("MATLAB 5.0 MAT-file, written by", "MATLAB .mat file");
  expect_refusal("\x80\x04\x95", "pickle");
  expect_refusal(
      "\xFD"
      "7zXZ",
      "xz");
  expect_refusal(std::string("\xFF\xFE"
                             "1\0",
                             4),
                 "UTF-16");
  expect_refusal(std::string("\x01\x02\0\x03", 4), "binary data of an unknown format");
}

TEST(Npy, WidensIntegersBooleansAndHalfPrecision) {
  EXPECT_EQ(read_as<double>(npy("<i4", "False", "(2,)", bytes_of<std::int32_t>({-7, 8})))(0, 0, 0), -7);
  EXPECT_EQ(read_as<double>(npy("|u1", "True", "(2, 2)", "\x01\x02\x03\xff"))(0, 1, 1), 255);
  EXPECT_EQ(read_as<double>(npy("|u1", "True", "(2, 2)", "\x01\x02\x03\xff"))(0, 1, 0), 2);
  EXPECT_EQ(read_as<double>(npy("|b1", "False", "(1,)", "\x01"))(0, 0, 0), 1);
  EXPECT_EQ(read_as<double>(npy(">i2", "False", "(1,)", "\xff\xfe"))(0, 0, 0), -2);
  const auto exact = std::int64_t{1} << 53;
  EXPECT_EQ(read_as<double>(npy("<i8", "False", "(2,)", bytes_of<std::int64_t>({exact, -exact})))(0, 1, 0), -0x1p53);
  expect_refusal(npy("<i8", "False", "(1,)", bytes_of<std::int64_t>({exact + 1})), "beyond 2^53");
  expect_refusal(npy("<i8", "False", "(1,)", bytes_of<std::int64_t>({-exact - 1})), "beyond 2^53");
  expect_refusal(npy("<u8", "False", "(1,)", bytes_of<std::uint64_t>({~std::uint64_t{0}})), "beyond 2^53");
  // 1, -2, the largest, the smallest, infinity
  const auto h =
      read_as<float>(npy("<f2", "False", "(5,)", bytes_of<std::uint16_t>({0x3c00, 0xc000, 0x7bff, 0x0001, 0xfc00})));
  EXPECT_EQ(h(0, 0, 0), 1);
  EXPECT_EQ(h(0, 1, 0), -2);
  EXPECT_EQ(h(0, 2, 0), 65504);
  EXPECT_EQ(h(0, 3, 0), 0x1p-24F);
  EXPECT_EQ(h(0, 4, 0), -HUGE_VALF);
}

TEST(Npy, AcceptsLongSizesOfPython2) {
  EXPECT_EQ(read_as<double>(npy("<f8", "False", "(1L, 2L)", bytes_of<double>({5, 6})))(0, 0, 1), 6);
}

// Element (b0, b1, i, j) of a 2 x 3 x 2 x 2 array is 1000 b0 + 100 b1 + 10 i + j.
TEST(Npy, BatchesOfSeveralDimensionsInBothOrders) {
  std::vector<double> c, f;
  const auto value = [](int b0, int b1, int i, int j) { return 1000.0 * b0 + 100 * b1 + 10 * i + j; };
  for (int e = 0; e < 24; ++e) {
    c.push_back(value(e / 12, e / 4 % 3, e / 2 % 2, e % 2));
    f.push_back(value(e % 2, e / 2 % 3, e / 6 % 2, e / 12));
  }
  for (const auto& [fortran, data] : {std::pair{"False", c}, {"True", f}}) {
    const auto m = read_as<double>(npy("<f8", fortran, "(2, 3, 2, 2)", bytes_of(data)));
    EXPECT_EQ(m.batch, 6);
    EXPECT_EQ(m.leading, (std::vector<std::int64_t>{2, 3}));
    for (int b = 0; b < 6; ++b)
      for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 2; ++j) EXPECT_EQ(m(b, i, j), value(b / 3, b % 3, i, j)) << fortran;
  }
}

TEST(Npy, KeepsTheShape) {
  const temporary_folder folder;
  for (const char* shape : {"(4,)", "(2, 2)", "(1, 2, 2)", "(2, 1, 1, 2)", "(0, 3, 3)", "(3, 0, 0)", "(1, 0)"}) {
    const std::string text = shape;
    const std::string data = text.find('0') == std::string::npos ? bytes_of<double>({1, 2, 3, 4}) : "";
    write_file(folder / "a.npy", npy("<f8", "False", text, data));
    save(folder / "b.npy", tools::read_matrices(folder / "a.npy").content);
    EXPECT_NE(read_file(folder / "b.npy").find("'shape': " + text), std::string::npos)
        << read_file(folder / "b.npy").substr(10, 80);
  }
}

TEST(Npy, ReadsWithoutASecondCopy) {
  const temporary_folder folder;
  write_file(folder / "a.npy", npy("<f8", "False", "(1000, 1000)", std::string(8000000, '\0')));
  // Twice the matrix would pass the limit.
  const auto read = tools::read_matrices(folder / "a.npy", "", 9000000);
  EXPECT_EQ(std::get<matrices<double>>(read.content).rows, 1000);
}

TEST(Csv, RoundTripsEveryNumber) {
  const temporary_folder folder;
  matrices<double> real(1, 2, 2);
  real(0, 0, 0) = 0.1;
  real(0, 0, 1) = -1e-300;
  real(0, 1, 0) = NAN;
  real(0, 1, 1) = HUGE_VAL;
  save(folder / "r.csv", std::move(real));
  EXPECT_EQ(read_file(folder / "r.csv"), "0.1,-1e-300\nnan,inf\n");
  matrices<complex> m(1, 1, 2);
  m(0, 0, 0) = {0.1, -2e-5};
  m(0, 0, 1) = {-3, 4};
  save(folder / "c.csv", std::move(m));
  EXPECT_EQ(read_file(folder / "c.csv"), "0.1-2e-05j,-3+4j\n");
  EXPECT_EQ(load<complex>(folder / "c.csv")(0, 0, 0), complex(0.1, -2e-5));
  EXPECT_NE(complaint([&] { save(folder / "b.csv", matrices<double>(2, 3, 3)); }).find("one matrix"),
            std::string::npos);
}

TEST(OutputFormat, FollowsTheExtensionUnlessGiven) {
  using tools::chosen_format, tools::output_format;
  EXPECT_EQ(chosen_format("a.mtx", ""), output_format::matrix_market);
  EXPECT_EQ(chosen_format("a.CSV", ""), output_format::csv);
  EXPECT_EQ(chosen_format("a", ""), output_format::npy);
  EXPECT_EQ(chosen_format("some.d/a", ""), output_format::npy);
  EXPECT_EQ(chosen_format("a.v2", ""), output_format::npy);
  EXPECT_EQ(chosen_format("a.npy", "mtx"), output_format::matrix_market);
  EXPECT_EQ(chosen_format("a.dat", "csv"), output_format::csv);
  for (const char* name : {"a.mat", "a.npz", "a.h5", "a.npy.gz", "a.txt"})
    EXPECT_NE(complaint([&] { chosen_format(name, ""); }).find("posdef writes .npy"), std::string::npos) << name;
}

}  // namespace
}  // namespace posdef::test
