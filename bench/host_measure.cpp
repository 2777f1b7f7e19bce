#include "host_measure.hpp"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <thread>

#include "problem.hpp"
#include "situations.hpp"
#include "system/threads.hpp"

namespace posdef::bench {
namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double processor_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

// Sleeps until no thread of the process is running, or gives up.
void wait_until_quiet() {
  using namespace std::chrono_literals;
  constexpr double give_up = 0.3;
  for (const double begin = now(); now() - begin < give_up;) {
    const double wall = now(), processor = processor_seconds();
    std::this_thread::sleep_for(300us);
    if (processor_seconds() - processor < 0.3 * (now() - wall)) return;
  }
}

// A row-major lower triangle is a column-major upper one: peers, which are column-major, get the other letter.
char peer_uplo(const cell& c) { return (c.uplo == uplo::lower) == (c.layout == layout::col_major) ? 'L' : 'U'; }

/// A participant in a cell: `call` processes one copy.
struct participant {
  timing told;
  std::function<void()> prepare;
  std::function<void(std::int64_t)> call;
  std::function<double()> predict = {};  // estimates the seconds of a call from a small part of it; may be empty
  std::vector<double> times = {};
  double estimate = 0;  // seconds of a call
  int passes = 1;       // of a repetition
  bool done = false;
  bool stand_in = false;          // measured only if the previous one was not
  bool prepared_by_user = false;  // `prepare` is part of the first call
};

template <scalar T>
class contest {
 public:
  contest(const cell& what, const std::vector<peer>& peers, const settings& s, std::int64_t copies);
  std::vector<timing> run(const std::function<void(const std::string&)>& step);
  bool visit(std::size_t k, const std::function<void(const timing&, const std::function<void()>&)>& visitor);

 private:
  using real = real_type<T>;

  void add_posdef();
  void add_peer(const peer& p);
  void add_loop();
  std::function<double()> prediction(const peer& p);
  std::function<void(std::int64_t, std::int64_t)> one_matrix(const peer& p);
  double pass(const participant& p);
  void first(participant& p);
  void repeat(participant& p);
  void measure_cold(const std::function<void(const std::string&)>& step);

