// What comes out of a cell, wherever it was measured: a time for each way of each participant, and what follows from
// them.
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
  int repetitions = 25;  ///< at most; the time may allow fewer, but not less than three
  double seconds = 3;    ///< for one cell, all participants together, about
  double patience =
      10;  ///< a peer that would take longer than this for a call, and far longer than posdef, is left out
};

/// One way of one participant.
struct timing {
  std::string name;      ///< of the library
  std::string way = {};  ///< "plan", "call", "own threads", "one thread", "tasks"
  bool counted = true;
  double seconds = std::numeric_limits<double>::quiet_NaN();  ///< median time of a call, by the wall's clock
  /// Of a call on a device, between two events on its stream; NaN where there are none.
  double device_seconds = std::numeric_limits<double>::quiet_NaN();
  double residual = 0;
  int repetitions = 0;
  std::string left_out = {};  ///< why there is no time; else empty

  bool right() const;  ///< false for NaN
  bool usable() const { return left_out.empty() && right(); }
};

/// Which of a timing's two times is meant.
enum class clock { wall, device };

/// What came out of a cell. ways[0] is posdef by its plan.
struct outcome {
  bench::cell cell;
  int threads = 1;
  std::vector<timing> ways;
  std::string device = {};  ///< "cuda:0"; empty: measured in host memory, by the wall's clock alone
  std::string card = {};    ///< "NVIDIA H200"; empty with device

  const timing& posdef() const { return ways.front(); }
  /// The clock that speed and ratio go by: the device's, where there is one.
  clock ruling() const { return device.empty() ? clock::wall : clock::device; }
  double gflops() const { return cell.operations() / time_of(posdef(), ruling()) / 1e9; }
  /// The best right way of each other participant, by name. Those without such a time are not in it.
  std::map<std::string, double> best(bool counted) const { return best(counted, ruling()); }
  std::map<std::string, double> best(bool counted, clock by) const;
  static double time_of(const timing& t, clock by) { return by == clock::wall ? t.seconds : t.device_seconds; }
  /// The fastest counted peer, or nothing if there is none.
  std::optional<std::pair<std::string, double>> best_peer() const;
  /// best_peer / posdef: above 1, posdef is faster. Nothing without a peer, or if posdef's own result is wrong.
  std::optional<double> ratio() const;
};

double median(std::vector<double> values);

}  // namespace posdef::bench

#endif
