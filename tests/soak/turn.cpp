#include "turn.hpp"

#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cfenv>
#include <cstdio>
#include <filesystem>
#include <mutex>

#include "check.hpp"
#include "faults/injector.hpp"
#include "interfaces.hpp"

namespace posdef::soak {
namespace {

// In a child of fork(): locks that other threads held stay locked.
bool alone = false;

engine generator(std::uint64_t seed, int thread, long number) {
  std::seed_seq all{seed, static_cast<std::uint64_t>(thread), static_cast<std::uint64_t>(number)};
  return engine(all);
}

/// A plan that all threads use, one at a time.
struct shared_plan {
  std::int64_t n, batch;
  std::mutex in_use;
  std::optional<plan<double>> made;
  shared_plan(std::int64_t n_, std::int64_t batch_) : n(n_), batch(batch_) {}
};
std::array<shared_plan, 3> shared_plans{shared_plan{20, 7}, shared_plan{64, 3}, shared_plan{170, 1}};

/// One call of the library, in some rounding mode, with some fault; a call that fails for memory is checked and
/// repeated.
template <class T>
class caller {
 public:
  caller(engine& random, const problem<T>& p, tally& counts) : random_(random), problem_(p), counts_(counts) {
    options_.uplo = p.triangle;
    options_.threads = static_cast<int>(between(random, 0, 4));
  }

  template <class Call>
  answer call(const std::string& name, const operands<T>& x, const Call& library) {
    const operands_copy before(x);
    faults::order fault;
    if (one_in(random_, 5)) fault = {faults::kind::memory, between(random_, 1, 12), one_in(random_, 2)};
    const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    const int mode = modes[one_in(random_, 2) ? 0 : between(random_, 0, 3)];
    counts_.roundings += mode != FE_TONEAREST;
    std::fesetround(mode);
    faults::arm_thread(fault);
    answer a = library();
    const faults::tally t = faults::disarm_thread();
    const int mode_after = std::fegetround();
    std::fesetround(FE_TONEAREST);
    require(mode_after == mode, name + ": the rounding mode was changed");
    ++counts_.calls;
    counts_.faults += t.faults;
    if (a == answer::no_memory) {
      require(t.faults > 0, name + ": out of memory without a fault");
      require(before.same(x), name + ": out of memory, but something was written");
      ++counts_.refused;
      a = library();
    }
    require(a != answer::wrong && a != answer::no_memory, name + ": an undocumented result");
    return a;
  }

  /// Uses a random interface. The throwing form does not return `info`, so the expected one is used.
  answer call(operation what, const operands<T>& x) {
    const auto d = static_cast<form>(between(random_, 0, 4));
    const std::string name = std::string(form_names[static_cast<int>(d)]) + " " +
                             operation_names[static_cast<int>(what)] + " n " + std::to_string(problem_.n) + " batch " +
                             std::to_string(problem_.batch) + " threads " + std::to_string(options_.threads);
    const answer a = call(name, x, [&] { return call_by(d, what, x, options_); });
    if (d == form::raising_form) *x.info = what == operation::factor ? problem_.info : good_;
    return a;
  }

 private:
  struct operands_copy {
    matrices<T> a, b;
    std::vector<real_type<T>> value;
    std::vector<std::int64_t> info;
    explicit operands_copy(const operands<T>& x) : a(*x.a), b(*x.b), value(*x.value), info(*x.info) {}
    bool same(const operands<T>& x) const {
      return a.same_bytes(*x.a) && b.same_bytes(*x.b) && value == *x.value && info == *x.info;
    }
  };

