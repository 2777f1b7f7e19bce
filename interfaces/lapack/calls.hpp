// Counts the calls of each routine, to show that a program calls this library.
//
// If the environment variable POSDEF_LAPACK_COUNT is a file name (or stderr), a process appends one line for each
// called routine, "dpotrf_ 12", when it exits.
#pragma once

#include <cstdint>

#include "symbols.hpp"

namespace posdef::lapack {

#define POSDEF_CALL_ID(shape, symbol, routine, body, ...) symbol,
enum class call_id { POSDEF_LAPACK_SYMBOLS(POSDEF_CALL_ID) };
#undef POSDEF_CALL_ID

void count(call_id call) noexcept;

}  // namespace posdef::lapack

/// The number of calls of a routine, given its symbol "dpotrf_" or "dpotrf_64_"; -1 for an unknown symbol.
POSDEF_LAPACK_API std::int64_t posdef_lapack_calls(const char* symbol);
