// The hybrid engine: a device engine that factors the diagonal blocks on the host while the device updates the trailing
// matrix.
//
// It equals the device engine E except for two things. A matrix uses the schedule of algorithm/lookahead.hpp. A
// diagonal block is copied to the host and back (gpu/side_stream.hpp) instead of being factored in one launch:
//
//   start_block    pack (a launch)  |  enter, read, factor on the host, write
//   finish_block   leave            |  unpack (a launch)
//
// One packed block per matrix of the batch, on the device and in host memory, is sufficient: the next block is packed
// after the launch that unpacks the previous one. info stays on the host until all blocks are factored. It is then
// copied to the device.
#pragma once

#include <vector>

#include "algorithm/lookahead.hpp"
#include "backend/gpu/side_stream.hpp"
#include "backend/gpu/staging.hpp"
#include "system/memory.hpp"

namespace posdef::internal::hybrid {

/// Factors a batch of blocks on the host: A = L·Lᴴ in the lower triangle of each block. info as for a matrix.
template <class T>
class host_factor {
 public:
  virtual ~host_factor() = default;
  virtual void factor(const batch<T>& blocks, index* info) noexcept = 0;
};

/// Copies diagonal blocks to the host and back.
template <class T>
class exchange {
 public:
  explicit exchange(gpu::side_stream& lane) : lane_(lane) {}

  /// Bytes of device memory for blocks of order `order` for `count` matrices.
  static std::size_t device_bytes(index order, index count) {
    return static_cast<std::size_t>(stride(order) * count) * sizeof(T);
  }

  /// Reserves memory for `count` matrices of order n, with block orders from `least` to `order`.
  void reserve(index n, index order, index least, index count) {
    const index calls = (n + least - 1) / least;
    steps_.reserve(static_cast<std::size_t>(calls));
    found_.resize(static_cast<std::size_t>(count));
    const std::size_t blocks = round_up(device_bytes(order, count), alignment);
    auto* const memory = lane_.reserve(blocks + found_.size() * sizeof(index), calls);
    blocks_ = reinterpret_cast<T*>(memory);
    info_ = reinterpret_cast<index*>(memory + blocks);
  }

  /// Begins the factorization of `count` matrices with packed blocks and infos at these device addresses.
  void begin(host_factor<T>& host, index count, gpu::address blocks, gpu::address info) {
    host_ = &host;
    count_ = count;
    on_device_ = blocks;
    info_on_device_ = info;
    steps_.clear();
  }

  /// The packed blocks of order w on the device.
  gpu::matrices<T> packed(index w) const {
    return {on_device_, stride(w), w, w, 1, gpu::packing::round_ld<T>(w), false};
  }

  /// Copies the packed blocks to the host, factors them and copies them back. The blocks start at row `first`.
  void start(index w, index first) {
    steps_.push_back({this, w, first});
    lane_.enter();
    lane_.read(on_device_, reinterpret_cast<std::byte*>(blocks_), device_bytes(w, count_));
    lane_.call(factor, &steps_.back());
    lane_.write(reinterpret_cast<const std::byte*>(blocks_), on_device_, device_bytes(w, count_));
  }
  void finish() { lane_.leave(); }

  /// Copies the infos of all started blocks to the device, in stream order.
  void publish_info() {
    lane_.enter();
    lane_.write(reinterpret_cast<const std::byte*>(info_), info_on_device_,
                static_cast<std::size_t>(count_) * sizeof(index));
    lane_.leave();
  }

 private:
  /// The arguments of one host call, kept until it has run, because calls are asynchronous.
  struct step {
    exchange* owner;
    index w, first;
  };

  static index stride(index w) { return w * gpu::packing::round_ld<T>(w); }

  /// Keeps the first failure of each matrix. The remaining blocks of a failed matrix are factored too; this does not
  /// change the columns that hold its factor.
  static void factor(void* data) {
    const step& s = *static_cast<const step*>(data);
    exchange& x = *s.owner;
    const index ld = gpu::packing::round_ld<T>(s.w);
    x.host_->factor({x.blocks_, nullptr, x.count_, stride(s.w), s.w, s.w, 1, ld, false}, x.found_.data());
    for (index b = 0; b < x.count_; ++b) {
      const index k = x.found_[static_cast<std::size_t>(b)];
      if (s.first == 0) x.info_[b] = k;
      if (s.first != 0 && x.info_[b] == 0 && k != 0) x.info_[b] = s.first + k;
    }
  }

  gpu::side_stream& lane_;
  std::vector<step> steps_;
  std::vector<index> found_;  ///< infos of one block of each matrix
  T* blocks_ = nullptr;
  index* info_ = nullptr;  ///< infos of the matrices
  host_factor<T>* host_ = nullptr;
  index count_ = 0;
  gpu::address on_device_ = 0, info_on_device_ = 0;
};

template <class E>
class engine : public E {
 public:
  using typename E::input;
  using typename E::output;
  using typename E::value_type;

  /// block_columns: the order of the diagonal blocks. begin() must have been called.
  engine(const E& device, exchange<value_type>& x, index block_columns)
      : E(device), exchange_(x), order_(block_columns) {}

  void start_block(output a, index first) {
    E::copy(1, a, exchange_.packed(a.rows), part::lower);
    exchange_.start(a.rows, first);
  }
  void finish_block(output a) {
    exchange_.finish();
    E::copy(1, exchange_.packed(a.rows), a, part::lower);
  }

  index potrf(output a) {
    potrf_with_lookahead(*this, a, order_);
    exchange_.publish_info();
    return 0;
  }

  /// For algorithms without lookahead: the same copy and factorization, without overlap.
  index potrf_block(output a, index first) {
    start_block(a, first);
    finish_block(a);
    exchange_.publish_info();
    return 0;
  }

 private:
  exchange<value_type>& exchange_;
  const index order_;
};

}  // namespace posdef::internal::hybrid
