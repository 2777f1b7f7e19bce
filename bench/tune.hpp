// A new row for posdef's tuning table, from measurements on this machine.
#ifndef POSDEF_BENCH_TUNE_HPP
#define POSDEF_BENCH_TUNE_HPP

#include <string>
#include <vector>

#include "dispatch/tuning_hooks.hpp"
#include "tuner.hpp"

namespace posdef::bench {

/// One number of the table, what it is tried with, and where it matters.
struct tuning_question {
  std::string name;
  std::int64_t internal::block_sizes::*direct = nullptr;  ///< or
  int panel = -1;                                         ///< the order of this step of `panels`
  std::vector<std::int64_t> candidates;
  std::vector<tuning_shape> shapes;

  std::int64_t& in(internal::block_sizes& s) const { return panel >= 0 ? s.panels[panel].order : s.*direct; }
};

/// The questions, in the order in which they are asked; those of `base` decide which orders belong to which step.
std::vector<tuning_question> tuning_questions(const internal::block_sizes& base);

/// The answers (tuner.hpp). `say` is told what was found.
template <scalar T>
internal::block_sizes tune(const std::vector<tuning_question>& questions, int threads, double seconds,
                           const say_function& say);

/// The row as src/dispatch/tuning.hpp has it: `    {"avx512", {32, 192, {{1023, 96}, ...}, 384, 192, 4096}},`
std::string table_row(const std::string& instruction_set, const internal::block_sizes& s);

/// The tables of these types for the instruction set in use, as C++.
std::string tuning_table(const std::vector<tools::dtype>& types, int threads, double seconds, const say_function& say);

}  // namespace posdef::bench

#endif
