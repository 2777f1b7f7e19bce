// What this processor can do at the most, measured: fused multiply-adds on registers alone, the chain from one pivot to
// the next, and a stream through memory.
#ifndef POSDEF_BENCH_LIMITS_HPP
#define POSDEF_BENCH_LIMITS_HPP

#include <string>
#include <vector>

namespace posdef::bench {

/// One thread, and all of them together. GFLOP/s count a fused multiply-add as two; complex types have the limit of
/// their real type, since their operations are counted as real ones.
struct rate {
  double one = 0, all = 0;
};

struct arithmetic_limit {
  std::string instruction_set;  ///< as posdef::instruction_sets names it
  rate f32, f64;                ///< GFLOP/s
};

/// Nanoseconds from a pivot to the next one, x ← c − t·(t/x) by a quotient, a product and a multiply-subtract that wait
/// for one another: no matrix of order n is factored in less than n times that.
struct column_limit {
  double f32 = 0, f64 = 0;
};

struct limits {
  std::vector<arithmetic_limit> arithmetic;  ///< best instruction set first
  column_limit column;                       ///< with the best instruction set
  rate triad;                                ///< GB/s of a[i] = b[i] + s·c[i] on arrays far larger than any cache
};

/// Takes about a second.
limits measure_limits(int threads);

}  // namespace posdef::bench

#endif
