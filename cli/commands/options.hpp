// The flags that factor, solve, inverse and logdet share, and what they mean to the library.
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
  std::string uplo;  ///< "upper"; "lower" or nothing: lower
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
  std::string array;   ///< which one of a .npz file
  std::string format;  ///< of the output

  bool reads_upper() const { return uplo == "upper"; }

  posdef::options library() const;
};

/// FILE, what of it is read, and the engine: what every command that reads a matrix has.
void add_input(CLI::App& command, common_options& o);
/// add_input(), and what commands have that give a result. `output` is what --output writes, for the help text; empty
/// if the command writes no matrix. `footer` is what the help says at its end of this command alone, before what holds
/// for all of them.
void add_common(CLI::App& command, common_options& o, const std::string& output, const std::string& footer);
/// --factor, for commands that go on from a factor.
void add_factored(CLI::App& command, common_options& o);
/// --format alone.
CLI::Option* add_format(CLI::App& command, std::string& format);

/// For flags that take a file: an empty name is what an unset shell variable gives, and means no file.
CLI::Validator file_name();

/// --device and --threads alone, for commands that read no file.
void add_engine(CLI::App& command, std::string& device, int& threads);

/// The engine of --device, else of POSDEF_DEVICE, else posdef's own.
posdef::device chosen_device(const std::string& flag);
/// The threads of --threads, else posdef's own choice.
int chosen_threads(int flag);

/// What a file holds, with a progress bar; `array` names one of a .npz file.
tools::input_file read_file(const std::string& path, const std::string& array);

/// The matrices of o.file: square, in the type of --dtype, Hermitian up to rounding where both triangles come from a
/// Matrix Market file or a table. Of a .npy file only the triangle --uplo counts, as everywhere in posdef; so it does
/// of every file where --uplo is given, and stderr is told how far the file is from Hermitian. With --symmetrize it is
/// the mean of both. --jitter is added.
tools::any_matrices load(const common_options& o);

/// How a result is to be checked.
enum class verification { none, probes, exact };

/// Not at all with --factor: the matrix is not at hand. Else by --verify, --no-verify; else by probes
/// (numeric/probes.hpp) where n is so large that they cost less than the exact residual, and not at all where the copy
/// of the matrix takes too much memory: stderr is told then.
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
