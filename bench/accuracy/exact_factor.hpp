// The Cholesky factor and the solution of a system in double-doubles: the references for errors.
//
// With a condition number κ they have about 31 − log10(κ) correct digits.
#ifndef POSDEF_BENCH_ACCURACY_EXACT_FACTOR_HPP
#define POSDEF_BENCH_ACCURACY_EXACT_FACTOR_HPP

#include <cstdint>
#include <vector>

#include "accuracy/product.hpp"

namespace posdef::bench {

/// Overwrites the lower triangle of A (n × n, extended) with L, where A = L·Lᴴ. The part above the diagonal must be
/// zero. Returns 0, or k if the leading minor of order k is not positive definite: then columns from k on are
/// unspecified. Left-looking, a tile of columns at a time; n³/3 operations.
std::int64_t factor_exactly(strips& a);

/// A⁻¹·b for the factor L of A.
std::vector<complex_double_double> solve_exactly(const strips& l, std::vector<complex_double_double> b);

}  // namespace posdef::bench

#endif
