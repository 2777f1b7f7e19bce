// The hybrid engine: a device engine whose diagonal blocks are factored on the host while the device goes on.
//
// It is the device engine E in everything but two things: a whole matrix goes by the schedule of
// algorithm/lookahead.hpp, and a diagonal block makes a round trip (gpu/side_stream.hpp) instead of being one launch:
//
//   start_block    pack (a launch)  |  enter, read, factor on the host, write
//   finish_block   leave            |  unpack (a launch)
//
// One packed block for each matrix of the batch, on the device and in host memory, is enough: the next block is packed
// behind the launch that unpacked the one before. info is kept on the host until all blocks are there, and then written
// to where the device's kernels look for it.
#pragma once

#include <vector>

#include "algorithm/lookahead.hpp"
#include "backend/gpu/side_stream.hpp"
#include "backend/gpu/staging.hpp"
#include "system/memory.hpp"

namespace posdef::internal::hybrid {

/// What the host does with a batch of blocks: A = L·Lᴴ in each one's lower triangle, info as of a whole matrix.
template <class T>
class host_factor {
 public:
  virtual ~host_factor() = default;
  virtual void factor(const batch<T>& blocks, index* info) noexcept = 0;
};

/// Diagonal blocks on their way through host memory.
template <class T>
class exchange {
 public:
  explicit exchange(gpu::side_stream& lane) : lane_(lane) {}

  /// Bytes of device memory for blocks of order `order` of `count` matrices.
  static std::size_t device_bytes(index order, index count) {
    return static_cast<std::size_t>(stride(order) * count) * sizeof(T);
  }

  /// Makes room for `count` matrices of order n, whose blocks have this order at most and `least` at least.
  void reserve(index n, index order, index least, index count) {
    const index calls = (n + least - 1) / least;
    steps_.reserve(static_cast<std::size_t>(calls));
    found_.resize(static_cast<std::size_t>(count));
    const std::size_t blocks = round_up(device_bytes(order, count), alignment);
    auto* const memory = lane_.reserve(blocks + found_.size() * sizeof(index), calls);
    blocks_ = reinterpret_cast<T*>(memory);
    info_ = reinterpret_cast<index*>(memory + blocks);
  }

  /// A factorization of `count` matrices begins: on the device packed blocks lie at `blocks`, infos at `info`.
  void begin(host_factor<T>& host, index count, gpu::address blocks, gpu::address info) {
    host_ = &host;
    count_ = count;
    on_device_ = blocks;
    info_on_device_ = info;
    steps_.clear();
  }

  /// Packed blocks of order w on the device.
  gpu::matrices<T> packed(index w) const {
    return {on_device_, stride(w), w, w, 1, gpu::packing::round_ld<T>(w), false};
  }

  /// What was packed is factored on the host and comes back; it begins at row `first` of its matrices.
  void start(index w, index first) {
    steps_.push_back({this, w, first});
    lane_.enter();
    lane_.read(on_device_, reinterpret_cast<std::byte*>(blocks_), device_bytes(w, count_));
    lane_.call(factor, &steps_.back());
    lane_.write(reinterpret_cast<const std::byte*>(blocks_), on_device_, device_bytes(w, count_));
  }
  void finish() { lane_.leave(); }

  /// From now on the device knows the infos of all blocks that were started.
  void publish_info() {
    lane_.enter();
    lane_.write(reinterpret_cast<const std::byte*>(info_), info_on_device_,
                static_cast<std::size_t>(count_) * sizeof(index));
    lane_.leave();
  }

 private:
  /// One call of the host: kept until the device is done, since the call comes later.
  struct step {
    exchange* owner;
    index w, first;
  };

  static index stride(index w) { return w * gpu::packing::round_ld<T>(w); }

  /// The first failure of a matrix stays. What is left of a failed matrix is factored with the others, to no effect on
  /// columns that hold its factor.
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

  /// block_columns: the order of the diagonal blocks. The exchange has begun.
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

  /// Where another algorithm is forced: the same trip, with nothing beside it.
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
