// How LAPACK hears of a bad argument: through XERBLA, which every program may replace by its own.
#pragma once

#include <cstdint>

namespace posdef::lapack {

/// Calls the program's xerbla_ with the routine's name and the argument's number, from 1. For 64-bit integers the name
/// is xerbla_64_, and xerbla_ where there is no such symbol. In a program without either, LAPACK's message goes to
/// stderr. Returns if xerbla does (LAPACK's own stops the program).
template <class Int>
void report_bad_argument(const char* routine, int number);

}  // namespace posdef::lapack