  const cell cell_;
  const settings settings_;
  const std::vector<situation> situations_;
  problem<T> problem_;
  options options_;
  std::optional<plan<T>> plan_;
  const internal::team team_;
  std::vector<std::int64_t> info_;
  std::vector<participant> all_;
};

template <scalar T>
options options_for(const cell& c, const settings& s) {
  return {.uplo = c.uplo, .on_failure = on_failure::report, .threads = s.threads, .device = s.device};
}

template <scalar T>
contest<T>::contest(const cell& what, const std::vector<peer>& peers, const settings& s, std::int64_t copies)
    : cell_(what),
      settings_(s),
      situations_(s.cold ? cold_situations(peers, s.threads) : std::vector<situation>()),
      problem_(what, copies),
      options_(options_for<T>(what, s)),
      team_(s.threads),
      info_(static_cast<std::size_t>(what.batch)) {
  add_posdef();
  if (what.op == operation::cholesky_logdet) {
    add_loop();
  } else {
    for (const peer& p : peers) add_peer(p);
  }
}

// posdef by a plan, created outside the timing as in a program with many calls; and by the plain call.
template <scalar T>
void contest<T>::add_posdef() {
  const auto a = [this](std::int64_t copy) {
    return view<T>(problem_.matrices(copy), cell_.n, cell_.n, 0, cell_.layout).batched(cell_.batch);
  };
  const auto b = [this](std::int64_t copy) {
    return view<T>(problem_.right_sides(copy), cell_.n, cell_.nrhs).batched(cell_.batch);
  };
  const auto logs = [this](std::int64_t copy) {
    return std::span<real>(problem_.logdets(copy), static_cast<std::size_t>(cell_.batch));
  };
  std::function<void(std::int64_t)> planned, plain;
  switch (cell_.op) {
    case operation::cholesky:
      planned = [=, this](std::int64_t copy) { plan_->cholesky(a(copy), info_); };
      plain = [=, this](std::int64_t copy) { try_cholesky(a(copy), info_, options_); };
      break;
    case operation::cholesky_solve:
      planned = [=, this](std::int64_t copy) { plan_->cholesky_solve(a(copy), b(copy), info_); };
      plain = [=, this](std::int64_t copy) { try_cholesky_solve<T>(a(copy), b(copy), info_, options_); };
      break;
    case operation::cholesky_inverse:
      planned = [=, this](std::int64_t copy) { plan_->cholesky_inverse(a(copy), info_); };
      plain = [=, this](std::int64_t copy) { try_cholesky_inverse(a(copy), info_, options_); };
      break;
    case operation::inv_triangular:
      planned = [=, this](std::int64_t copy) { plan_->inv_triangular(a(copy), info_); };
      plain = [=, this](std::int64_t copy) { try_inv_triangular(a(copy), info_, options_); };
      break;
    case operation::cholesky_logdet:
      planned = [=, this](std::int64_t copy) { plan_->cholesky_logdet(a(copy), logs(copy), info_); };
      plain = [=, this](std::int64_t copy) { try_cholesky_logdet(a(copy), logs(copy), info_, options_); };
      break;
  }
  const auto make_plan = [this] {
    const shape sizes{.n = cell_.n, .batch = cell_.batch, .nrhs = cell_.nrhs};
    if (!plan_) plan_.emplace(settings_.device, sizes, options_);
  };
  all_.push_back({.told = {.name = "posdef", .way = "plan", .counted = false}, .prepare = make_plan, .call = planned});
  all_.back().prepared_by_user = true;
  all_.push_back({.told = {.name = "posdef call", .way = "call", .counted = false}, .prepare = [] {}, .call = plain});
}

// Matrix b of a copy.
template <scalar T>
std::function<void(std::int64_t, std::int64_t)> contest<T>::one_matrix(const peer& p) {
  const char uplo = peer_uplo(cell_);
  const auto n = static_cast<int>(cell_.n), nrhs = static_cast<int>(cell_.nrhs);
  const auto a = [this](std::int64_t copy, std::int64_t b) { return problem_.matrices(copy) + b * cell_.n * cell_.n; };
  const routines<T>& r = p.of<T>();
  using step = std::function<void(std::int64_t, std::int64_t)>;
  const auto in_place = [=](const std::function<int(char, int, T*, int)>& f) -> step {
    if (!f) return {};
    return [=](std::int64_t copy, std::int64_t b) { f(uplo, n, a(copy, b), n); };
  };
  switch (cell_.op) {
    case operation::cholesky: return in_place(r.potrf);
    case operation::cholesky_inverse: return in_place(r.potri);
    case operation::inv_triangular: return in_place(r.trtri);
    case operation::cholesky_solve:
      if (!r.potrs) return {};
      return [=, this, f = r.potrs](std::int64_t copy, std::int64_t b) {
        f(uplo, n, nrhs, a(copy, b), n, problem_.right_sides(copy) + b * cell_.n * cell_.nrhs, n);
      };
    default: return {};
  }
}

template <scalar T>
void contest<T>::add_peer(const peer& p) {
  const auto one = one_matrix(p);
  if (!one) {
    all_.push_back({.told = {.name = p.name, .left_out = "has no such routine"}, .prepare = {}, .call = {}});
    return;
  }
  const auto loop = [this, one](std::int64_t copy) {
    for (std::int64_t b = 0; b < cell_.batch; ++b) one(copy, b);
  };
  const auto tasks = [this, one](std::int64_t copy) {
    team_.for_each(cell_.batch, [&](std::int64_t b, int) { one(copy, b); });
  };
  constexpr std::int64_t small = 1024;
  const bool own = settings_.threads > 1 && p.set_threads;
  const bool shared_out = settings_.threads > 1 && cell_.batch > 1 && p.concurrent;
  const auto add = [&](const char* way, int threads, const std::function<void(std::int64_t)>& call) {
    const auto prepare = [&p, threads] {
      if (p.set_threads) p.set_threads(threads);
    };
    all_.push_back({.told = {.name = p.name, .way = way}, .prepare = prepare, .call = call, .predict = prediction(p)});
    all_.back().stand_in = own && !shared_out && threads == 1 && cell_.n > small;
  };
  if (own) add("own threads", settings_.threads, loop);
  if (shared_out) add("tasks", 1, tasks);
  if (!shared_out) add("one thread", 1, loop);
}

// A long factorization is first estimated from its leading block.
template <scalar T>
std::function<double()> contest<T>::prediction(const peer& p) {
  constexpr int sample = 384;
  constexpr double long_work = 4e9;
  if (cell_.op != operation::cholesky || cell_.operations() < long_work || cell_.n <= sample) return {};
  return [this, potrf = p.of<T>().potrf] {
    cell piece = cell_;
    piece.n = sample;
    piece.batch = 1;
    double best = std::numeric_limits<double>::infinity();
    for (int k = 0; k < 2; ++k) {  // the first call may start threads
      problem_.restore();
      const double begin = now();
      potrf(peer_uplo(cell_), sample, problem_.matrices(0), static_cast<int>(cell_.n));
      best = std::min(best, now() - begin);
    }
    return best * cell_.operations() / piece.operations();
  };
}

// LAPACK has no such operation; its users write this loop.
template <scalar T>
void contest<T>::add_loop() {
  const auto loop = [this](std::int64_t copy) {
    const T* l = problem_.matrices(copy);
    for (std::int64_t b = 0; b < cell_.batch; ++b, l += cell_.n * cell_.n) {
      real sum = 0;
      for (std::int64_t i = 0; i < cell_.n; ++i) sum += std::log(std::real(l[i + i * cell_.n]));
      problem_.logdets(copy)[b] = 2 * sum;
    }
  };
  all_.push_back({.told = {.name = "loop", .way = "one thread"}, .prepare = [] {}, .call = loop});
}

// Seconds of one call, from one run over all copies.
template <scalar T>
double contest<T>::pass(const participant& p) {
  problem_.restore();
  const double begin = now();
  for (std::int64_t copy = 0; copy < problem_.copies(); ++copy) p.call(copy);
  return (now() - begin) / static_cast<double>(problem_.copies());
}

// Warms up caches, threads and clocks, checks the result, and measures the duration of a pass.
template <scalar T>
void contest<T>::first(participant& p) {
  constexpr double repetition = 1e-3, cold = 0.2;
  constexpr double too_slow = 8;
  wait_until_quiet();
  p.prepare();
  const double predicted = p.predict ? p.predict() : 0;
  if (predicted > settings_.patience && predicted > too_slow * all_[0].estimate) {
    p.told.left_out = "would take about " + std::to_string(std::lround(predicted)) + " s";
    p.call = {};
    return;
  }
  const double seconds = p.estimate = pass(p);
  p.told.residual = problem_.residual();
  if (seconds > cold) p.times.push_back(seconds);  // warming up is negligible
  const double all_copies = seconds * static_cast<double>(problem_.copies());
  p.passes = std::clamp(static_cast<int>(repetition / std::max(all_copies, 1e-9)), 1, 1000);
}

// Short calls are timed as in a program with many calls. The calls before must wake the threads: in a virtual machine a
// sleeping thread may wake up on the caller's processor and move to its own only at a later tick of the system's clock,
// some milliseconds later.
template <scalar T>
void contest<T>::repeat(participant& p) {
  constexpr double cold = 5e-3, waking = 25e-3;
  wait_until_quiet();
  p.prepare();
  const double begin = now();
  double sum = pass(p);
  if (sum * static_cast<double>(problem_.copies()) < cold) {
    while (settings_.threads != 1 && now() - begin < waking) pass(p);
    sum = 0;
    for (int k = 0; k < p.passes; ++k) sum += pass(p);
    sum /= p.passes;
  }
  p.times.push_back(sum);
}

// Single calls after each situation, of posdef by its plan and of the fastest configuration of each peer.
template <scalar T>
void contest<T>::measure_cold(const std::function<void(const std::string&)>& step) {
  constexpr int rounds = 11;
  std::map<std::string, participant*> fastest;
  for (participant& p : all_) {
    if (!p.call || p.times.empty() || (!p.told.counted && &p != &all_.front())) continue;
    if (median(p.times) > settings_.seconds / 10) continue;  // a few milliseconds more or less do not matter
    participant*& best = fastest[p.told.name];
    if (best == nullptr || median(p.times) < median(best->times)) best = &p;
  }
  for (const situation& s : situations_) {
    std::map<std::string, std::vector<double>> times;
    for (int round = 0; round < rounds; ++round)
      for (const auto& [name, p] : fastest) {
        if (step) step(name + ", " + s.name);
        problem_.restore();
        wait_until_quiet();
        s.before();
        p->prepare();
        const double begin = now();
        p->call(0);
        times[name].push_back(now() - begin);
      }
    for (const auto& [name, p] : fastest) p->told.cold[s.name] = median(times[name]);
  }
}

// One call of configuration k, on fresh inputs, as a function that the visitor runs. False if there are fewer.
template <scalar T>
bool contest<T>::visit(std::size_t k, const std::function<void(const timing&, const std::function<void()>&)>& visitor) {
  if (k >= all_.size()) return false;
  participant& p = all_[k];
  if (!p.call) return true;
  if (!p.prepared_by_user) p.prepare();
  problem_.restore();
  visitor(p.told, [&p] {
    if (p.prepared_by_user) p.prepare();
    p.call(0);
  });
  return true;
}

template <scalar T>
std::vector<timing> contest<T>::run(const std::function<void(const std::string&)>& step) {
  const auto most = static_cast<std::size_t>(settings_.repetitions);
  const std::size_t fewest = std::min<std::size_t>(3, most);
  const auto told = [&](const participant& p) {
    if (step) step(p.told.name);
  };
  bool last_left_out = false;
  for (participant& p : all_) {
    if (p.stand_in && !last_left_out) p.call = {};
    if (!p.call) continue;
    told(p);
    first(p);
    last_left_out = !p.told.left_out.empty();
    // A participant that is slow and far behind needs no further repetition.
    constexpr double too_slow = 4;
    p.done = !p.times.empty() && p.times[0] > too_slow * all_[0].estimate;
  }
  const double begin = now();
  for (std::size_t round = 0; round < most; ++round) {
    if (round >= fewest && now() - begin > settings_.seconds) break;
    for (std::size_t k = 0; k < all_.size(); ++k) {
      participant& p = all_[(k + round) % all_.size()];  // the order varies
      if (!p.call || p.done) continue;
      told(p);
      repeat(p);
      // A participant that takes much of the time needs fewer measurements.
      p.done = p.times.size() >= fewest && p.times.back() > settings_.seconds / 10;
    }
  }
  measure_cold(step);
  std::vector<timing> out;
  for (participant& p : all_) {
    if (p.stand_in && !p.call && p.told.left_out.empty()) continue;
    if (p.call) {
      if (!p.done) {
        p.prepare();
        pass(p);
        const double again = problem_.residual();  // an earlier result may have been correct
        p.told.residual = std::isnan(again) ? again : std::max(p.told.residual, again);
      }
      p.told.seconds = median(p.times);
      p.told.repetitions = static_cast<int>(p.times.size());
    }
    out.push_back(p.told);
  }
  return out;
}

// What a cell needs if this exceeds what the process may use; else nothing.
std::optional<std::uint64_t> excessive_memory(const cell& what) {
  // The work area, the base matrix in two precisions, and the same again for checks and workspaces.
  const double needed = what.bytes() + 4 * what.bytes() / static_cast<double>(std::max<std::int64_t>(1, what.batch));
  if (needed <= static_cast<double>(tools::usable_memory())) return {};
  return static_cast<std::uint64_t>(needed);
}

template <scalar T>
std::vector<timing> measure(const cell& what, const std::vector<peer>& peers, const settings& s,
                            const std::function<void(const std::string&)>& step) {
  if (const auto needed = excessive_memory(what)) {
    const std::string size = tools::human_bytes(*needed);
    return {{.name = "posdef", .way = "plan", .left_out = "needs " + size + " of memory"}};
  }
  // As many copies as fit into a second-level cache, to measure the computation and not the memory.
  constexpr double cache = 512 * 1024, most = 1000;
  const auto copies = static_cast<std::int64_t>(std::clamp(cache / std::max(what.bytes(), 1.0), 1.0, most));
  return contest<T>(what, peers, s, copies).run(step);
}

// Calls `run` with a number of the cell's type.
template <class Run>
auto for_type(tools::dtype type, const Run& run) {
  switch (type) {
    case tools::dtype::f32: return run(float{});
    case tools::dtype::f64: return run(double{});
    case tools::dtype::c64: return run(std::complex<float>{});
    default: return run(std::complex<double>{});
  }
}

}  // namespace

outcome measure(const cell& what, const std::vector<peer>& peers, const settings& s,
                const std::function<void(const std::string&)>& step) {
  const auto ways = for_type(what.type, [&](auto t) { return measure<decltype(t)>(what, peers, s, step); });
  return {.cell = what, .threads = s.threads, .ways = ways};
}

bool visit_configuration(const cell& what, const std::vector<peer>& peers, const settings& s, std::size_t k,
                         const std::function<void(const timing&, const std::function<void()>&)>& visitor) {
  if (excessive_memory(what)) return false;
  return for_type(what.type, [&](auto t) { return contest<decltype(t)>(what, peers, s, 1).visit(k, visitor); });
}

}  // namespace posdef::bench
