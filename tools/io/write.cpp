#include "io/write.hpp"

#include <strings.h>
#include <unistd.h>

#include <algorithm>

namespace posdef::tools {
namespace {

std::string_view name_of(output_format format) {
  return format == output_format::matrix_market ? "Matrix Market" : format == output_format::csv ? ".csv" : ".npy";
}

// The extension of the file's name, in lower case, without the dot.
std::string extension_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string file = slash == std::string::npos ? path : path.substr(slash + 1);
  const std::size_t dot = file.rfind('.');
  std::string end = dot == std::string::npos || dot == 0 ? "" : file.substr(dot + 1);
  std::transform(end.begin(), end.end(), end.begin(), [](unsigned char c) { return std::tolower(c); });
  return end;
}

}  // namespace

output_format chosen_format(const std::string& path, const std::string& name) {
  const std::string wanted = name.empty() ? extension_of(path) : name;
  if (wanted == "mtx") return output_format::matrix_market;
  if (wanted == "csv") return output_format::csv;
  if (name == "npy") return output_format::npy;
  constexpr std::string_view others[] = {"npz",  "mat", "h5",   "hdf5", "gz",  "bz2",         "xz",
                                         "zst",  "zip", "txt",  "tsv",  "dat", "json",        "xls",
                                         "xlsx", "pt",  "html", "pkl",  "rds", "safetensors", "parquet"};
  if (std::find(std::begin(others), std::end(others), wanted) != std::end(others)) {
    throw input_error(path + ": posdef writes .npy, .mtx (Matrix Market) and .csv, not ." + wanted +
                      "; --format selects the format regardless of the name");
  }
  if (is_stdout(path) && isatty(STDOUT_FILENO) == 1) {
    throw input_error("stdout is a terminal, and .npy is binary; expected --format mtx or csv, or a redirection");
  }
  return output_format::npy;
}

void require_writable(const std::string& path, output_format format, std::int64_t batch) {
  if (format != output_format::npy && batch != 1) {
    throw input_error(path + ": a " + std::string(name_of(format)) + " file holds one matrix, not " +
                      std::to_string(batch) + "; expected .npy");
  }
}

void write_matrices(output_file& out, const any_matrices& m, structure s, output_format format) {
  std::visit([&](const auto& x) { require_writable(out.path(), format, x.batch); }, m);
  switch (format) {
    case output_format::matrix_market: return write_matrix_market(out, m, s);
    case output_format::csv: return write_csv(out, m);
    default: return write_npy(out, m);
  }
}

}  // namespace posdef::tools
