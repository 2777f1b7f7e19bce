// The program under every possible fault: each chance of a run without faults fails once.
//
// In every case the exit status is documented or the death by the sent signal, an error is one line on stderr, an
// output is the old file or the complete new one, no temporary file remains, and status 0 means that the output is
// correct bit for bit.
#include <csignal>
#include <iostream>

#include "cli/archives.hpp"
#include "generate/generate.hpp"
#include "program_runs.hpp"

namespace posdef::test {
namespace {

class ProgramFaults : public testing::Test {
 protected:
  ProgramFaults() {
    for (const int signal : {SIGHUP, SIGINT, SIGTERM}) std::signal(signal, SIG_DFL);  // nohup ignores them
    save(inputs / "a.npy", tools::generate_spectrum<double>({.n = 120}));
    save(inputs / "large.npy", tools::generate_spectrum<double>({.n = 300}));  // large enough for two threads
    write_file(inputs / "a.npy.gz", gzip_of(read_file(inputs / "a.npy")));
    save(inputs / "a.csv", tools::generate_spectrum<double>({.n = 12}));
    save(inputs / "a.mtx", tools::generate_spectrum<double>({.n = 12}), tools::structure::hermitian);
    tools::matrices<double> b(1, 120, 2);
    for (std::int64_t i = 0; i < 120; ++i) b(0, i, 0) = b(0, i, 1) = static_cast<double>(i);
    save(inputs / "b.npy", std::move(b));
  }
  ~ProgramFaults() override {
    std::cout << commands_ << " commands: " << faults_ << " faults in " << runs_ << " runs; exit status";
    for (const auto& [status, times] : statuses_) std::cout << "  " << status << ": " << times;
    std::cout << "\n";
  }

  /// Orders chance 1, then `next(k)`, until there are no more.
  template <class Next>
  void every_chance(const command& c, order o, Next next) {
    lane lanes[2];
    lanes[0].start(c, {});
    const left_behind right = lanes[0].wait(c);
    ASSERT_EQ(right.said.status, 0) << right.said.err;
    ASSERT_EQ(right.files.size(), c.outputs.size());
    ++commands_;
    long chances = -1;
    for (o.first = 1; chances < 0 && !HasFailure();) {
      order ordered[2];
      for (int k = 0; k < 2; ++k, o.first = next(o.first)) lanes[k].start(c, ordered[k] = o);
      for (int k = 0; k < 2; ++k) {
        const left_behind left = lanes[k].wait(c);
        judge(c, ordered[k], right, left);
        if (left.count.faults == 0) chances = left.count.chances;
      }
    }
    EXPECT_GT(chances, 0) << "no fault of this kind was possible";
    std::cout << kind_names[static_cast<int>(o.what)] << (o.onwards ? " onwards " : " once ") << o.number << ": "
              << chances << " chances:";
    for (const std::string& word : c.words) std::cout << ' ' << word.substr(word.rfind('/') + 1);
    std::cout << '\n';
  }
  void every_chance(const command& c, const order& o) {
    every_chance(c, o, [](long k) { return k + 1; });
  }

  std::vector<command> commands() const {
    return {
        {{"factor", inputs / "large.npy", "-o", "l.npy", "--threads", "2"}, {"l.npy"}},
        {{"factor", inputs / "a.mtx", "-o", "l.npy", "--threads", "1"}, {"l.npy"}, true},
        {{"solve", inputs / "a.npy", inputs / "b.npy", "-o", "x.mtx", "--threads", "2"}, {"x.mtx"}, true},
        {{"inverse", inputs / "a.mtx", "-o", "x.mtx", "--threads", "1"}, {"x.mtx"}},
        {{"logdet", inputs / "a.npy.gz", "--threads", "1", "--json"}},
        // More than a megabyte, which is written in two pieces.
        {{"generate", "gp", "-n", "370", "-o", "g.npy"}, {"g.npy"}, true},
        {{"check", inputs / "a.csv", "--threads", "1", "--json"}},
        {{"generate", "elasticity", "--nx", "4", "--ny", "2", "-o", "k.mtx", "--load", "f.npy"}, {"k.mtx", "f.npy"}},
    };
  }

  command factor_with_threads() const { return commands()[0]; }
  command factor_over_old() const { return commands()[1]; }
  command solve() const { return commands()[2]; }
  command generate_one() const { return commands()[5]; }
  command generate_two() const { return commands().back(); }

  const temporary_folder inputs;

