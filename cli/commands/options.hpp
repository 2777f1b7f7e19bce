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

  posdef::options library() const;
};

/// FILE, and what says how it is read and by which engine it is factored: for every command that factors.
void add_input(CLI::App& command, common_options& o);

/// All of them. `output` is what --output writes, for the help text; empty if the command writes no matrix. `footer` is
/// what the help says at its end of this command alone, before what holds for all of them.
void add_common(CLI::App& command, common_options& o, const std::string& output, const std::string& footer);

/// For flags that take a file: an empty name is what an unset shell variable gives, and means no file.
CLI::Validator file_name();

/// --device and --threads alone, for commands that read no file.
void add_engine(CLI::App& command, std::string& device, int& threads);

/// The engine of --device, else of POSDEF_DEVICE, else posdef's own.
posdef::device chosen_device(const std::string& flag);
/// The threads of --threads, else posdef's own choice.
int chosen_threads(int flag);

/// The matrices of o.file: square, in the type of --dtype, Hermitian up to rounding where both triangles come from a
/// Matrix Market file. Of a .npy file only the triangle --uplo counts, as everywhere in posdef; so it does of every
/// file where
/// --uplo is given, and stderr is told how far the file is from Hermitian. With --symmetrize it is the mean of both.
tools::any_matrices load(const common_options& o);

/// Whether the result is to be checked: --verify, --no-verify, else if that takes neither long nor too much memory.
bool wants_verification(const common_options& o, std::int64_t n, std::int64_t batch, std::size_t element_size);

/// Matrices [first, first + count) of a batch.
template <class T>
view<T> slice(view<T> all, std::int64_t first, std::int64_t count) {
  all.data += first * all.stride;
  all.batch = count;
  return all;
}

}  // namespace posdef::cli

#endif
