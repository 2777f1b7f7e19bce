#include "io/read.hpp"

#include <strings.h>

#include <algorithm>

#include "io/gzip_stream.hpp"
#include "io/input_stream.hpp"

namespace posdef::tools {
namespace {

constexpr std::string_view known_formats = "Matrix Market, .npy, .npz or a table of numbers (.csv)";

// Formats that this program does not read: first bytes, name, and how to convert.
struct other_format {
  std::string_view beginning, what, conversion;
};
constexpr std::string_view from_python = "numpy.save(\"a.npy\", array)";
constexpr other_format other_formats[] = {
    {"\x89HDF\r\n\x1a\n", "an HDF5 file", "numpy.save(\"a.npy\", h5py.File(name)[\"a\"][:])"},
    {"MATLAB 5.0 MAT-file", "a MATLAB .mat file", "writematrix(full(A), 'a.csv') in MATLAB, or scipy.io.loadmat"},
    {"MATLAB 7.3 MAT-file", "a MATLAB .mat file (HDF5)", "writematrix(full(A), 'a.csv') in MATLAB, or h5py"},
    {"BZh", "packed by bzip2", "bunzip2, or gzip in its place"},
    {"\xFD"
     "7zXZ",
     "packed by xz", "unxz, or gzip in its place"},
    {"\x28\xB5\x2F\xFD", "packed by zstd", "unzstd, or gzip in its place"},
    {"7z\xBC\xAF", "a 7z archive", "its files, or .npz in its place"},
    {"PAR1", "a Parquet file", from_python},
    {"ARROW1", "an Arrow file", from_python},
    {"\x80\x02", "a pickle of Python", from_python},
    {"\x80\x03", "a pickle of Python", from_python},
    {"\x80\x04", "a pickle of Python", from_python},
    {"\x80\x05", "a pickle of Python", from_python},
    {"SIMPLE  =", "a FITS file", from_python},
    {"\xFF\xFE", "text in UTF-16", "UTF-8"},
    {"\xFE\xFF", "text in UTF-16", "UTF-8"},
    {"RDX", "an R data file", "write.table(a, \"a.csv\", row.names = FALSE, col.names = FALSE)"},
};

void reject_other_formats(std::string_view bytes, const std::string& path) {
  for (const other_format& f : other_formats) {
    if (!bytes.starts_with(f.beginning)) continue;
    throw input_error(path + ": " + std::string(f.what) + "; posdef does not read this format; expected " +
                      std::string(known_formats) + ": " + std::string(f.conversion));
  }
}

bool is_matrix_market(std::string_view bytes) {
  constexpr std::string_view magic = "%%MatrixMarket";
  return bytes.size() >= magic.size() && strncasecmp(bytes.data(), magic.data(), magic.size()) == 0;
}

// Whether the bytes have no control characters except white space.
bool is_text(std::string_view bytes) {
  return std::none_of(bytes.begin(), bytes.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\v';
  });
}

// `whole()` returns all bytes, for formats that cannot be read sequentially.
template <class Whole>
input_file read_from(byte_stream& in, const std::string& path, const std::string& wanted, std::uint64_t memory_limit,
                     const Whole& whole) {
  constexpr std::string_view npy_magic = "\x93NUMPY", zip_magic = "PK\x03\x04", byte_order_mark = "\xEF\xBB\xBF";
  const std::string beginning(in.peek(512));
  if (beginning.empty()) throw input_error(path + ": empty; expected " + std::string(known_formats));
  if (beginning.starts_with(zip_magic)) return {read_npz(whole(), path, wanted, memory_limit), file_format::npy};
  if (!wanted.empty()) throw input_error(path + ": --array " + wanted + " is for .npz files");
  if (beginning.starts_with(npy_magic)) return {read_npy(in, path, memory_limit), file_format::npy};
  if (is_matrix_market(beginning)) return {read_matrix_market(whole(), path, memory_limit), file_format::matrix_market};
  if (beginning.starts_with(byte_order_mark) && is_matrix_market(beginning.substr(byte_order_mark.size()))) {
    throw input_error(path + ": byte 0: a UTF-8 byte order mark; expected \"%%MatrixMarket\" with nothing before it");
  }
  reject_other_formats(beginning, path);
  if (is_text(beginning)) return {read_table(whole(), path, memory_limit), file_format::table};
  throw input_error(path + ": byte 0: binary data of an unknown format; expected " + std::string(known_formats));
}

}  // namespace

input_file read_matrices(const std::string& path, const std::string& wanted, std::uint64_t memory_limit) {
  constexpr std::string_view gzip_magic = "\x1f\x8b";
  input_stream file(path);
  if (file.peek(gzip_magic.size()) != gzip_magic)
    return read_from(file, path, wanted, memory_limit, [&] { return file.whole(memory_limit); });
  const auto unpacked = unpack_gzip(file, path);
  std::string all;
  return read_from(*unpacked, path, wanted, memory_limit, [&] {
    all = unpacked->read_all(path, memory_limit);
    return std::string_view(all);
  });
}

}  // namespace posdef::tools
