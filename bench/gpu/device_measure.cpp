#include "gpu/device_measure.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>

#include "io/memory.hpp"
#include "problem.hpp"

namespace posdef::bench {
namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// A way of a library, ready to run.
struct participant {
  timing told;
  bool other_triangle = false;
  device_call call = {};  // empty: left out
  std::vector<double> wall = {}, device = {};
  std::int64_t run = 1;  // calls in a run
  bool done = false;
};

template <scalar T>
class contest {
 public:
  contest(accelerator& where, const cell& what, const settings& s, std::int64_t count)
      : where_(where),
        cell_(what),
        settings_(s),
        problem_(what, 1),
        bytes_(static_cast<std::size_t>(what.batch * what.n * what.n) * sizeof(T)),
        inputs_(where, bytes_ * static_cast<std::size_t>(count)),
        work_(where, bytes_ * static_cast<std::size_t>(count)),
        all_{.data = work_.template as<T>(), .count = count, .elements = what.batch * what.n * what.n} {
    for (std::int64_t k = 0; k < count; ++k) where_.upload(input(k), problem_.matrices(0), bytes_);
  }

  std::vector<timing> run(const std::vector<device_library>& libraries);

 private:
  T* input(std::int64_t k) const { return inputs_.template as<T>() + k * all_.elements; }
  std::int64_t buffer(std::int64_t k) const { return (next_ + k) % all_.count; }

  void restore();
  void calls(const participant& p) {
    for (std::int64_t k = 0; k < p.run; ++k) p.call(buffer(k));
  }
  void advance(const participant& p) { next_ = buffer(p.run); }
  double device_run(const participant& p);
  double wall_run(const participant& p);
  void check(participant& p);
  void first(participant& p);
  void repeat(participant& p);
  void last(participant& p);
  void guarded(participant& p, void (contest::*step)(participant&));

