// The suite `accuracy`: errors of the factorization, of a solve and of an inverse, posdef beside its peers.
//
// A cell is a type, a matrix and an order. It has 64 samples up to order 64, 16 up to 256, 3 up to 768, else one;
// --quick takes a quarter of them. Residuals and errors of solutions are means over the samples, errors in ulp the
// largest of all samples. Samples with info other than 0 are counted and do not contribute. The inverse is measured up
// to order 256, with at most 16 samples, 4 above order 64: its residual takes six times the work of the factor's.
#ifndef POSDEF_BENCH_ACCURACY_ACCURACY_HPP
#define POSDEF_BENCH_ACCURACY_ACCURACY_HPP

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "accuracy/participants.hpp"

namespace posdef::bench {

struct accuracy_cell {
  tools::dtype type = tools::dtype::f64;
  std::string matrix;
  std::int64_t n = 0;
  std::string text() const;  ///< "f64 wishart 256"
};

/// Every type, matrix and order from 2 to 2048; `quick`: to 512.
std::vector<accuracy_cell> accuracy_cells(bool quick);

/// The measures of reference.hpp; of the matrix `scaled`, `residual` is also that of D·A·D. NaN: not measured.
struct accuracy_measures {
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();
  double residual = none, scaled_residual = none, diagonal_ulp = none, below_ulp = none;
  double solve_backward = none, solve_forward = none, inverse_residual = none;
  std::int64_t failed = 0;  ///< samples with info other than 0
};

struct accuracy_result {
  std::string name;  ///< a way of posdef, or a peer
  accuracy_measures measures;
};

/// The peer with the smallest value of a measure, and posdef's value divided by it.
struct accuracy_ratio {
  std::string best_peer;
  double best = 0, ratio = 0;
};

struct accuracy_outcome {
  accuracy_cell cell;
  std::int64_t samples = 0;
  double floor = 0;  ///< mean residual of the exact factor, rounded to the type
  std::vector<accuracy_result> ways, peers;

  /// Nothing if posdef or all peers lack the measure, or if the best peer has no error.
  std::optional<accuracy_ratio> ratio(const accuracy_result& way, double accuracy_measures::*measure) const;
};

struct accuracy_settings {
  int threads = 1;
  posdef::device device = {};
  bool quick = false;
  /// Takes the text of the cell and the name of a way; false: the way is not measured. Empty: all are.
  std::function<bool(const std::string&)> wanted = {};
};

/// The ways that a cell measures.
std::vector<accuracy_way> wanted_ways(const accuracy_cell& c, const accuracy_settings& s);

accuracy_outcome measure_accuracy(const accuracy_cell& c, const std::vector<peer>& peers, const accuracy_settings& s);

}  // namespace posdef::bench

#endif
