// Faults on order: memory that cannot be had, threads that are not started, files that fail, signals that come.
//
// The injector is a shared library in front of the C library. What it stands in for counts its calls as chances, and
// the chance that was ordered becomes a fault. So a driver orders chance 1, 2, ... until none is left, and every place
// where the system can say no has said it once.
//
// A test links it and orders by arm(). For a program it comes by LD_PRELOAD, and the order is in the environment:
//
//   POSDEF_FAULT        kind,first,once|onwards,number    as the members of `order`; from main() on, until it returns
//   POSDEF_FAULT_COUNTS a file of two longs, chances and faults, which the program keeps up to date
//   POSDEF_FAULT_LATE   memory counts from the first file that is opened
//   POSDEF_FAULT_RENAME an errno: every rename() fails with it, beside the order
#ifndef POSDEF_TESTS_FAULTS_INJECTOR_HPP
#define POSDEF_TESTS_FAULTS_INJECTOR_HPP

namespace posdef::faults {

enum class kind : int {
  none,
  memory,   ///< malloc and its kin, anonymous mmap: NULL or MAP_FAILED with ENOMEM
  threads,  ///< pthread_create: EAGAIN
  files,    ///< open, read, write, fsync, ftruncate, rename, mmap, copies, stdout: `number` as errno
  partial,  ///< read and write do less than they were asked for, or are interrupted (EINTR) if `number` says so
  signals   ///< two chances for each call of `files`, before and after it: the signal `number`
};

struct order {
  kind what = kind::none;
  long first = 0;        ///< the chance that becomes a fault, from 1
  bool onwards = false;  ///< every later one too
  int number = 0;        ///< an errno or a signal
};

struct tally {
  long chances = 0, faults = 0;
};

/// An order for all threads of the process; counting starts anew.
void arm(const order& o);
tally disarm();

/// An order for the calling thread alone, beside the process's.
void arm_thread(const order& o);
tally disarm_thread();

/// Blocks of malloc and its kin that have not been given back.
long live_allocations();

}  // namespace posdef::faults

#endif
