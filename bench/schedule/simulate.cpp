#include "schedule/simulate.hpp"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

namespace posdef::bench {
namespace {

/// The memory serves one task after the other; a task ends when its arithmetic and its bytes are done.
class shared_memory {
 public:
  explicit shared_memory(double bandwidth) : bandwidth_(bandwidth) {}
  double end(double start, double seconds, double bytes) {
    free_ = std::max(free_, start) + bytes / bandwidth_;
    return std::max(start + seconds, free_);
  }

 private:
  double bandwidth_, free_ = 0;
};

/// When all that the task needs is done.
double ready(const task_list& tasks, std::int32_t t, const std::vector<double>& end) {
  double when = 0;
  for (const auto r : tasks.needs_of(t))
    for (std::int32_t e = r.first; e < r.last; ++e) when = std::max(when, end[static_cast<std::size_t>(e)]);
  return when;
}

struct core {
  double free;
  int number;
  bool operator>(const core& o) const { return std::pair(free, number) > std::pair(o.free, o.number); }
};
using cores_by_time = std::priority_queue<core, std::vector<core>, std::greater<>>;

cores_by_time idle_cores(const processor& p) {
  cores_by_time all;
  for (int c = 0; c < p.cores; ++c) all.push({c == 0 ? 0 : p.start, c});
  return all;
}

}  // namespace

simulated run_in_order(const task_list& tasks, const processor& p) {
  simulated s;
  shared_memory memory(p.bandwidth);
  cores_by_time cores = idle_cores(p);
  std::vector<double> end(static_cast<std::size_t>(tasks.size()));
  std::vector<std::int32_t> position(static_cast<std::size_t>(p.cores));
  double counter_free = 0;
  int last_taker = 0;
  // Tasks are taken in the order of the list, each by the core that is free first. So one pass is enough.
  for (std::int32_t t = 0; t < tasks.size(); ++t) {
    const core c = cores.top();
    cores.pop();
    counter_free = std::max(c.free, counter_free) + (c.number == last_taker ? p.take : p.take_moved);
    last_taker = c.number;
    s.counter += counter_free - c.free;
    std::int32_t& at = position[static_cast<std::size_t>(c.number)];
    const double walk = p.step * (t - at);
    at = t;
    s.walking += walk;
    const double here = counter_free + walk, needed = ready(tasks, t, end);
    const double begin = needed > here ? needed + p.notice : here;
    const double finish = memory.end(begin, tasks.seconds(t), tasks.bytes(t));
    s.busy += tasks.seconds(t);
    s.memory += std::max(0.0, finish - begin - tasks.seconds(t));
    end[static_cast<std::size_t>(t)] = finish;
    s.seconds = std::max(s.seconds, finish);
    cores.push({finish, c.number});
  }
  // What is left of cores · seconds: before the start and after the last task.
  s.waiting = std::max(0.0, p.cores * s.seconds - s.busy - s.memory - s.counter - s.walking);
  return s;
}

namespace {

/// For each task the tasks that need it, and how many each still needs.
struct successors {
  std::vector<std::size_t> begin;
  std::vector<std::int32_t> task, missing;

  explicit successors(const task_list& tasks)
      : begin(static_cast<std::size_t>(tasks.size()) + 2), missing(static_cast<std::size_t>(tasks.size())) {
    const auto each = [&](const auto& f) {
      for (std::int32_t t = 0; t < tasks.size(); ++t)
        for (const auto r : tasks.needs_of(t))
          for (std::int32_t e = r.first; e < r.last; ++e) f(static_cast<std::size_t>(e), t);
    };
    each([&](std::size_t e, std::int32_t t) {
      ++begin[e + 2];
      ++missing[static_cast<std::size_t>(t)];
    });
    for (std::size_t e = 2; e < begin.size(); ++e) begin[e] += begin[e - 1];
    task.resize(begin.back());
    each([&](std::size_t e, std::int32_t t) { task[begin[e + 1]++] = t; });
  }
};

}  // namespace

simulated run_by_path(const task_list& tasks, const processor& p) {
  simulated s;
  shared_memory memory(p.bandwidth);
  cores_by_time cores = idle_cores(p);
  const std::vector<double> path = tasks.paths();
  successors after(tasks);
  std::priority_queue<std::pair<double, std::int32_t>> ready_tasks;  // by path
  using running = std::pair<double, std::int32_t>;                   // end, task
  std::priority_queue<running, std::vector<running>, std::greater<>> running_tasks;
  const auto offer = [&](std::int32_t t) { ready_tasks.push({path[static_cast<std::size_t>(t)], t}); };
  for (std::int32_t t = 0; t < tasks.size(); ++t)
    if (after.missing[static_cast<std::size_t>(t)] == 0) offer(t);
  double now = 0;
  while (!ready_tasks.empty() || !running_tasks.empty()) {
    if (!ready_tasks.empty() && cores.top().free <= now) {
      const std::int32_t t = ready_tasks.top().second;
      ready_tasks.pop();
      const int number = cores.top().number;
      cores.pop();
      const double finish = memory.end(now, tasks.seconds(t), tasks.bytes(t));
      s.busy += tasks.seconds(t);
      s.memory += std::max(0.0, finish - now - tasks.seconds(t));
      s.seconds = std::max(s.seconds, finish);
      running_tasks.push({finish, t});
      cores.push({finish, number});
      continue;
    }
    // The next event: a core becomes free, or a task ends and others can start.
    const double next_end = running_tasks.empty() ? cores.top().free : running_tasks.top().first;
    now = ready_tasks.empty() ? next_end : std::min(next_end, cores.top().free);
    while (!running_tasks.empty() && running_tasks.top().first <= now) {
      const auto done = static_cast<std::size_t>(running_tasks.top().second);
      running_tasks.pop();
      for (std::size_t e = after.begin[done]; e < after.begin[done + 1]; ++e)
        if (--after.missing[static_cast<std::size_t>(after.task[e])] == 0) offer(after.task[e]);
    }
  }
  s.waiting = std::max(0.0, p.cores * s.seconds - s.busy - s.memory);
  return s;
}

}  // namespace posdef::bench