 private:
  void judge(const command& c, const order& o, const left_behind& right, const left_behind& left) {
    ++runs_;
    faults_ += left.count.faults;
    ++statuses_[left.said.status];
    const bool must_work = left.count.faults == 0 || o.what == kind::threads || o.what == kind::partial;
    const int status = left.said.status;
    const std::string where = std::string(kind_names[static_cast<int>(o.what)]) + (o.onwards ? " from " : " at ") +
                              std::to_string(o.first) + " (" + std::to_string(o.number) + ") of " + c.words[0] + " " +
                              c.words[1] + "\n" + left.said.out + left.said.err;
    if (must_work) {
      EXPECT_EQ(status, 0) << where;
    } else if (o.what == kind::signals) {
      EXPECT_EQ(status, 128 + o.number) << where;
    } else {
      EXPECT_TRUE(status == 0 || status == 2) << status << where;
    }
    if (status == 2) {
      EXPECT_TRUE(left.said.err.starts_with("posdef: ")) << where;
      EXPECT_EQ(std::count(left.said.err.begin(), left.said.err.end(), '\n'), 1) << where;
    }
    EXPECT_TRUE(status != 0 || left.said.out == right.said.out) << where << "expected " << right.said.out;
    std::size_t known = 0;
    for (const auto& [name, whole] : right.files) {
      const auto found = left.files.find(name);
      known += found != left.files.end();
      const bool is_whole = found != left.files.end() && found->second == whole;
      const bool is_old =
          c.old_files ? found != left.files.end() && found->second == old_content : found == left.files.end();
      EXPECT_TRUE(is_whole || (status != 0 && (is_old || c.second_name || c.renames_fail != 0))) << name << where;
    }
    EXPECT_EQ(known, left.files.size()) << "a temporary file remains: " << where;
  }

  long commands_ = 0, runs_ = 0, faults_ = 0;
  std::map<int, long> statuses_;
};

// The program treats nearly all errnos the same way: all commands get one errno, and one command gets all of them.
TEST_F(ProgramFaults, EveryFileOperationFails) {
  for (const command& c : commands()) every_chance(c, {kind::files, 0, false, ENOSPC});
  for (const int error : {EIO, EACCES, EXDEV}) every_chance(generate_one(), {kind::files, 0, false, error});
}

TEST_F(ProgramFaults, EveryLaterFileOperationFails) {
  every_chance(factor_over_old(), {kind::files, 0, true, ENOSPC});
  every_chance(generate_two(), {kind::files, 0, true, EIO});
}

// A mount point or a file with a second name is written in place: it may then be incomplete, but not with status 0.
TEST_F(ProgramFaults, EveryFileOperationFailsWithOutputInPlace) {
  command c = factor_over_old();
  c.renames_fail = EBUSY;
  every_chance(c, {kind::files, 0, false, ENOSPC});
  c.renames_fail = 0;
  c.second_name = true;
  every_chance(c, {kind::files, 0, false, ENOSPC});
}

TEST_F(ProgramFaults, EveryReadAndWriteIsShortOrInterrupted) {
  for (const int error : {0, EINTR}) {
    for (const command& c : {factor_over_old(), generate_two()}) every_chance(c, {kind::partial, 0, false, error});
    every_chance(factor_over_old(), {kind::partial, 0, true, 0});
  }
}

TEST_F(ProgramFaults, SignalArrivesAtEveryFileOperation) {
  for (const command& c : {factor_with_threads(), solve(), generate_one(), generate_two()})
    every_chance(c, {kind::signals, 0, false, SIGTERM});
  for (const int signal : {SIGINT, SIGHUP}) every_chance(generate_one(), {kind::signals, 0, false, signal});
}

TEST_F(ProgramFaults, EveryThreadCreationFails) {
  for (const bool onwards : {false, true}) every_chance(factor_with_threads(), {kind::threads, 0, onwards});
}

// After the program has opened its first file it allocates little, so every allocation fails once.
TEST_F(ProgramFaults, EveryAllocationAfterTheFirstFileFails) {
  for (command c : commands()) {
    c.late = true;
    every_chance(c, {kind::memory, 0, false});
  }
  for (command c : {factor_with_threads(), solve(), generate_two()}) {
    c.late = true;
    every_chance(c, {kind::memory, 0, true});
  }
}

// Before that it allocates thousands of times to build its command line: the first ones, then one in `stride`, fail.
TEST_F(ProgramFaults, AllocationsFail) {
  constexpr long first = 20, stride = 41;
  const auto next = [](long k) { return k < first ? k + 1 : k + stride; };
  for (const command& c : {factor_over_old(), generate_two()})
    for (const bool onwards : {false, true}) every_chance(c, {kind::memory, 0, onwards}, next);
}

}  // namespace
}  // namespace posdef::test
