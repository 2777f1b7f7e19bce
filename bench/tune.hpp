// Measures a new row for posdef's tuning table on this machine.
#ifndef POSDEF_BENCH_TUNE_HPP
#define POSDEF_BENCH_TUNE_HPP

#include <string>
#include <vector>

#include "dispatch/tuning_hooks.hpp"
#include "tuner.hpp"

namespace posdef::bench {

/// One number of the table, its candidate values, and the shapes that depend on it.
struct tuning_parameter {
  std::string name;
  std::int64_t internal::block_sizes::*direct = nullptr;  ///< or
  int panel = -1;                                         ///< the order of this step of `panels`
  std::vector<std::int64_t> candidates;
  std::vector<tuning_shape> shapes;

  std::int64_t& in(internal::block_sizes& s) const { return panel >= 0 ? s.panels[panel].order : s.*direct; }
};

/// The parameters in the order of tuning; the panels of `base` define the orders of each step.
std::vector<tuning_parameter> tuning_parameters(const internal::block_sizes& base);

/// Tunes the parameters (tuner.hpp). `say` receives the results.
template <scalar T>
internal::block_sizes tune(const std::vector<tuning_parameter>& parameters, int threads, double seconds,
                           const say_function& say);

/// The row in the format of src/dispatch/tuning.hpp: `    {"avx512", {32, 192, {{1023, 96}, ...}, 384, 192, 4096}},`
std::string table_row(const std::string& instruction_set, const internal::block_sizes& s);

/// The tables of these types for the current instruction set, as C++.
std::string tuning_table(const std::vector<tools::dtype>& types, int threads, double seconds, const say_function& say);

}  // namespace posdef::bench

#endif
