// Measured limits of this processor: fused multiply-adds in registers, the dependency chain from one pivot to the next,
// and a stream through memory.
#ifndef POSDEF_BENCH_LIMITS_HPP
#define POSDEF_BENCH_LIMITS_HPP

#include <string>
#include <vector>

namespace posdef::bench {

/// Rates of one thread and of all. GFLOP/s count a fused multiply-add as two; complex types have the limit of their
/// real type, because their operations are counted as real ones.
struct rate {
  double one = 0, all = 0;
};

struct arithmetic_limit {
  std::string instruction_set;  ///< its name in posdef::instruction_sets
  rate f32, f64;                ///< GFLOP/s
};

/// Nanoseconds from a pivot to the next one, x ← c − t·(t/x): a dependent quotient, product and multiply-subtract. No
/// matrix of order n can be factored in less than n times that.
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