  engine& random_;
  const problem<T>& problem_;
  tally& counts_;
  options options_;
  const std::vector<std::int64_t> good_ = std::vector<std::int64_t>(problem_.info.size());
};

/// Factors, and then runs one more operation with the factor.
template <class T>
void play(engine& random, const problem<T>& p, tally& counts, shared_plan* shared) {
  matrices<T> a = p.a, b = p.b;
  std::vector<real_type<T>> value(p.info.size(), real_type<T>(-7));
  std::vector<std::int64_t> info(p.info.size(), -7);
  const operands<T> x{&a, &b, &value, &info};
  caller<T> c(random, p, counts);
  const auto carry_out = [&](operation what) {
    if constexpr (std::is_same_v<T, double>) {
      if (shared != nullptr) {
        ++counts.shared_plans;
        return c.call("a shared plan's " + std::string(operation_names[static_cast<int>(what)]), x,
                      [&] { return answer_of_call([&] { return by_plan(*shared->made, what, x); }); });
      }
    }
    return c.call(what, x);
  };
  const answer factored = carry_out(operation::factor);
  const long bad = p.batch - std::count(p.info.begin(), p.info.end(), 0);
  counts.spoilt += bad;
  require((factored == answer::failed) == (bad > 0), "cholesky: success or failure is wrong");
  require(info == p.info, "cholesky: info");
  check_factor(random, p, a);
  if (bad > 0) return;

  const matrices<T> l = a;
  const auto next = static_cast<operation>(between(random, 1, 3));
  require(carry_out(next) == answer::done, "a good factor is rejected");
  require(std::count(info.begin(), info.end(), 0) == p.batch, "info of a good factor");
  if (next != operation::inverse) require(a.same_bytes(l), "the factor was written");
  if (next == operation::solve) check_solve(p, b);
  if (next == operation::inverse) check_inverse(random, p, a);
  if (next == operation::cholesky_logdet) check_cholesky_logdet(p, l, value);
}

template <class T>
void take_any(engine& random, tally& counts) {
  const std::int64_t size = between(random, 1, 20);
  const std::int64_t n = size <= 12   ? between(random, 0, 24)
                         : size <= 19 ? between(random, 25, 130)
                                      : between(random, 131, 400);
  const std::int64_t batch = n <= 24 ? between(random, 1, 60) : n <= 130 ? between(random, 1, 4) : 1;
  const auto triangle = one_in(random, 2) ? uplo::lower : uplo::upper;
  const auto order = one_in(random, 2) ? layout::col_major : layout::row_major;
  const problem<T> p(random, n, batch, triangle, order, /* good = */ !one_in(random, 4));
  play(random, p, counts, nullptr);
}

void take_shared(engine& random, tally& counts) {
  shared_plan& shared = shared_plans[static_cast<std::size_t>(between(random, 0, 2))];
  problem<double> p(random, shared.n, shared.batch, uplo::lower, layout::col_major, !one_in(random, 4));
  p.nrhs = std::min<std::int64_t>(p.nrhs, 5);
  const std::lock_guard lock(shared.in_use);
  if (!shared.made) shared.made.emplace(device{}, shape{shared.n, shared.batch, 5}, options{.threads = 2});
  play(random, p, counts, &shared);
}

}  // namespace

void take_turn(std::uint64_t seed, int thread, long number, tally& counts) {
  engine random = generator(seed, thread, number);
  ++counts.turns;
  switch (between(random, 0, alone ? 3 : 4)) {
    case 0: return take_any<float>(random, counts);
    case 1: return take_any<double>(random, counts);
    case 2: return take_any<std::complex<float>>(random, counts);
    case 3: return take_any<std::complex<double>>(random, counts);
    default: return take_shared(random, counts);
  }
}

void take_turn_in_child(std::uint64_t seed, int thread, long number, tally& counts) {
  ++counts.forks;
  const pid_t child = fork();
  if (child < 0) return;  // no more processes
  if (child == 0) {
    alone = true;
    constexpr unsigned patience = 120;  // seconds; a child could wait forever for a lock
    alarm(patience);
    try {
      take_turn(seed, thread, number, counts);
      _exit(0);
    } catch (const std::exception& e) {
      std::fprintf(stderr, "in a child of fork(): %s\n", e.what());
    }
    _exit(1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  require(WIFEXITED(status) && WEXITSTATUS(status) == 0,
          "a child of fork() ended with status " + std::to_string(status));
}

void take_turn_by_copy(std::uint64_t seed, int thread, long number, tally& counts) {
  ++counts.copies;
  engine random = generator(seed, thread, number);
  // The library stays mapped after unloading (-z nodelete), so new code needs a copy of the file.
  constexpr std::int64_t most = 4;
  const auto path = std::filesystem::temp_directory_path() / ("posdef-soak-" + std::to_string(getpid()) + "-" +
                                                              std::to_string(between(random, 1, most)) + ".so");
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  std::filesystem::copy_file(POSDEF_LIBRARY, path, std::filesystem::copy_options::skip_existing);
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
  require(library != nullptr, "dlopen: " + path.string());
  const auto find = [&]<class F>(F*& function, const char* name) {
    function = reinterpret_cast<F*>(dlsym(library, name));
    require(function != nullptr && function != reinterpret_cast<F*>(dlsym(RTLD_DEFAULT, name)), name);
  };
  c_functions f;
  find(f.cholesky, "posdef_cholesky");
  find(f.solve, "posdef_cholesky_solve");
  const problem<double> p(random, between(random, 1, 150), 1, uplo::upper, layout::row_major, /* good = */ true);
  matrices<double> a = p.a, b = p.b;
  std::vector<double> value(1);
  std::vector<std::int64_t> info(1);
  const operands<double> x{&a, &b, &value, &info};
  const options o{.uplo = uplo::upper, .threads = 2};
  for (const operation what : {operation::factor, operation::solve})
    require(answer_of(by_c(f, what, x, o)) == answer::done, "a call of a copy of the library");
  dlclose(library);
  std::filesystem::remove(path);
  check_factor(random, p, a);
  check_solve(p, b);
}

}  // namespace posdef::soak
