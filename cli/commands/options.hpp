// The flags that factor, solve, inverse and logdet share, and their conversion to library options.
#ifndef POSDEF_CLI_COMMANDS_OPTIONS_HPP
#define POSDEF_CLI_COMMANDS_OPTIONS_HPP

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <posdef/posdef.hpp>
#include <string>

#include "io/matrices.hpp"
#include "io/output_file.hpp"
#include "io/read.hpp"
#include "io/write.hpp"

namespace posdef::cli {

struct common_options {
  std::string file;
  std::string uplo;  ///< "upper"; "lower" or empty: lower
  std::string device;
  std::string dtype;
  int threads = 0;
  std::string on_failure = "report";
  std::string output;
  bool json = false;
  bool verify = false;
  bool no_verify = false;
  bool symmetrize = false;
  bool factored = false;  ///< FILE holds a factor
  double jitter = 0;
  std::string array;   ///< name of the array in a .npz file
  std::string format;  ///< of the output

  bool reads_upper() const { return uplo == "upper"; }

  posdef::options library() const;
};

/// The options of every command that reads a matrix: FILE, how to read it, and the engine.
void add_input(CLI::App& command, common_options& o);
/// add_input() and the options of commands that compute a result. `output` describes the file of --output in the help
/// text; empty if the command writes no matrix. `footer` comes first at the end of the help text, before the footer
/// that these commands share.
void add_common(CLI::App& command, common_options& o, const std::string& output, const std::string& footer);
/// --factor, for commands that can start from a factor.
void add_factored(CLI::App& command, common_options& o);
/// --format.
CLI::Option* add_format(CLI::App& command, std::string& format);

/// For flags that take a file. An unset shell variable gives an empty name, which is an error.
CLI::Validator file_name();

/// --device and --threads, for commands that read no file.
void add_engine(CLI::App& command, std::string& device, int& threads);

/// The engine of --device, else of POSDEF_DEVICE, else posdef's default.
posdef::device chosen_device(const std::string& flag);
/// The threads of --threads, else posdef's default.
int chosen_threads(int flag);

/// Reads a file, with a progress bar; `array` selects an array of a .npz file.
tools::input_file read_file(const std::string& path, const std::string& array);

/// The matrices of o.file: square, in the type of --dtype. A Matrix Market file or a table must be Hermitian up to
/// rounding. Of a .npy file only the triangle of --uplo counts. With an explicit --uplo the same is true of every file,
/// and a message on stderr says how far the file is from Hermitian. --symmetrize takes the mean of both triangles.
/// --jitter is added.
tools::any_matrices load(const common_options& o);

/// How to check a result.
enum class verification { none, probes, exact };

/// none with --factor, because the matrix is not available. Else as --verify and --no-verify say; else probes
/// (numeric/probes.hpp) if n is so large that they cost less than the exact residual; none, with a message on stderr,
/// if the copy of the matrix needs too much memory.
verification chosen_verification(const common_options& o, std::int64_t n, std::int64_t batch, std::size_t element_size);

/// Matrices [first, first + count) of a batch.
template <class T>
view<T> slice(view<T> all, std::int64_t first, std::int64_t count) {
  all.data += first * all.stride;
  all.batch = count;
  return all;
}

}  // namespace posdef::cli

#endif
