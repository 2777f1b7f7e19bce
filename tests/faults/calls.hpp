// Calls to disturb: every door of the library (the C++ and the C interface, by calls and by plans, and the LAPACK
// drop-in), every operation. Nothing here calls the library before `run` does, so that a first call can be disturbed
// too.
#ifndef POSDEF_TESTS_FAULTS_CALLS_HPP
#define POSDEF_TESTS_FAULTS_CALLS_HPP

#include <functional>
#include <string>
#include <vector>

namespace posdef::test {

enum class answer {
  success,
  no_memory,  ///< POSDEF_OUT_OF_MEMORY, posdef::out_of_memory, info = -1010: nothing may have been written
  numerical,  ///< not positive definite or singular
  wrong       ///< nothing that the headers document for this call
};

const char* text_of(answer a);

struct library_call {
  std::string name;
  /// All memory that the caller brings: matrices, right-hand sides, numbers, info.
  std::function<std::vector<char>()> start;
  std::function<answer(char*)> run;  ///< on a copy of it
  answer usual = answer::success;    ///< of the undisturbed call
  int threads = 1;
};

/// Orders 3 (a batch too), 100 and 600.
std::vector<library_call> small_calls();
std::vector<library_call> medium_calls();
std::vector<library_call> large_calls();
/// Functions that work on no matrix.
std::vector<library_call> questions();
/// The LAPACK drop-in; none where it is not built.
std::vector<library_call> lapack_calls();
/// A few of all of these: for processes of which each makes one.
std::vector<library_call> first_calls();

}  // namespace posdef::test

#endif
