// Problems in host memory on any device engine: copy in, run, copy out.
//
// Only the required part is copied: the triangle that is read and the part of a result that was written. The other
// triangle and the memory between n and ld remain unchanged here too. On the device a matrix keeps its layout, triangle
// and conjugation; the leading dimension is the smallest that aligns columns to 16 bytes. A batch that does not fit
// into device memory is processed in chunks. The results are bitwise equal, because no launch combines matrices.
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include "algorithm/lockstep.hpp"
#include "engine/gpu/stream.hpp"
#include "system/threads.hpp"

namespace posdef::internal::gpu {

/// The device memory of one problem at a time.
class staging {
 public:
  /// The use of a buffer.
  enum purpose { matrix, sides, result, info, value, scratch, blocks };
  static constexpr int purposes = 7;

  /// How many of `wanted` bytes to allocate in one buffer.
  virtual std::size_t most_bytes(std::size_t wanted) const = 0;
  /// Allocates a buffer; throws out_of_memory. Zero bytes are allowed.
  virtual void reserve(purpose p, std::size_t bytes) = 0;
  virtual address at(purpose p) const = 0;
  /// Maps the first `bytes` of a buffer to host memory, either to be overwritten completely or to be read. Valid until
  /// unmap. A map for reading waits for all launches.
  virtual std::byte* map(purpose p, std::size_t bytes, bool for_writing) = 0;
  virtual void unmap(purpose p) = 0;

 protected:
  ~staging() = default;  // deleted only through the derived classes
};

/// The layout of a batch of one shape on the device.
struct packing {
  index runs, length, ld;  ///< columns or rows of `length` elements, ld apart
  bool down;               ///< true: a run is a column

  template <class T>
  static packing of(const batch<T>& b) {
    const bool down = std::abs(b.rs) <= std::abs(b.cs);
    const index length = down ? b.rows : b.cols;
    return {down ? b.cols : b.rows, length, round_ld<T>(length), down};
  }
  template <class T>
  static index round_ld(index n) {
    constexpr index step = std::max<index>(1, 16 / static_cast<index>(sizeof(T)));
    return (n + step - 1) / step * step;
  }
  /// The maximum number of elements of a packed matrix in either layout.
  template <class T>
  static index largest(index rows, index cols) {
    return std::max(round_ld<T>(rows) * cols, round_ld<T>(cols) * rows);
  }

  index stride() const { return runs * ld; }
  /// A view of the matrix that is packed at p.
  template <class T>
  strided<T> at(T* p, index rows, index cols) const {
    return {p, rows, cols, down ? 1 : ld, down ? ld : 1, false};
  }
  template <class T>
  matrices<std::remove_const_t<T>> view(address a, const batch<T>& b) const {
    return {a, stride(), b.rows, b.cols, down ? 1 : ld, down ? ld : 1, b.conj};
  }
};

/// b ← a on a part. Both have the same layout.
template <class T>
void copy_runs(strided<const T> a, strided<T> b, part which, bool down) {
  const index outer = down ? a.cols : a.rows, inner = down ? a.rows : a.cols;
  const index strict = which == part::strict_lower ? 1 : 0;
  for (index o = 0; o < outer; ++o) {
    index from = 0, to = inner;
    if (which != part::full) (down ? from : to) = down ? std::min(o + strict, inner) : std::min(o + 1 - strict, inner);
    const T* source = down ? &a.at(from, o) : &a.at(o, from);
    std::copy(source, source + std::max<index>(to - from, 0), down ? &b.at(from, o) : &b.at(o, from));
  }
}

template <class T>
class staged_problems {
 public:
  /// Allocates memory for matrices of order n with nrhs right-hand sides, for as many of `count` at a time as fit.
  /// in_place: all problems are in place. scratch_bytes(k): the scratch memory of the engine for k matrices.
  template <class Scratch>
  void reserve(staging& w, index n, index nrhs, index count, bool in_place, const Scratch& scratch_bytes) {
    const auto bytes = [](index elements) { return static_cast<std::size_t>(elements) * sizeof(T); };
    const index one = packing::largest<T>(n, n), side = packing::largest<T>(n, nrhs);
    const auto largest = std::max<std::size_t>(bytes(std::max(one, 2 * side)), 1);
    constexpr std::size_t any = std::numeric_limits<std::size_t>::max();
    const std::size_t matrices = static_cast<std::size_t>(count);
    const std::size_t most = w.most_bytes(matrices > any / largest ? any : matrices * largest);
    piece_ = std::min(count, std::max<index>(static_cast<index>(most / largest), 1));
    // In place, the result is in the buffer of the matrix, or the right-hand sides are in the buffer of the result.
    w.reserve(staging::matrix, bytes(one * piece_));
    w.reserve(staging::result, bytes((in_place ? side : std::max(one, side)) * piece_));
    w.reserve(staging::sides, bytes((in_place ? 0 : side) * piece_));
    w.reserve(staging::info, static_cast<std::size_t>(piece_) * sizeof(index));
    w.reserve(staging::value, static_cast<std::size_t>(piece_) * sizeof(real_type<T>));
    w.reserve(staging::scratch, scratch_bytes(piece_));
  }

