// Block sizes of the CPU engine, by instruction set and type: the tuning table.
//
// `block` is the order up to which a matrix is factored in one panel in the cache; kc, mc and nc are the ranges of a
// product (see engine/cpu/engine.hpp). Chosen by the sizes of caches, not yet by a search: a panel, a packed range of A
// and a strip of B are to share a second-level cache of a megabyte.
#pragma once

#include "engine/cpu/engine.hpp"

namespace posdef::internal {

template <class T>
cpu::blocking tuned(const cpu::kernels<T>& k) {
  // A panel of this order takes about 200 KB, so that it stays in a core's second-level cache beside the strips.
  constexpr index block = sizeof(T) <= 4 ? 192 : sizeof(T) <= 8 ? 128 : 96;
  constexpr index kc = sizeof(T) <= 4 ? 384 : sizeof(T) <= 8 ? 256 : 192;
  const auto whole = [&](index n) { return std::max(k.mr, n / k.mr * k.mr); };
  return {.small = 32,
          .block = whole(block),
          .kc = kc,
          .mc = whole(is_complex<T> ? 96 : 192),
          .nc = whole(is_complex<T> ? 2048 : 4096)};
}

}  // namespace posdef::internal
