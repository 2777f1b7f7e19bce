#include "gpu/device_measure.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <thread>

#include "io/memory.hpp"
#include "numeric/parallel.hpp"
#include "problem.hpp"

namespace posdef::bench {
namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

constexpr std::size_t fewest = 3;  // measurements of a participant
constexpr double long_call = 10e-3;
// How much of the results of a run is checked, and how much is uploaded at once.
constexpr std::int64_t checked_bytes = std::int64_t{16} << 20, slab_bytes = std::int64_t{64} << 20;

std::int64_t matrix_bytes(const cell& c) {
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(c.bytes()) / std::max<std::int64_t>(1, c.batch));
}

/// A routine of a library, ready to run.
struct participant {
  timing told;
  bool other_triangle = false;
  device_call call = {};  // empty: not measured
  std::vector<double> wall = {}, device = {};
  double estimate = 0;   // of a call, in wall time
  std::int64_t run = 1;  // calls in a run
  std::int64_t checks = 0;
  bool done = false;
};

template <scalar T>
class contest {
 public:
  contest(accelerator& where, const cell& what, const settings& s, std::int64_t count)
      : where_(where),
        cell_(what),
        settings_(s),
        problem_(what, 0),
        matrix_(what.n * what.n),
        bytes_(static_cast<std::size_t>(what.batch * matrix_) * sizeof(T)),
        inputs_(where, bytes_ * static_cast<std::size_t>(count)),
        work_(where, bytes_ * static_cast<std::size_t>(count)),
        all_{.data = work_.template as<T>(), .count = count, .elements = what.batch * matrix_} {
    upload();
  }

  std::vector<timing> run(const std::vector<device_library>& libraries);

 private:
  T* input(std::int64_t k) const { return inputs_.template as<T>() + k * all_.elements; }
  std::int64_t buffer(std::int64_t k) const { return (next_ + k) % all_.count; }

  void upload();
  void restore();
  void calls(const participant& p) {
    for (std::int64_t k = 0; k < p.run; ++k) p.call(buffer(k));
  }
  double seconds_of_calls(const participant& p);
  void advance(const participant& p) { next_ = buffer(p.run); }
  double device_run(const participant& p);
  double wall_run(const participant& p);
  void both_at_once(participant& p);
  double residual_of(const T* in, posdef::uplo which, std::int64_t turn);
  void check(participant& p);
  void first(participant& p);
  void repeat(participant& p);
  void last(participant& p);
  void guarded(participant& p, void (contest::*step)(participant&));
  std::vector<participant> begin(const std::vector<device_library>& libraries);

  accelerator& where_;
  const cell cell_;
  const settings settings_;
  const problem<T> problem_;
  const std::int64_t matrix_;  // elements of one matrix
  const std::size_t bytes_;    // of a buffer
  const device_memory inputs_, work_;
  const buffers<T> all_;
  tools::buffer<T> results_;    // the results that are checked
  std::int64_t next_ = 0;       // the first buffer of the next run
  double share_ = 0;            // of the cell's time, for each participant
  double posdef_estimate_ = 0;  // of a call
};

// Uploads the first buffer slab by slab; the others are copied from it, twice as many each time.
template <scalar T>
void contest<T>::upload() {
  const std::int64_t slab = std::min<std::int64_t>(all_.elements, slab_bytes / static_cast<std::int64_t>(sizeof(T)));
  tools::buffer<T> host(slab);
  for (std::int64_t begin = 0; begin < all_.elements; begin += slab) {
    const std::int64_t end = std::min(begin + slab, all_.elements);
    problem_.write_inputs(host.data(), begin, end);
    where_.upload(input(0) + begin, host.data(), static_cast<std::size_t>(end - begin) * sizeof(T));
  }
  for (std::int64_t filled = 1; filled < all_.count; filled *= 2) {
    where_.copy(input(filled), input(0), bytes_ * static_cast<std::size_t>(std::min(filled, all_.count - filled)));
  }
}

// Starts with the buffers of the next run: those restored first have left the cache.
template <scalar T>
void contest<T>::restore() {
  const std::int64_t behind = all_.count - next_;
  where_.copy(all_.of(next_), input(next_), bytes_ * static_cast<std::size_t>(behind));
  if (next_ > 0) where_.copy(all_.of(0), input(0), bytes_ * static_cast<std::size_t>(next_));
}

