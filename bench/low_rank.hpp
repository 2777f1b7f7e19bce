// A large matrix made quickly:  A = I + W·Wᴴ/r  with r = 8 columns of random numbers in W: 8·n²/2 multiplications,
// spread over threads. Eigenvalues lie between 1 and about 1 + n/r, elements beside the diagonal are about 1/√r. Both
// triangles are written, and are each other's conjugates exactly. The numbers do not depend on the threads.
#ifndef POSDEF_BENCH_LOW_RANK_HPP
#define POSDEF_BENCH_LOW_RANK_HPP

#include <posdef/types.hpp>

namespace posdef::bench {

/// Writes n·n elements.
template <scalar T>
void write_low_rank(T* a, std::int64_t n, int threads);

}  // namespace posdef::bench

#endif
