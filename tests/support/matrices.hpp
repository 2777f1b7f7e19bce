// Random numbers and positive definite matrices for tests.
#pragma once

#include <cstdint>
#include <posdef/types.hpp>
#include <random>
#include <type_traits>

namespace posdef::test {

/// A real number in [-1, 1), or a complex one whose parts are.
template <class T, class Generator>
T random_number(Generator& g) {
  std::uniform_real_distribution<double> uniform(-1, 1);
  using R = real_type<T>;
  if constexpr (std::is_same_v<T, R>) {
    return static_cast<T>(uniform(g));
  } else {
    const auto re = static_cast<R>(uniform(g)), im = static_cast<R>(uniform(g));
    return {re, im};
  }
}

/// The lower triangle of a matrix that is positive definite by its dominant diagonal: put(i, j, x) for i >= j, column
/// by column. The diagonal is n, the other elements have parts in [-1/2, 1/2).
template <class T, class Put>
void put_positive_definite(std::int64_t n, unsigned seed, const Put& put) {
  using R = real_type<T>;
  std::mt19937 g(seed);
  for (std::int64_t j = 0; j < n; ++j)
    for (std::int64_t i = j; i < n; ++i) put(i, j, i == j ? T(static_cast<R>(n)) : random_number<T>(g) * R(0.5));
}

}  // namespace posdef::test
