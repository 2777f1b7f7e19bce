// The final report of a command: text, or one JSON object.
#ifndef POSDEF_CLI_COMMANDS_REPORT_HPP
#define POSDEF_CLI_COMMANDS_REPORT_HPP

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <posdef/posdef.hpp>
#include <string>
#include <vector>

#include "io/matrices.hpp"

namespace posdef::cli {

/// How many logarithms of determinants the text shows.
constexpr std::int64_t shown_logarithms = 10;

struct report {
  std::string title;
  std::int64_t n = 0;
  std::int64_t batch = 0;
  tools::dtype type = tools::dtype::f64;
  posdef::device device;
  int threads = 0;
  double seconds = 0;
  double operations = 0;                      ///< real floating-point operations
  std::optional<std::vector<double>> ratios;  ///< the residual of each matrix, if computed
  std::string residual_formula;
  std::string residual_kind;  ///< "exact" or "random vectors"
  double jitter = 0;          ///< times the mean of the diagonal, added to it
  bool factored = false;      ///< the input was a factor
  std::vector<std::int64_t> info;
  std::vector<std::int64_t> not_finite;  ///< matrices whose result holds NaN or infinity although info is 0
  std::optional<std::vector<double>> logdet;
  std::string output;  ///< the file written, or why none was

  /// Matrices whose result is doubtful: it is not finite, or its residual is not below 30.
  std::vector<std::int64_t> doubtful() const;
  double gflops() const { return seconds > 0 ? operations / seconds / 1e9 : 0; }
};

void print_text(std::ostream& out, const report& r);
/// Keys: n batch dtype device threads seconds gflops residual residual_kind verdict info doubtful; jitter if added;
/// logdet if computed. info lists [index, k] of the matrices that failed, doubtful the indices of doubtful results;
/// indices count from 0, k from 1. Unknown and non-finite values are null. verdict is "right", "doubtful", "not
/// positive definite", or "not verified".
void print_json(std::ostream& out, const report& r);

/// "cpu (avx512), 2 threads"
std::string engine_text(const posdef::device& device, int threads);
/// Rounded for display: "0.0213"
std::string short_number(double x, int digits = 3);
/// "3.1 µs", "4.0 ms", "12.5 s"
std::string human_seconds(double seconds);

}  // namespace posdef::cli

#endif
