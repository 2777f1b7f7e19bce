// The results of a cell on any device: a time for each configuration of each participant, and derived numbers.
#ifndef POSDEF_BENCH_MEASURE_HPP
#define POSDEF_BENCH_MEASURE_HPP

#include <limits>
#include <map>
#include <optional>
#include <posdef/posdef.hpp>
#include <string>
#include <vector>

#include "suites.hpp"

namespace posdef::bench {

struct settings {
  int threads = 1;
  posdef::device device = {};
  int repetitions = 25;  ///< at most; fewer if time is short, but at least three
  double seconds = 3;    ///< for one cell, all participants together, approximately
  bool cold = false;     ///< also measures calls after the situations of situations.hpp
  double patience = 10;  ///< a peer that takes longer than this for a call, and far longer than posdef, is not measured
};

/// The result of one configuration of one participant.
struct timing {
  std::string name;      ///< of the library
  std::string way = {};  ///< "plan", "call", "own threads", "one thread", "tasks"
  bool counted = true;
  double seconds = std::numeric_limits<double>::quiet_NaN();  ///< median wall time of a call
  /// Median device time of a call, between two events on its stream; NaN without events.
  double device_seconds = std::numeric_limits<double>::quiet_NaN();
  std::map<std::string, double> cold = {};  ///< median seconds of a call after a situation, by its name
  double residual = 0;
  int repetitions = 0;
  /// The first call of a process, see first_call.hpp; NaN if not measured.
  double first_seconds = std::numeric_limits<double>::quiet_NaN();
  double first_bytes = std::numeric_limits<double>::quiet_NaN();
  std::string left_out = {};  ///< why there is no time; else empty

  bool right() const;  ///< false for NaN
  bool usable() const { return left_out.empty() && right(); }
};

/// Selects one of a timing's two times.
enum class clock { wall, device };

/// The results of a cell. ways[0] is posdef by its plan.
struct outcome {
  bench::cell cell;
  int threads = 1;
  std::vector<timing> ways;
  std::string device = {};  ///< "cuda:0"; empty: measured in host memory, wall time only
  std::string card = {};    ///< "NVIDIA H200"; empty with device

  const timing& posdef() const { return ways.front(); }
  /// The clock of speed and ratio: the device's if there is one.
  clock ratio_clock() const { return device.empty() ? clock::wall : clock::device; }
  double gflops() const { return cell.operations() / time_of(posdef(), ratio_clock()) / 1e9; }
  /// The fastest correct configuration of each other participant, by name; participants without one are omitted.
  std::map<std::string, double> best(bool counted) const { return best(counted, ratio_clock()); }
  std::map<std::string, double> best(bool counted, clock by) const;
  static double time_of(const timing& t, clock by) { return by == clock::wall ? t.seconds : t.device_seconds; }
  /// The fastest counted peer; nothing if there is none.
  std::optional<std::pair<std::string, double>> best_peer() const;
  /// best_peer / posdef: above 1, posdef is faster. Nothing without a peer or if posdef's result is wrong.
  std::optional<double> ratio() const;
};

double median(std::vector<double> values);

}  // namespace posdef::bench

#endif
