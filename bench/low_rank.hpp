// A large matrix that is generated quickly:  A = I + W·Wᴴ/r  with r = 8 columns of random numbers in W: 8·n²/2
// multiplications on several threads. Eigenvalues are between 1 and about 1 + n/r, off-diagonal elements are about
// 1/√r. Both triangles are written and are exact conjugates. The numbers do not depend on the number of threads.
#ifndef POSDEF_BENCH_LOW_RANK_HPP
#define POSDEF_BENCH_LOW_RANK_HPP

#include <posdef/types.hpp>

namespace posdef::bench {

/// Writes n·n elements.
template <scalar T>
void write_low_rank(T* a, std::int64_t n, int threads);

}  // namespace posdef::bench

#endif
