// How a device's executor goes hybrid: an executor in host memory for the diagonal blocks, and a lane to it.
#pragma once

#include <exception>
#include <memory>
#include <optional>

#include "backend/executor.hpp"
#include "backend/hybrid/engine.hpp"
#include "backend/hybrid/sizes.hpp"

namespace posdef::internal::hybrid {

/// Who factors diagonal blocks, and of which matrices. Without a host nobody does: the device engine works alone.
template <class T>
struct partner {
  std::unique_ptr<executor<T>> host;
  hybrid::sizes sizes;
};

/// A device's problems, with the partner's help from its least order on.
template <class T>
class problems {
 public:
  /// `block`: that of the device engine, which cuts matrices by it where another algorithm is forced.
  problems(partner<T> p, index block) : partner_(std::move(p)), device_block_(block) {}

  bool together(index n) const { return partner_.host != nullptr && n >= partner_.sizes.from; }

  /// What the partner needs for any diagonal block of a matrix of order n: whole ones and the last.
  std::size_t workspace(index n, int threads) const {
    std::size_t bytes = 0;
    if (together(n))
      for (const index b : {order(n), device_block_})
        for (const index w : {std::min(n, b), n % b})
          bytes = std::max(bytes, partner_.host->workspace(w, 0, 1, threads));
    return bytes;
  }

  /// For matrices of order n, `count` at a time.
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
      // Whatever happens, the lane uses the team and the workspace no more when this returns.
      const settled at_the_end{*lane_};
      device.run(w, j, all, [&](index count, gpu::address info, gpu::address scratch) {
        exchange_->begin(host, count, w.at(gpu::staging::blocks), info);
        return engine(make(count, info, scratch), *exchange_, order(n));
      });
    }
    host.rethrow();
  }

 private:
  /// Of the diagonal blocks of a matrix of order n.
  index order(index n) const { return partner_.sizes.block(n); }

  class on_host final : public host_factor<T> {
   public:
    on_host(const executor<T>& e, const team& all, std::byte* workspace)
        : executor_(e), team_(all), workspace_(workspace) {}
    /// On a thread of the driver, which no exception may reach: the first one is kept, and nothing is done after it.
    void factor(const batch<T>& blocks, index* info) noexcept override {
      if (problem_ != nullptr) return;
      try {
        run(blocks, info);
      } catch (...) {
        problem_ = std::current_exception();
      }
    }
    /// For the thread that called, once the lane is empty.
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
