// Calls for fault injection: every interface of the library (C++ and C, with and without plans, LAPACK drop-in) and
// every operation. Nothing here calls the library before `run`, so that the first call of a process can be tested.
#ifndef POSDEF_TESTS_FAULTS_CALLS_HPP
#define POSDEF_TESTS_FAULTS_CALLS_HPP

#include <functional>
#include <string>
#include <vector>

namespace posdef::test {

enum class answer {
  success,
  no_memory,  ///< POSDEF_OUT_OF_MEMORY, posdef::out_of_memory, info = -1010: nothing may be written
  numerical,  ///< not positive definite or singular
  wrong       ///< not documented in the headers for this call
};

const char* text_of(answer a);

struct library_call {
  std::string name;
  /// The caller's memory: matrices, right-hand sides, numbers, info.
  std::function<std::vector<char>()> start;
  std::function<answer(char*)> run;  ///< on a copy of that memory
  answer usual = answer::success;    ///< of the call without a fault
  int threads = 1;
};

/// Orders 3 (a batch too), 100 and 600.
std::vector<library_call> small_calls();
std::vector<library_call> medium_calls();
std::vector<library_call> large_calls();
/// Functions without a matrix.
std::vector<library_call> queries();
/// The LAPACK drop-in; empty if it is not built.
std::vector<library_call> lapack_calls();
/// A selection of all of these, for tests with one process per call.
std::vector<library_call> first_calls();

}  // namespace posdef::test

#endif
