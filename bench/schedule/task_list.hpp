// Tasks with durations and dependencies, in an order in which every task comes after those it needs.
#ifndef POSDEF_BENCH_SCHEDULE_TASK_LIST_HPP
#define POSDEF_BENCH_SCHEDULE_TASK_LIST_HPP

#include <cstdint>
#include <span>
#include <vector>

namespace posdef::bench {

class task_list {
 public:
  /// The tasks first, ..., last - 1.
  struct range {
    std::int32_t first, last;
  };

  /// Adds a task that takes `seconds` on one core and moves `bytes` from and to memory.
  void add(double seconds, double bytes = 0);
  /// The last task needs these earlier ones. Throws std::logic_error if they are not earlier.
  void needs(range earlier);
  void needs(std::int32_t earlier) { needs({earlier, earlier + 1}); }

  std::int32_t size() const { return static_cast<std::int32_t>(seconds_.size()); }
  double seconds(std::int32_t task) const { return seconds_[static_cast<std::size_t>(task)]; }
  double bytes(std::int32_t task) const { return bytes_[static_cast<std::size_t>(task)]; }
  std::span<const range> needs_of(std::int32_t task) const;

  /// The sum of all durations.
  double work() const;
  /// Of each task, the longest sum of durations along dependencies from its start to the end of the last task.
  std::vector<double> paths() const;
  /// The longest of them: no number of cores takes less time.
  double critical_path() const;

 private:
  std::vector<double> seconds_, bytes_;
  std::vector<std::size_t> end_;  // of the task's part of needs_
  std::vector<range> needs_;
};

}  // namespace posdef::bench

#endif
