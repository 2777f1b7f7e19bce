// Faults in the first library call of a process, which also creates what exists once per process. One process for each
// chance, two at a time.
#include <iostream>
#include <optional>
#include <sstream>

#include "calls.hpp"
#include "cli/support.hpp"
#include "injector.hpp"

namespace posdef::test {
namespace {

using faults::kind;

struct result {
  int first = -1, untouched = 0, second = -1, status = -1;
  long chances = 0, faults = 0;
  std::string first_hash, second_hash, said;
};

class FirstCallFaults : public testing::Test {
 protected:
  ~FirstCallFaults() override {
    std::cout << runs_ << " processes: " << faults_ << " faults, of which " << refused_
              << " were answered \"no memory\"\n";
  }

  void every_chance(std::size_t number, kind what, bool onwards) {
    const library_call& c = calls[number];
    start(0, number, kind::none, 0, false);
    const result right = wait(0);
    ASSERT_EQ(right.first, static_cast<int>(c.usual)) << right.said;
    long chances = 0, k = 1;
    for (; chances == 0; k += 2) {
      for (int lane = 0; lane < 2; ++lane) start(lane, number, what, k + lane, onwards);
      for (int lane = 0; lane < 2; ++lane) {
        const result r = wait(lane);
        const std::string where = c.name + ", kind " + std::to_string(static_cast<int>(what)) + ", chance " +
                                  std::to_string(k + lane) + (onwards ? " onwards\n" : " once\n") + r.said;
        if (r.faults == 0 && r.status == 0) chances = r.chances + 1;
        faults_ += r.faults;
        ++runs_;
        EXPECT_EQ(r.status, 0) << where;
        if (r.first == static_cast<int>(answer::no_memory)) {
          ++refused_;
          EXPECT_TRUE(r.untouched == 1 && r.faults > 0) << "something was written: " << where;
        } else {
          EXPECT_EQ(r.first, right.first) << where;
          EXPECT_EQ(r.first_hash, right.first_hash) << where;
        }
        EXPECT_EQ(r.second, right.first) << "the call after " << where;
        EXPECT_EQ(r.second_hash, right.first_hash) << "the call after " << where;
      }
    }
    std::cout << "kind " << static_cast<int>(what) << (onwards ? " onwards: " : " once: ") << chances - 1
              << " chances: " << c.name << '\n';
  }

  const std::vector<library_call> calls = first_calls();

 private:
  void start(int lane, std::size_t number, kind what, long k, bool onwards) {
    running_[lane].emplace(
        std::vector<std::string>{POSDEF_FIRST_CALL, std::to_string(number), std::to_string(static_cast<int>(what)),
                                 std::to_string(k), onwards ? "onwards" : "once"},
        logs_[lane]);
  }
  result wait(int lane) {
    const outcome o = running_[lane]->wait();
    result r;
    r.status = o.status;
    r.said = o.out + o.err;
    std::istringstream(o.out) >> r.first >> r.chances >> r.faults >> r.untouched >> r.first_hash >> r.second >>
        r.second_hash;
    return r;
  }

  temporary_folder logs_[2];
  std::optional<process> running_[2];
  long runs_ = 0, faults_ = 0, refused_ = 0;
};

TEST_F(FirstCallFaults, Memory) {
  for (std::size_t i = 0; i < calls.size(); ++i) every_chance(i, kind::memory, false);
}
TEST_F(FirstCallFaults, AllLaterAllocations) {
  for (std::size_t i = 0; i < calls.size(); ++i) every_chance(i, kind::memory, true);
}
TEST_F(FirstCallFaults, Threads) {
  for (std::size_t i = 0; i < calls.size(); ++i) {
    every_chance(i, kind::threads, false);
    every_chance(i, kind::threads, true);
  }
}

}  // namespace
}  // namespace posdef::test
