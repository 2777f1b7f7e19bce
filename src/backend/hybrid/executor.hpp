// The hybrid part of a device executor: a host executor for the diagonal blocks, and a side stream for the copies.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "backend/executor.hpp"
#include "backend/hybrid/engine.hpp"
#include "backend/hybrid/sizes.hpp"

namespace posdef::internal::hybrid {

/// The host executor of the diagonal blocks and the block orders. If `host` is null, the device engine works alone.
template <class T>
struct partner {
  executor_pointer<T> host;
  hybrid::sizes sizes;
};

/// Runs the problems of a device, with the host from order sizes.from on.
template <class T>
class problems {
 public:
  /// `block`: the block order of the device engine, used by forced algorithms.
  problems(partner<T> p, index block) : partner_(std::move(p)), device_block_(block) {}

  bool together(index n) const { return partner_.host != nullptr && n >= partner_.sizes.from; }
  /// For executor::describe.
  std::string describe(index n) const {
    const std::string blocks = "blocks of " + std::to_string(device_block_);
    return together(n) ? blocks + ", diagonal blocks on the host" : blocks;
  }

  /// The workspace that the host needs for any diagonal block of a matrix of order n, including the last one.
  std::size_t workspace(index n, int threads) const {
    std::size_t bytes = 0;
    if (together(n))
      for (const index b : {order(n), device_block_})
        for (const index w : {std::min(n, b), n % b})
          bytes = std::max(bytes, partner_.host->workspace(w, 0, 1, threads));
    return bytes;
  }

  /// Reserves memory for matrices of order n, `count` at a time.
  void reserve(std::unique_ptr<gpu::side_stream> lane, gpu::staging& w, index n, index count) {
    lane_ = std::move(lane);
    exchange_.emplace(*lane_);
    const index most = std::min(n, std::max(order(n), device_block_));
    w.reserve(gpu::staging::blocks, exchange<T>::device_bytes(most, count));
    exchange_->reserve(n, most, std::min(order(n), device_block_), count);
  }

  template <class Make>
  void run(const gpu::staged_problems<T>& device, gpu::staging& w, const problem<T>& j, index n, const team& all,
           std::byte* workspace, const Make& make) {
    if (!exchange_) return device.run(w, j, all, make);
    on_host host(*partner_.host, all, workspace);
    {
      // On every exit the side stream is empty, so that it no longer uses the team and the workspace.
      const settled at_the_end{*lane_};
      device.run(w, j, all, [&](index count, gpu::address info, gpu::address scratch) {
        exchange_->begin(host, count, w.at(gpu::staging::blocks), info);
        return engine(make(count, info, scratch), *exchange_, order(n));
      });
    }
    host.rethrow();
  }

 private:
  /// The order of the diagonal blocks of a matrix of order n.
  index order(index n) const { return partner_.sizes.block(n); }

  class on_host final : public host_factor<T> {
   public:
    on_host(const executor<T>& e, const team& all, std::byte* workspace)
        : executor_(e), team_(all), workspace_(workspace) {}
    /// Runs on a thread of the driver, which must not see an exception. Keeps the first one and skips later blocks.
    void factor(const batch<T>& blocks, index* info) noexcept override {
      if (problem_ != nullptr) return;
      try {
        run(blocks, info);
      } catch (...) {
        problem_ = std::current_exception();
      }
    }
    /// Called by the calling thread when the side stream is empty.
    void rethrow() const {
      if (problem_ != nullptr) std::rethrow_exception(problem_);
    }

   private:
    void run(const batch<T>& blocks, index* info) {
      problem<T> p{};
      p.what = operation::cholesky;
      p.a = blocks;
      p.out = blocks;
      p.info = info;
      p.other = other_triangle::keep;
      p.in_place = true;
      executor_.run(p, blocks.rows, 0, team_, workspace_);
    }

    const executor<T>& executor_;
    const team& team_;
    std::byte* workspace_;
    std::exception_ptr problem_;
  };

  struct settled {
    gpu::side_stream& lane;
    ~settled() { lane.settle(); }
  };

  partner<T> partner_;
  const index device_block_;
  std::unique_ptr<gpu::side_stream> lane_;
  std::optional<exchange<T>> exchange_;
};

}  // namespace posdef::internal::hybrid
