#include "commands/options.hpp"

#include <cstdlib>
#include <iostream>

#include "commands/commands.hpp"
#include "io/hermitian.hpp"
#include "io/read.hpp"

namespace posdef::cli {

CLI::Validator file_name() {
  return CLI::Validator([](std::string& name) { return std::string(name.empty() ? "the file name is empty" : ""); },
                        "");
}

void add_engine(CLI::App& command, std::string& device, int& threads) {
  command.add_option("--device", device, "Engine: cpu, reference, opencl[:k], cuda[:k], hybrid[:k]");
  command.add_option("--threads", threads, "At most so many threads; 0: all processors")->check(CLI::Range(0, 4096));
}

void add_input(CLI::App& command, common_options& o) {
  command.add_option("FILE", o.file, "The matrix, or the batch of them; - is stdin")->required()->check(file_name());
  command.add_option("--uplo", o.uplo, "Triangle to read, whatever the other one holds: lower (the default) or upper")
      ->check(CLI::IsMember({"lower", "upper"}));
  command.add_flag("--symmetrize", o.symmetrize, "Take the mean of both triangles");
  add_engine(command, o.device, o.threads);
  command.add_option("--dtype", o.dtype, "Convert first: f32, f64, c64, c128")
      ->check(CLI::IsMember({"f32", "f64", "c64", "c128"}));
}

void add_common(CLI::App& command, common_options& o, const std::string& output, const std::string& footer) {
  add_input(command, o);
  command
      .add_option("--on-failure", o.on_failure,
                  output.empty()
                      ? "When a matrix is not positive definite: report it (the default), nan: the same, raise: stop"
                      : "When a matrix is not positive definite: report it and write nothing (the default), nan: write "
                        "NaN in its place, raise: stop with an error")
      ->check(CLI::IsMember({"report", "nan", "raise"}));
  if (!output.empty()) {
    command
        .add_option("-o,--output", o.output, "Write " + output + " here (.mtx: Matrix Market, else .npy); - is stdout")
        ->check(file_name());
  }
  command.add_flag("--json", o.json, "Print one JSON object");
  auto* const verify = command.add_flag("--verify", o.verify, "Compute the residual, however long it takes");
  command.add_flag("--no-verify", o.no_verify, "Leave the residual out")->excludes(verify);
  command.footer(
      footer +
      "\nThe matrix is treated as dense. A .npy file is not checked for symmetry: only the triangle of --uplo is\n"
      "read. A Matrix Market file is checked: both triangles have to be the same but for rounding, unless --uplo or\n"
      "--symmetrize says what to take.\n"
      "The residual takes two to four times as long as the work itself; --no-verify skips it. It is that of the matrix "
      "with\n"
      "its diagonal scaled to one.\n"
      "In the JSON `info` lists [index, order] of the matrices that are not positive definite and `doubtful` the "
      "indices of\n"
      "results not to be trusted; indices count from 0, orders from 1. What is not known or not finite is null.\n" +
      exit_status_text);
}

posdef::device chosen_device(const std::string& flag) {
  if (!flag.empty()) return posdef::device::parse(flag);
  const char* const environment = std::getenv("POSDEF_DEVICE");
  return environment != nullptr && *environment != 0 ? posdef::device::parse(environment) : posdef::device{};
}

int chosen_threads(int flag) { return flag > 0 ? flag : default_threads(); }

posdef::options common_options::library() const {
  posdef::options out;
  out.uplo = uplo == "upper" ? posdef::uplo::upper : posdef::uplo::lower;
  out.on_failure = on_failure == "nan" ? posdef::on_failure::nan : posdef::on_failure::report;
  out.threads = chosen_threads(threads);
  out.device = chosen_device(device);
  return out;
}

tools::any_matrices load(const common_options& o) {
  tools::input_file in = tools::read_matrices(o.file);
  tools::require_square(in.content, o.file);
  tools::any_matrices m = std::move(in.content);
  if (!o.dtype.empty()) m = tools::convert(std::move(m), tools::parse_dtype(o.dtype), o.file);
  const bool both = in.format == tools::file_format::matrix_market;
  if (o.symmetrize) {
    tools::symmetrize(m);
  } else if (both && o.uplo.empty()) {
    tools::require_hermitian(m, o.file);
  } else if (both) {
    const tools::asymmetry a = tools::asymmetry_of(m);
    if (!tools::is_rounding(a, m))
      std::cerr << "posdef: " << o.file << ": " << tools::text_of(a, m) << "; --uplo takes one triangle\n";
  }
  return m;
}

bool wants_verification(const common_options& o, std::int64_t n, std::int64_t batch, std::size_t element_size) {
  if (o.verify) return true;
  if (o.no_verify) return false;
  constexpr double patience = 20000;  // an order that takes about a minute to check on two processors
  const double size = static_cast<double>(n);
  const auto bytes = tools::bytes_needed(n, n, batch, 2 * element_size);
  if (size * size * size * static_cast<double>(batch) > patience * patience * patience) return false;
  if (bytes && *bytes <= tools::usable_memory()) return true;
  std::cerr << "posdef: " << o.file << ": no residual: it takes "
            << (bytes ? tools::human_bytes(*bytes) : "more memory") << ", and this process may have "
            << tools::human_bytes(tools::usable_memory()) << "; --verify computes it all the same\n";
  return false;
}

}  // namespace posdef::cli
