// A device engine in two pages, the example of docs/adding-an-engine.md: memory that the host cannot access, real
// products only, no optimizations. Its "device" is an array; an address is an index into it.
#pragma once

#include <cmath>
#include <vector>

#include "backend/executor.hpp"
#include "backend/gpu/staging.hpp"
#include "engine/reference/reference.hpp"
#include "gpu/complex_product.hpp"
#include "system/memory.hpp"

namespace posdef::internal::example {

/// The device: memory that is accessed only by addresses. Every function that accesses it is a "launch" here.
struct device {
  std::vector<std::byte> memory;
  template <class V>
  V* at(gpu::address a) {
    return reinterpret_cast<V*>(memory.data() + a);
  }
  gpu::address allocate(std::size_t bytes) {
    const gpu::address a = round_up(memory.size(), alignment);
    memory.resize(a + bytes);
    return a;
  }
};

template <class T>
class engine {
 public:
  using value_type = T;
  using input = gpu::matrices<T>;
  using output = gpu::matrices<T>;

  engine(device& d, index count, gpu::address info, gpu::address scratch, gpu::when concerned = gpu::when::always)
      : device_(d), count_(count), info_(info), scratch_(scratch), concerned_(concerned) {}
  static std::size_t scratch_bytes(index count) {
    return static_cast<std::size_t>(2 * order * order * count) * sizeof(T);
  }

  // The primitives: each a launch over the whole batch.
  index block() const { return order; }
  index potrf_block(output a, index first) {
    each(gpu::when::always, [&](index b) {
      const index info = textbook().potrf_block(at(a, b), first);
      if (first == 0) infos()[b] = info;
      if (first != 0 && infos()[b] == 0) infos()[b] = info;
    });
    return 0;
  }
  void trsm_block(input l, output x, bool unit) {
    each(concerned_, [&](index b) { textbook().trsm_block(at(l, b), at(x, b), unit); });
  }
  void gemm(int sign, input x, input y, output c, part which) {
    if constexpr (is_complex<T>) {
      engine<real_type<T>> on_planes(device_, count_, info_, 0, concerned_);
      gemm_of_planes(on_planes, sign, x, y, c, which);
    } else {
      each(concerned_, [&](index b) { textbook().gemm(sign, at(x, b), at(y, b), at(c, b), which); });
    }
  }
  void copy(int sign, input a, output x, part which) { copy(sign, a, x, which, concerned_); }
  void fill(output a, T x, part which) { fill(a, x, which, concerned_); }
  output scratch(index k, index m, index n) const {
    const auto skip = static_cast<gpu::address>(k * count_ * order * order) * sizeof(T);
    return {scratch_ + skip, order * order, m, n, 1, order, false};
  }

  // Device engines also do this: each matrix's info decides, because the host does not know it.
  void copy(int sign, input a, output x, part which, gpu::when w) {
    each(w, [&](index b) { textbook().copy(sign, at(a, b), at(x, b), which); });
  }
  void fill(output a, T x, part which, gpu::when w) {
    each(w, [&](index b) { textbook().fill(at(a, b), x, which); });
  }
  index check_diagonal(input l, bool positive) {
    for (index b = 0; b < count_; ++b) infos()[b] = textbook().check_diagonal(at(l, b), positive);
    return 0;
  }
  void log_diagonal(input l, gpu::address value) {
    using real = real_type<T>;
    for (index b = 0; b < count_; ++b)
      device_.at<real>(value)[b] = infos()[b] == 0 ? textbook().log_diagonal(at(l, b)) : not_a_number<real>();
  }
  void clear_info() { std::fill_n(infos(), count_, 0); }
  void skip_failed() { concerned_ = gpu::when::good; }

  // Optional: one launch for whole small matrices. This engine does not offer it.
  index unblocked_max() const { return 0; }
  void potrf_unblocked(input, output, bool, bool) {}

 private:
  static constexpr index order = 8;

  reference::engine<T> textbook() const { return reference::engine<T>(nullptr, 0); }
  strided<T> at(const gpu::matrices<T>& m, index b) {
    return {device_.at<T>(m.at) + b * m.stride, m.rows, m.cols, m.rs, m.cs, m.conj};
  }
  index* infos() { return device_.at<index>(info_); }
  template <class F>
  void each(gpu::when w, const F& f) {
    for (index b = 0; b < count_; ++b)
      if (w == gpu::when::always || (infos()[b] == 0) == (w == gpu::when::good)) f(b);
  }

  device& device_;
  index count_;
  gpu::address info_, scratch_;
  gpu::when concerned_;
};

/// Device memory for problems in host memory: a copy each way. It is small, so larger batches are processed in pieces.
class staging final : public gpu::staging {
 public:
  device here;

  std::size_t most_bytes(std::size_t wanted) const override { return std::min(wanted, std::size_t{1} << 18); }
  void reserve(purpose p, std::size_t bytes) override {
    at_[p] = here.allocate(bytes);
    staging_[p].resize(bytes);
  }
  gpu::address at(purpose p) const override { return at_[p]; }
  std::byte* map(purpose p, std::size_t bytes, bool for_writing) override {
    writing_[p] = for_writing;
    if (!for_writing) std::copy_n(here.at<std::byte>(at_[p]), bytes, staging_[p].data());
    return staging_[p].data();
  }
  void unmap(purpose p) override {
    if (writing_[p]) std::copy(staging_[p].begin(), staging_[p].end(), here.at<std::byte>(at_[p]));
  }

 private:
  gpu::address at_[purposes] = {};
  std::vector<std::byte> staging_[purposes];
  bool writing_[purposes] = {};
};

/// What the dispatch layer calls: first memory, then problems in it.
template <class T>
class executor final : public internal::executor<T> {
 public:
  std::size_t workspace(index, index, index, int) const override { return 0; }
  void reserve(index n, index nrhs, index batch, bool in_place) override {
    staged_.reserve(work_, n, nrhs, batch, in_place, [](index k) { return engine<T>::scratch_bytes(k); });
  }
  void run(const problem<T>& j, index, index, const team& all, std::byte*) const override {
    staged_.run(work_, j, all, [&](index count, gpu::address info, gpu::address scratch) {
      return engine<T>(work_.here, count, info, scratch);
    });
  }

 private:
  mutable staging work_;  // only one call at a time uses a plan
  gpu::staged_problems<T> staged_;
};

}  // namespace posdef::internal::example
