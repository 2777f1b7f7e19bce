// Reports invalid arguments as LAPACK does: through XERBLA, which a program may replace.
#pragma once

#include <cstdint>

namespace posdef::lapack {

/// Calls the program's xerbla_ with the routine's name and the argument's number, from 1. For 64-bit integers the name
/// is xerbla_64_, or xerbla_ if there is no such symbol. Without either, LAPACK's message goes to stderr. Returns if
/// xerbla does (LAPACK's own stops the program).
template <class Int>
void report_bad_argument(const char* routine, int number);

}  // namespace posdef::lapack
