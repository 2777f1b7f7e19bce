// Faults in later library calls of a process: each chance of each call fails once. The call must either succeed with
// the usual bits, or report that there was no memory and write nothing; the next call must be unaffected; and no memory
// may leak.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <iostream>

#include "calls.hpp"
#include "injector.hpp"

namespace posdef::test {
namespace {

using faults::kind;
using faults::order;
using faults::tally;

// The current call, for the message if the process crashes.
char doing[256];

void tell_and_die(int signal) {
  const ssize_t told = write(STDERR_FILENO, doing, std::strlen(doing));
  ::signal(signal, told >= 0 ? SIG_DFL : SIG_IGN);
  raise(signal);
}

class LibraryFaults : public testing::Test {
 protected:
  LibraryFaults() {
    setenv("POSDEF_NUM_THREADS", "2", 1);
    for (const int s : {SIGABRT, SIGSEGV}) ::signal(s, tell_and_die);
  }
  ~LibraryFaults() override {
    std::cout << calls_ << " calls: " << faults_ << " faults, of which " << refused_
              << " were answered \"no memory\"\n";
  }

  void every_chance(const library_call& c, order o) {
    const std::vector<char> start = c.start();
    std::vector<char> block = start;
    for (int warm = 0; warm < 2; ++warm) {
      block = start;
      ASSERT_EQ(text_of(c.run(block.data())), std::string(text_of(c.usual))) << c.name;
    }
    const std::vector<char> right = block;
    ++calls_;
    bool chances_left = true;
    for (o.first = 1; chances_left && !HasFailure(); ++o.first) {
      std::snprintf(doing, sizeof doing, "%s, kind %d, chance %ld %s\n", c.name.c_str(), static_cast<int>(o.what),
                    o.first, o.onwards ? "onwards" : "once");
      block = start;
      const long live = faults::live_allocations();
      faults::arm(o);
      const answer a = c.run(block.data());
      const tally t = faults::disarm();
      const long left = faults::live_allocations() - live;
      chances_left = t.faults > 0;
      faults_ += t.faults;
      refused_ += a == answer::no_memory;
      if (a == answer::no_memory) {
        EXPECT_TRUE(t.faults > 0) << doing;
        EXPECT_TRUE(block == start) << "something was written: " << doing;
      } else {
        EXPECT_EQ(text_of(a), std::string(text_of(c.usual))) << doing;
        EXPECT_TRUE(block == right) << "other bits: " << doing;
      }
      EXPECT_EQ(left, 0) << "leaked blocks: " << doing;
      block = start;
      EXPECT_EQ(text_of(c.run(block.data())), std::string(text_of(c.usual))) << "after " << doing;
      EXPECT_TRUE(block == right) << "other bits after " << doing;
    }
  }

  void every_fault(const std::vector<library_call>& calls) {
    for (const library_call& c : calls) {
      for (const bool onwards : {false, true}) {
        every_chance(c, {kind::memory, 0, onwards});
        every_chance(c, {kind::threads, 0, onwards});
      }
    }
  }

 private:
  long calls_ = 0, faults_ = 0, refused_ = 0;
};

TEST_F(LibraryFaults, SmallMatrices) { every_fault(small_calls()); }
TEST_F(LibraryFaults, MediumMatrices) { every_fault(medium_calls()); }
TEST_F(LibraryFaults, LargeMatrices) { every_fault(large_calls()); }
TEST_F(LibraryFaults, Queries) { every_fault(queries()); }

TEST_F(LibraryFaults, LapackRoutines) {
  testing::internal::CaptureStderr();
  every_fault(lapack_calls());
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(lapack_calls().empty(), said.find("out of memory") == std::string::npos);
  if (HasFailure()) std::cout << said;
}

}  // namespace
}  // namespace posdef::test