// A run between the two events. A call that fails ends the run.
template <scalar T>
double contest<T>::seconds_of_calls(const participant& p) {
  where_.begin();
  try {
    calls(p);
  } catch (...) {
    where_.end();
    throw;
  }
  where_.end();
  return where_.seconds();
}

template <scalar T>
double contest<T>::device_run(const participant& p) {
  restore();
  return seconds_of_calls(p) / static_cast<double>(p.run);
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

// One long call, for which the cost of the events is negligible.
template <scalar T>
void contest<T>::both_at_once(participant& p) {
  restore();
  where_.wait();
  const double begin = now();
  p.device.push_back(seconds_of_calls(p));
  p.wall.push_back(now() - begin);
}

// The largest residual of a sample of a buffer.
template <scalar T>
double contest<T>::residual_of(const T* in, posdef::uplo which, std::int64_t turn) {
  const auto numbers = sampled(cell_.batch, checked_bytes / matrix_bytes(cell_), turn);
  const auto count = static_cast<std::int64_t>(numbers.size());
  const std::size_t bytes = static_cast<std::size_t>(matrix_) * sizeof(T);
  if (results_.size() == 0) results_ = tools::buffer<T>(count * matrix_);
  if (count == cell_.batch) {
    where_.download(results_.data(), in, bytes_);
  } else {
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      where_.download(results_.data() + static_cast<std::int64_t>(k) * matrix_, in + numbers[k] * matrix_, bytes);
    }
  }
  const int threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const auto each_with = static_cast<int>(std::max<std::int64_t>(1, threads / std::max<std::int64_t>(1, count)));
  std::vector<double> each(numbers.size());
  tools::parallel_for(count, threads, [&](std::int64_t k, int) {
    const auto at = static_cast<std::size_t>(k);
    each[at] = problem_.residual_of(results_.data() + k * matrix_, numbers[at], which, each_with);
  });
  double worst = 0;
  for (const double r : each) worst = std::isnan(r) || std::isnan(worst) ? std::nan("") : std::max(worst, r);
  return worst;
}

// Checks the buffers of the last run.
template <scalar T>
void contest<T>::check(participant& p) {
  constexpr std::int64_t most = 16;
  posdef::uplo where_it_is = cell_.uplo;
  if (p.other_triangle) where_it_is = cell_.uplo == uplo::lower ? uplo::upper : uplo::lower;
  const std::int64_t room = std::min<std::int64_t>(most, checked_bytes / static_cast<std::int64_t>(bytes_ + 1));
  ++p.checks;
  for (const std::int64_t k : sampled(p.run, room, p.checks)) {
    const double one = residual_of(all_.of(buffer(k)), where_it_is, p.checks);
    if (std::isnan(one) || one > p.told.residual) p.told.residual = one;
    if (std::isnan(one)) return;
  }
}

// The first call may load code and allocate memory, so it is not timed; the second determines the calls of a run.
template <scalar T>
void contest<T>::first(participant& p) {
  constexpr double run_seconds = 2e-3, too_slow = 8;
  p.run = 1;
  const double loading = wall_run(p);
  const double patience = std::min(settings_.patience, 4 * settings_.seconds);
  if (p.told.counted && loading > patience && loading > too_slow * posdef_estimate_) {
    char text[80];
    std::snprintf(text, sizeof text, "its first call took %.1f s", loading);
    throw std::runtime_error(text);
  }
  both_at_once(p);
  p.estimate = p.wall[0];
  check(p);
  if (!p.told.counted) posdef_estimate_ = p.estimate;
  p.done = p.told.counted && p.estimate > std::max(share_, long_call);
  if (p.estimate > long_call) return;  // this measurement is accurate enough
  p.wall.clear();
  p.device.clear();
  p.run = std::clamp<std::int64_t>(static_cast<std::int64_t>(run_seconds / std::max(p.estimate, 1e-9)), 1, all_.count);
}

template <scalar T>
void contest<T>::repeat(participant& p) {
  if (p.estimate > long_call) {
    both_at_once(p);
    advance(p);
    return;
  }
  p.device.push_back(device_run(p));
  advance(p);
  p.wall.push_back(wall_run(p));
  advance(p);
}

