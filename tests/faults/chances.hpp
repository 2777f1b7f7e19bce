// Inside the injector: whether this chance is the one that was ordered.
#ifndef POSDEF_TESTS_FAULTS_CHANCES_HPP
#define POSDEF_TESTS_FAULTS_CHANCES_HPP

#include "injector.hpp"

namespace posdef::faults {

/// Counts a chance of this kind; true if it is to be a fault. Allocates nothing and takes no lock.
bool strikes(kind what) noexcept;

/// While one lives, what this thread does is no chance.
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

/// A file is about to be opened: POSDEF_FAULT_LATE ends.
void file_opened() noexcept;

/// The errno with which every rename fails, or 0.
int rename_error() noexcept;

/// The C library's function of this name. Call it outside of memory functions: the lookup may allocate.
void* real_function(const char* name) noexcept;

}  // namespace posdef::faults

#endif
