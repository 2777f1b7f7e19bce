// Fault injection: failing allocations, thread creations and file operations, and signals.
//
// The injector is a shared library in front of the C library. It counts the calls of the functions that it replaces as
// chances, and makes the ordered chance fail. A test orders chance 1, 2, ... until there are no more, so that every
// system call fails once.
//
// A test links the injector and calls arm(). For a program, LD_PRELOAD loads it and the environment contains the order:
//
//   POSDEF_FAULT        kind,first,once|onwards,number    the members of `order`; active during main()
//   POSDEF_FAULT_COUNTS a file of two longs, chances and faults, which the program updates
//   POSDEF_FAULT_LATE   memory counts only after the first file was opened
//   POSDEF_FAULT_RENAME an errno: every rename() fails with it, in addition to the order
#ifndef POSDEF_TESTS_FAULTS_INJECTOR_HPP
#define POSDEF_TESTS_FAULTS_INJECTOR_HPP

namespace posdef::faults {

enum class kind : int {
  none,
  memory,   ///< the malloc family, anonymous mmap: NULL or MAP_FAILED with ENOMEM
  threads,  ///< pthread_create: EAGAIN
  files,    ///< open, read, write, fsync, ftruncate, rename, mmap, copies, stdout: `number` as errno
  partial,  ///< read and write are short, or interrupted if `number` is EINTR
  signals   ///< two chances for each call of `files`, before and after it: the signal `number`
};

struct order {
  kind what = kind::none;
  long first = 0;        ///< the chance that fails, from 1
  bool onwards = false;  ///< also every later one
  int number = 0;        ///< an errno or a signal
};

struct tally {
  long chances = 0, faults = 0;
};

/// An order for all threads of the process; restarts counting.
void arm(const order& o);
tally disarm();

/// An order for the calling thread only, in addition to that of the process.
void arm_thread(const order& o);
tally disarm_thread();

/// The number of allocated blocks of the malloc family.
long live_allocations();

}  // namespace posdef::faults

#endif
