// How often each routine was called: the proof that a program's calls arrive here.
//
// With the environment variable POSDEF_LAPACK_COUNT = FILE (or stderr) a process that called any routine appends one
// line for each, "dpotrf_ 12", when it exits.
#pragma once

#include <cstdint>

#include "symbols.hpp"

namespace posdef::lapack {

#define POSDEF_CALL_ID(shape, symbol, routine, body, ...) symbol,
enum class call_id { POSDEF_LAPACK_SYMBOLS(POSDEF_CALL_ID) };
#undef POSDEF_CALL_ID

void count(call_id call) noexcept;

}  // namespace posdef::lapack

/// Calls so far of a routine by its symbol's name, "dpotrf_" or "dpotrf_64_"; -1 for a name that is none of ours.
POSDEF_LAPACK_API std::int64_t posdef_lapack_calls(const char* symbol);
