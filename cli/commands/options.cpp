#include "commands/options.hpp"

#include <cstdlib>
#include <iostream>

#include "commands/commands.hpp"
#include "commands/progress.hpp"
#include "io/hermitian.hpp"

namespace posdef::cli {

CLI::Validator file_name() {
  return CLI::Validator([](std::string& name) { return std::string(name.empty() ? "the file name is empty" : ""); },
                        "");
}

void add_engine(CLI::App& command, std::string& device, int& threads) {
  command.add_option("--device", device, "Engine: cpu, reference, opencl[:k], cuda[:k], hybrid[:k]");
  command
      .add_option(
          "--threads", threads,
          "Largest number of threads; 0: POSDEF_NUM_THREADS, else OMP_NUM_THREADS, else one per usable processor")
      ->check(CLI::Range(0, 4096));
}

void add_input(CLI::App& command, common_options& o) {
  command.add_option("FILE", o.file, "The matrix or batch; - is stdin")->required()->check(file_name());
  command.add_option("--array", o.array, "Name of the array in a .npz file; required if it has several");
  command.add_option("--uplo", o.uplo, "Triangle to read; the other is ignored: lower (the default) or upper")
      ->check(CLI::IsMember({"lower", "upper"}));
  command.add_flag("--symmetrize", o.symmetrize, "Use the mean of both triangles");
  command
      .add_option("--jitter", o.jitter, "Add JITTER times the mean of the diagonal to the diagonal, for example 1e-8")
      ->check(CLI::NonNegativeNumber);
  add_engine(command, o.device, o.threads);
  command.add_option("--dtype", o.dtype, "Convert the matrix to this type first: f32, f64, c64, c128")
      ->check(CLI::IsMember({"f32", "f64", "c64", "c128"}));
}

void add_common(CLI::App& command, common_options& o, const std::string& output, const std::string& footer) {
  add_input(command, o);
  command
      .add_option("--on-failure", o.on_failure,
                  output.empty()
                      ? "If a matrix is not positive definite: report (the default): report it, nan: the same, "
                        "raise: stop"
                      : "If a matrix is not positive definite: report (the default): report it and write no file, "
                        "nan: write NaN in its place, raise: stop with an error")
      ->check(CLI::IsMember({"report", "nan", "raise"}));
  if (!output.empty()) {
    auto* const to =
        command
            .add_option(
                "-o,--output", o.output,
                "Write " + output + " to this file; its extension selects the format (.npy, .mtx, .csv); - is stdout")
            ->check(file_name());
    add_format(command, o.format)->needs(to);
  }
  command.add_flag("--json", o.json, "Print one JSON object");
  auto* const verify = command.add_flag("--verify", o.verify, "Compute the exact residual, even if it takes long");
  command.add_flag("--no-verify", o.no_verify, "Do not compute the residual")->excludes(verify);
  command.footer(
      footer +
      "\nThe matrix is processed as dense. A .npy or .npz file is not checked for symmetry: posdef reads only the\n"
      "triangle of --uplo. In a Matrix Market file or a table, both triangles must agree up to rounding, unless\n"
      "--uplo or --symmetrize is given.\n"
      "The residual is that of the matrix with its diagonal scaled to one. Above order 64 posdef estimates it from\n"
      "products with four random vectors, which is fast; --verify computes it exactly, which takes two to four times\n"
      "as long as the command itself; --no-verify skips it.\n"
      "In the JSON, `info` lists [index, order] of the matrices that are not positive definite, and `doubtful` the\n"
      "indices of results with a large residual, NaN or infinity; indices count from 0, orders from 1. Unknown and\n"
      "non-finite values are null.\n" +
      exit_status_text);
}

void add_factored(CLI::App& command, common_options& o) {
  command.add_flag("--factor", o.factored,
                   "FILE holds the factor L (with --uplo upper: U) that `posdef factor` wrote; do not factor again");
}

CLI::Option* add_format(CLI::App& command, std::string& format) {
  return command
      .add_option("--format", format, "Output format, regardless of the file name: npy, mtx (Matrix Market), csv")
      ->check(CLI::IsMember({"npy", "mtx", "csv"}));
}

namespace {

// Errors name the source of the text: --device or POSDEF_DEVICE.
posdef::device parse_device(const std::string& source, const std::string& text) {
  try {
    const posdef::device chosen = posdef::device::parse(text);
    if (chosen == posdef::device{}) return default_device();
    if ((chosen.engine == engine::cpu || chosen.engine == engine::reference) && chosen.index != 0)
      throw tools::input_error(source + " " + text + ": there is one " + posdef::device{chosen.engine, 0}.name());
    return chosen;
  } catch (const invalid_argument&) {
    throw tools::input_error(source + " is \"" + tools::printable(text) +
                             "\"; expected cpu, reference, opencl[:k], cuda[:k] or hybrid[:k]");
  }
}

}  // namespace

posdef::device chosen_device(const std::string& flag) {
  if (!flag.empty()) return parse_device("--device", flag);
  const char* const environment = std::getenv("POSDEF_DEVICE");
  return environment != nullptr && *environment != 0 ? parse_device("POSDEF_DEVICE", environment) : default_device();
}

int chosen_threads(int flag) { return flag > 0 ? flag : num_threads(); }

posdef::options common_options::library() const {
  posdef::options out;
  out.uplo = uplo == "upper" ? posdef::uplo::upper : posdef::uplo::lower;
  out.on_failure = on_failure == "nan" ? posdef::on_failure::nan : posdef::on_failure::report;
  out.threads = chosen_threads(threads);
  out.device = chosen_device(device);
  return out;
}

tools::input_file read_file(const std::string& path, const std::string& array) {
  progress bar("reading " + (path == "-" ? std::string("stdin") : path));
  bar.follow_transfer();
  return tools::read_matrices(path, array);
}

namespace {

void require_both_triangles(const common_options& o, tools::any_matrices& m) {
  if (o.uplo.empty()) return tools::require_hermitian(m, o.file);
  const tools::asymmetry a = tools::asymmetry_of(m);
  if (!tools::is_rounding(a, m))
    std::cerr << "posdef: " << o.file << ": " << tools::text_of(a, m) << "; using the triangle of --uplo\n";
}

}  // namespace

tools::any_matrices load(const common_options& o) {
  tools::input_file in = read_file(o.file, o.array);
  tools::require_square(in.content, o.file);
  tools::any_matrices m = std::move(in.content);
  if (!o.dtype.empty()) m = tools::convert(std::move(m), tools::parse_dtype(o.dtype), o.file);
  if (o.factored && (o.symmetrize || o.jitter != 0))
    throw tools::input_error("--symmetrize and --jitter change a matrix; with --factor, FILE holds its factor");
  if (o.symmetrize) {
    tools::symmetrize(m);
  } else if (in.format != tools::file_format::npy && !o.factored) {
    require_both_triangles(o, m);
  }
  if (o.jitter != 0) tools::add_jitter(m, o.jitter);
  return m;
}

verification chosen_verification(const common_options& o, std::int64_t n, std::int64_t batch,
                                 std::size_t element_size) {
  if (o.factored || o.no_verify) return verification::none;
  if (o.verify) return verification::exact;
  constexpr std::int64_t exact_is_quick = 64;
  const auto bytes = tools::bytes_needed(n, n, batch, 2 * element_size);
  if (bytes && *bytes <= tools::usable_memory()) return n > exact_is_quick ? verification::probes : verification::exact;
  std::cerr << "posdef: " << o.file << ": no residual: it needs "
            << (bytes ? tools::human_bytes(*bytes) : "more memory") << ", and this process may use "
            << tools::human_bytes(tools::usable_memory()) << "; --verify computes it anyway\n";
  return verification::none;
}

}  // namespace posdef::cli