  /// The number of matrices per chunk.
  index piece() const { return piece_; }

  /// make(count, info, scratch) returns an engine for `count` matrices with infos and scratch at these addresses.
  template <class Make>
  void run(staging& w, const problem<T>& j, const team& all, const Make& make) const {
    for (index first = 0; first < j.out.count; first += piece_)
      run_piece(w, j, all, make, first, std::min(piece_, j.out.count - first));
  }

 private:
  template <class Make>
  void run_piece(staging& w, const problem<T>& j, const team& all, const Make& make, index first, index count) const {
    const bool solving = solves(j), valued = j.what == operation::cholesky_logdet;
    const packing in = packing::of(j.a), out = packing::of(j.out);
    upload(w, staging::matrix, in, j.a, j.unit ? part::strict_lower : part::lower, all, first, count);
    const auto a = in.view(w.at(staging::matrix), j.a);
    matrices<T> sides{}, to{};
    if (!valued) {
      to = out.view(w.at(staging::result), j.out);
      if (!solving && j.in_place) to = a;
      if (solving) {
        const packing from = packing::of(j.b);
        const auto where = j.in_place ? staging::result : staging::sides;
        upload(w, where, from, j.b, part::full, all, first, count);
        sides = from.view(w.at(where), j.b);
      }
    }
    auto e = make(count, w.at(staging::info), w.at(staging::scratch));
    run_in_lockstep<when>(e, j, a, sides, to, w.at(staging::value));

    const auto* infos =
        reinterpret_cast<const index*>(w.map(staging::info, static_cast<std::size_t>(count) * sizeof(index), false));
    std::copy(infos, infos + count, j.info + first);
    w.unmap(staging::info);
    if (valued) {
      const auto* values = reinterpret_cast<const real_type<T>*>(
          w.map(staging::value, static_cast<std::size_t>(count) * sizeof(real_type<T>), false));
      std::copy(values, values + count, j.value + first);
      w.unmap(staging::value);
    } else {
      download(w, !solving && j.in_place ? staging::matrix : staging::result, out, j, all, first, count);
    }
  }

  void upload(staging& w, staging::purpose p, const packing& how, const batch<const T>& from, part which,
              const team& all, index first, index count) const {
    const index stride = how.stride();
    auto* to = reinterpret_cast<T*>(w.map(p, static_cast<std::size_t>(stride * count) * sizeof(T), true));
    all.for_each(count, [&](index i, int) {
      copy_runs(from[first + i], how.at(to + i * stride, from.rows, from.cols), which, how.down);
    });
    w.unmap(p);
  }

  /// Copies out only what the device wrote of the results.
  void download(staging& w, staging::purpose p, const packing& how, const problem<T>& j, const team& all, index first,
                index count) const {
    const index stride = how.stride();
    const auto* from =
        reinterpret_cast<const T*>(w.map(p, static_cast<std::size_t>(stride * count) * sizeof(T), false));
    all.for_each(count, [&](index i, int) {
      const auto source = how.at(from + i * stride, j.out.rows, j.out.cols);
      const strided<T> out = j.out[first + i];
      const bool good = j.info[first + i] == 0;
      if (solves(j)) {
        if (good || j.nan) copy_runs(source, out, part::full, how.down);
        return;
      }
      const bool keeps_diagonal = j.unit && j.in_place && !(j.nan && !good);
      if (good || j.nan || j.what == operation::cholesky)
        copy_runs(source, out, keeps_diagonal ? part::strict_lower : part::lower, how.down);
      if (writes_other(j, good)) copy_runs(source.t(), out.t(), part::strict_lower, !how.down);
    });
    w.unmap(p);
  }

  /// The same rule as `finish` in algorithm/problem.hpp.
  static bool writes_other(const problem<T>& j, bool good) {
    if (j.other == other_triangle::keep) return false;
    if (j.other == other_triangle::mirror) return good || j.nan;
    return good || j.nan || !j.in_place || j.what == operation::cholesky;
  }

  index piece_ = 1;
};

}  // namespace posdef::internal::gpu