  accelerator& where_;
  const cell cell_;
  const settings settings_;
  problem<T> problem_;  // the inputs of one buffer; results are checked in it
  const std::size_t bytes_;
  const device_memory inputs_, work_;
  const buffers<T> all_;
  std::int64_t next_ = 0;  // where the next run begins
};

// From the next buffer on, around the ring: those that are restored first are the coldest.
template <scalar T>
void contest<T>::restore() {
  const std::int64_t behind = all_.count - next_;
  where_.copy(all_.of(next_), input(next_), bytes_ * static_cast<std::size_t>(behind));
  if (next_ > 0) where_.copy(all_.of(0), input(0), bytes_ * static_cast<std::size_t>(next_));
}

template <scalar T>
double contest<T>::device_run(const participant& p) {
  restore();
  where_.begin();
  calls(p);
  where_.end();
  return where_.seconds() / static_cast<double>(p.run);
}

template <scalar T>
double contest<T>::wall_run(const participant& p) {
  restore();
  where_.wait();
  const double begin = now();
  for (std::int64_t k = 0; k < p.run; ++k) {
    p.call(buffer(k));
    where_.wait();
  }
  return (now() - begin) / static_cast<double>(p.run);
}

// Every buffer of the last run counts.
template <scalar T>
void contest<T>::check(participant& p) {
  posdef::uplo where_it_is = cell_.uplo;
  if (p.other_triangle) where_it_is = cell_.uplo == uplo::lower ? uplo::upper : uplo::lower;
  for (std::int64_t k = 0; k < p.run; ++k) {
    where_.download(problem_.matrices(0), all_.of(buffer(k)), bytes_);
    const double one = problem_.residual(where_it_is);
    if (std::isnan(one) || one > p.told.residual) p.told.residual = one;
    if (std::isnan(one)) return;
  }
}

// The first call may load code and take memory; the second says how many make a run.
template <scalar T>
void contest<T>::first(participant& p) {
  constexpr double run_seconds = 2e-3;
  p.run = 1;
  wall_run(p);
  check(p);
  const double estimate = wall_run(p);
  p.run = std::clamp<std::int64_t>(static_cast<std::int64_t>(run_seconds / std::max(estimate, 1e-9)), 1, all_.count);
}

template <scalar T>
void contest<T>::repeat(participant& p) {
  p.device.push_back(device_run(p));
  advance(p);
  p.wall.push_back(wall_run(p));
  advance(p);
}

// A result may have been right once.
template <scalar T>
void contest<T>::last(participant& p) {
  wall_run(p);
  check(p);
}

// What fails is left out, and the others go on.
template <scalar T>
void contest<T>::guarded(participant& p, void (contest::*step)(participant&)) {
  try {
    (this->*step)(p);
  } catch (const std::exception& problem) {
    p.told.left_out = problem.what();
    p.call = {};
  }
}

template <scalar T>
std::vector<timing> contest<T>::run(const std::vector<device_library>& libraries) {
  constexpr std::size_t fewest = 3;
  constexpr double hopeless = 4;
  std::vector<participant> those;
  for (std::size_t l = 0; l < libraries.size(); ++l) {
    for (const device_way<T>& w : libraries[l].of<T>()) {
      participant p{.told = {.name = libraries[l].name, .way = w.way, .counted = l > 0},
                    .other_triangle = w.other_triangle};
      try {
        p.call = w.prepare(cell_, all_);
      } catch (const std::exception& problem) {
        p.told.left_out = problem.what();
      }
      if (p.call) guarded(p, &contest::first);
      those.push_back(std::move(p));
    }
  }
  const double begin = now();
  for (std::size_t round = 0; round < static_cast<std::size_t>(settings_.repetitions); ++round) {
    if (round >= fewest && now() - begin > settings_.seconds) break;
    for (std::size_t k = 0; k < those.size(); ++k) {
      participant& p = those[(k + round) % those.size()];  // nobody always comes behind the same one
      if (!p.call || p.done) continue;
      const double started = now();
      guarded(p, &contest::repeat);
      // Who takes a good part of the time has been timed often enough sooner than others; who is far behind, at once.
      const participant& posdef = those[0];
      const bool far = !p.wall.empty() && !posdef.wall.empty() && p.wall.back() > hopeless * posdef.wall.back();
      p.done = p.wall.size() >= (far ? 1 : fewest) && now() - started > settings_.seconds / 10;
    }
  }
  std::vector<timing> out;
  for (participant& p : those) {
    if (p.call && !p.done) guarded(p, &contest::last);
    if (p.call) {
      p.told.seconds = median(p.wall);
      p.told.device_seconds = median(p.device);
      p.told.repetitions = static_cast<int>(p.wall.size());
    }
    out.push_back(p.told);
  }
  return out;
}

template <scalar T>
std::vector<timing> measure(accelerator& where, const cell& what, const std::vector<device_library>& libraries,
                            const settings& s) {
  const auto bytes = static_cast<std::size_t>(what.bytes());
  const std::int64_t count = ring_size(bytes, where.cache_bytes(), where.free_bytes());
  const auto left_out = [](const std::string& reason) {
    return std::vector<timing>{{.name = "posdef", .way = "plan", .counted = false, .left_out = reason}};
  };
  if (count == 0) return left_out("needs " + tools::human_bytes(2 * bytes) + " of the device's memory");
  // A batch to check results in, and the base in two precisions.
  const double needed = what.bytes() * (1 + 4 / static_cast<double>(std::max<std::int64_t>(1, what.batch)));
  if (needed > static_cast<double>(tools::physical_memory())) {
    return left_out("needs " + tools::human_bytes(static_cast<std::uint64_t>(needed)) + " of memory");
  }
  try {
    return contest<T>(where, what, s, count).run(libraries);
  } catch (const std::exception& problem) {
    return left_out(problem.what());
  }
}

}  // namespace

std::int64_t ring_size(std::size_t bytes, std::size_t cache, std::size_t free) {
  constexpr std::int64_t fewest = 2;
  const auto each = std::max<std::size_t>(bytes, 1);
  const auto room = static_cast<std::int64_t>((free - free / 8) / 2 / each);  // the rest is for workspaces
  const auto wanted = static_cast<std::int64_t>(2 * cache / each + 1);
  return std::min(std::max(wanted, fewest), room);
}

outcome measure_on(accelerator& where, const cell& what, const std::vector<device_library>& libraries,
                   const settings& s) {
  if (what.op != operation::cholesky) {
    throw tools::input_error("bench: on " + where.name() + " cholesky is measured, not " + name_of(what.op));
  }
  outcome o{.cell = what, .threads = s.threads, .ways = {}, .device = where.name()};
  switch (what.type) {
    case tools::dtype::f32: o.ways = measure<float>(where, what, libraries, s); break;
    case tools::dtype::f64: o.ways = measure<double>(where, what, libraries, s); break;
    case tools::dtype::c64: o.ways = measure<std::complex<float>>(where, what, libraries, s); break;
    default: o.ways = measure<std::complex<double>>(where, what, libraries, s);
  }
  return o;
}

}  // namespace posdef::bench