// Checks again at the end: an earlier result may have been correct.
template <scalar T>
void contest<T>::last(participant& p) {
  wall_run(p);
  check(p);
}

// A participant that fails is not measured further; the others continue.
template <scalar T>
void contest<T>::guarded(participant& p, void (contest::*step)(participant&)) {
  try {
    (this->*step)(p);
  } catch (const std::exception& problem) {
    p.told.left_out = problem.what();
    p.call = {};
  }
}

// The first calls of all participants.
template <scalar T>
std::vector<participant> contest<T>::begin(const std::vector<device_library>& libraries) {
  std::size_t ways = 0;
  for (const device_library& l : libraries) ways += l.of<T>().size();
  share_ = settings_.seconds / static_cast<double>(std::max<std::size_t>(1, ways));
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
  return those;
}

template <scalar T>
std::vector<timing> contest<T>::run(const std::vector<device_library>& libraries) {
  std::vector<participant> those = begin(libraries);
  const double start = now();
  for (std::size_t round = 0; round < static_cast<std::size_t>(settings_.repetitions); ++round) {
    if (round >= fewest && now() - start > settings_.seconds) break;
    for (std::size_t k = 0; k < those.size(); ++k) {
      participant& p = those[(k + round) % those.size()];  // the order varies
      if (!p.call || p.done) continue;
      const double started = now();
      guarded(p, &contest::repeat);
      // A participant that takes much of the time needs fewer measurements; a very slow one needs only one.
      const participant& posdef = those[0];
      constexpr double too_slow = 4;
      const bool far = !p.wall.empty() && !posdef.wall.empty() && p.wall.back() > too_slow * posdef.wall.back();
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
  // The base matrix, the checked results and the upload slab.
  const double matrices = 1 + static_cast<double>(sampled(what.batch, checked_bytes / matrix_bytes(what), 0).size());
  const double needed = matrices * static_cast<double>(matrix_bytes(what)) + static_cast<double>(slab_bytes);
  if (needed > static_cast<double>(tools::usable_memory())) {
    return left_out("needs " + tools::human_bytes(static_cast<std::uint64_t>(needed)) + " of memory");
  }
  try {
    return contest<T>(where, what, s, count).run(libraries);
  } catch (const std::exception& problem) {
    return left_out(problem.what());
  }
}

}  // namespace

std::vector<std::int64_t> sampled(std::int64_t count, std::int64_t room, std::int64_t turn) {
  std::vector<std::int64_t> all;
  if (count <= std::max<std::int64_t>(room, 3)) {
    for (std::int64_t k = 0; k < count; ++k) all.push_back(k);
    return all;
  }
  const std::int64_t between = std::max<std::int64_t>(room, 3) - 2;
  all.push_back(0);
  for (std::int64_t k = 0; k < between; ++k) all.push_back(1 + (k * (count - 2) / between + turn) % (count - 2));
  all.push_back(count - 1);
  return all;
}

std::int64_t ring_size(std::size_t bytes, std::size_t cache, std::size_t free) {
  constexpr std::int64_t smallest = 2;
  const auto each = std::max<std::size_t>(bytes, 1);
  const auto room = static_cast<std::int64_t>((free - free / 8) / 2 / each);  // an eighth is left for workspaces
  const auto wanted = static_cast<std::int64_t>(2 * cache / each + 1);
  return std::min(std::max(wanted, smallest), room);
}

outcome measure_on(accelerator& where, const cell& what, const std::vector<device_library>& libraries,
                   const settings& s) {
  if (what.op != operation::cholesky) {
    throw tools::input_error("bench: on " + where.name() + " cholesky is measured, not " + name_of(what.op));
  }
  outcome o{.cell = what, .threads = s.threads, .ways = {}, .device = where.name(), .card = where.card()};
  switch (what.type) {
    case tools::dtype::f32: o.ways = measure<float>(where, what, libraries, s); break;
    case tools::dtype::f64: o.ways = measure<double>(where, what, libraries, s); break;
    case tools::dtype::c64: o.ways = measure<std::complex<float>>(where, what, libraries, s); break;
    default: o.ways = measure<std::complex<double>>(where, what, libraries, s);
  }
  return o;
}

}  // namespace posdef::bench
