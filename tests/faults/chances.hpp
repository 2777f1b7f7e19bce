// Internal to the injector: decides whether a call fails. A "chance" is a call that could fail.
#ifndef POSDEF_TESTS_FAULTS_CHANCES_HPP
#define POSDEF_TESTS_FAULTS_CHANCES_HPP

#include "injector.hpp"

namespace posdef::faults {

/// Counts a chance of this kind; true if it must fail. Allocates nothing and takes no lock.
bool strikes(kind what) noexcept;

/// While an instance exists, calls of this thread are not counted.
class suspended {
 public:
  suspended() noexcept;
  ~suspended();
  suspended(const suspended&) = delete;
  suspended& operator=(const suspended&) = delete;
};

/// The errno of the order for `files` and `partial`.
int ordered_number() noexcept;

/// A chance for the ordered signal.
void chance_of_signal() noexcept;

/// Called before a file is opened: ends POSDEF_FAULT_LATE.
void file_opened() noexcept;

/// The errno with which every rename fails, or 0.
int rename_error() noexcept;

/// The C library's function of this name. Do not call it in memory functions: the lookup may allocate.
void* real_function(const char* name) noexcept;

}  // namespace posdef::faults

#endif
