// A device for tests of concurrent work: it records its commands and their dependencies instead of executing them. The
// commands can then be executed in any order that the dependencies allow, even one that is unlikely on a real device,
// and the dependencies can be queried.
#pragma once

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "backend/gpu/side_stream.hpp"
#include "gpu/example_engine.hpp"

namespace posdef::internal {

enum class side { stream, lane };

class timeline {
 public:
  struct command {
    side where;
    std::string what;
    gpu::address from, to;  ///< its first input and its output
    std::function<void()> run;
    std::vector<std::size_t> after;
  };

  void add(side where, std::string what, gpu::address from, gpu::address to, std::function<void()> run) {
    auto& l = line(where);
    all_.push_back({where, std::move(what), from, to, std::move(run), l.waits_for});
    l.waits_for = {all_.size() - 1};
  }
  /// Later commands of the one side wait for the present commands of the other side.
  void order(side first, side then) {
    auto& waits = line(then).waits_for;
    const auto& last = line(first).waits_for;
    waits.insert(waits.end(), last.begin(), last.end());
  }

  const std::vector<command>& commands() const { return all_; }
  /// The n-th command of that kind; the test fails if there is none.
  std::size_t find(const std::string& what, gpu::address from, gpu::address to) const {
    for (std::size_t i = 0; i < all_.size(); ++i)
      if (all_[i].what == what && all_[i].from == from && all_[i].to == to) return i;
    ADD_FAILURE() << "no " << what << " to " << to;
    return 0;
  }
  std::size_t find(const std::string& what, int n) const {
    for (std::size_t i = 0; i < all_.size(); ++i)
      if (all_[i].what == what && n-- == 0) return i;
    ADD_FAILURE() << "no " << what;
    return 0;
  }

  /// Whether command b cannot begin before command a has ended.
  bool waits(std::size_t b, std::size_t a) const {
    if (a == b) return true;
    for (const std::size_t k : all_[b].after)
      if (k >= a && waits(k, a)) return true;
    return false;
  }

  /// Executes everything: pick(s) selects the next one of the commands that can begin.
  template <class Pick>
  void run(Pick pick) const {
    std::vector<bool> done(all_.size(), false);
    for (std::size_t count = 0; count < all_.size(); ++count) {
      std::vector<std::size_t> ready;
      for (std::size_t i = 0; i < all_.size(); ++i) {
        bool can = !done[i];
        for (const std::size_t k : all_[i].after) can = can && done[k];
        if (can) ready.push_back(i);
      }
      const std::size_t next = pick(ready);
      all_[next].run();
      done[next] = true;
    }
  }
  /// Executes one side as far as possible before the other.
  auto first(side s) const {
    return [this, s](const std::vector<std::size_t>& ready) {
      for (const std::size_t i : ready)
        if (all_[i].where == s) return i;
      return ready.front();
    };
  }
  static auto by_chance(unsigned seed) {
    return
        [g = std::mt19937(seed)](const std::vector<std::size_t>& ready) mutable { return ready[g() % ready.size()]; };
  }

 private:
  struct per_side {
    std::vector<std::size_t> waits_for;
  };
  per_side& line(side s) { return sides_[s == side::stream ? 0 : 1]; }

  std::vector<command> all_;
  per_side sides_[2];
};

/// The guide's device engine, with recorded launches.
template <class T>
class recorded_engine {
 public:
  using value_type = T;
  using input = gpu::matrices<T>;
  using output = gpu::matrices<T>;

  recorded_engine(timeline& t, example::engine<T>& e) : t_(&t), e_(&e) {}

  index block() const { return e_->block(); }
  index potrf_block(output a, index first) {
    launch("potrf_block", a.at, a.at, [e = e_, a, first] { e->potrf_block(a, first); });
    return 0;
  }
  void trsm_block(input l, output b, bool unit) {
    launch("trsm_block", l.at, b.at, [e = e_, l, b, unit] { e->trsm_block(l, b, unit); });
  }
  void gemm(int sign, input a, input b, output c, part which) {
    launch("gemm", a.at, c.at, [e = e_, sign, a, b, c, which] { e->gemm(sign, a, b, c, which); });
  }
  void copy(int sign, input a, output b, part which) {
    launch("copy", a.at, b.at, [e = e_, sign, a, b, which] { e->copy(sign, a, b, which); });
  }
  void fill(output a, T x, part which) {
    launch("fill", a.at, a.at, [e = e_, a, x, which] { e->fill(a, x, which); });
  }
  output scratch(index k, index m, index n) const { return e_->scratch(k, m, n); }
  void copy(int sign, input a, output b, part which, gpu::when w) {
    launch("copy", a.at, b.at, [e = e_, sign, a, b, which, w] { e->copy(sign, a, b, which, w); });
  }
  void fill(output a, T x, part which, gpu::when w) {
    launch("fill", a.at, a.at, [e = e_, a, x, which, w] { e->fill(a, x, which, w); });
  }
  index check_diagonal(input l, bool positive) {
    launch("check_diagonal", l.at, 0, [e = e_, l, positive] { e->check_diagonal(l, positive); });
    return 0;
  }
  void log_diagonal(input l, gpu::address value) {
    launch("log_diagonal", l.at, value, [e = e_, l, value] { e->log_diagonal(l, value); });
  }
  void clear_info() {
    launch("clear_info", 0, 0, [e = e_] { e->clear_info(); });
  }
  void skip_failed() {
    launch("skip_failed", 0, 0, [e = e_] { e->skip_failed(); });
  }
  index unblocked_max() const { return 0; }
  void potrf_unblocked(input, output, bool, bool) {}

 private:
  void launch(const char* what, gpu::address from, gpu::address to, std::function<void()> f) {
    t_->add(side::stream, what, from, to, std::move(f));
  }
  timeline* t_;
  example::engine<T>* e_;
};

class recorded_side_stream final : public gpu::side_stream {
 public:
  recorded_side_stream(timeline& t, example::device& d) : t_(t), device_(d) {}

  std::byte* reserve(std::size_t bytes, index) override {
    memory_.assign(bytes, std::byte{0x55});
    return memory_.data();
  }
  void enter() override { t_.order(side::stream, side::lane); }
  void read(gpu::address from, std::byte* to, std::size_t bytes) override {
    t_.add(side::lane, "read", from, 0,
           [&d = device_, from, to, bytes] { std::copy_n(d.at<std::byte>(from), bytes, to); });
  }
  void call(function f, void* data) override {
    t_.add(side::lane, "call", 0, 0, [f, data] { f(data); });
  }
  void write(const std::byte* from, gpu::address to, std::size_t bytes) override {
    t_.add(side::lane, "write", 0, to,
           [&d = device_, from, to, bytes] { std::copy_n(from, bytes, d.at<std::byte>(to)); });
  }
  void leave() override { t_.order(side::lane, side::stream); }
  void settle() noexcept override {}

 private:
  timeline& t_;
  example::device& device_;
  std::vector<std::byte> memory_;
};

}  // namespace posdef::internal
