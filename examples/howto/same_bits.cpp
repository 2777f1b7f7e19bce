// Reproducible bits: one thread or several, in a batch or alone, a matrix has the same factor to the last bit.
#include <cstdio>
#include <cstring>
#include <posdef/posdef.hpp>
#include <vector>

int main() {
  constexpr std::int64_t n = 200, count = 5;
  std::vector<double> a(n * n * count);
  for (std::int64_t m = 0; m < count; ++m)
    for (std::int64_t j = 0; j < n; ++j)
      for (std::int64_t i = j; i < n; ++i)
        a[std::size_t(i + j * n + m * n * n)] = i == j ? 2.0 + double(m) : 1.0 / double(1 + (i - j) * (i - j) * 10);
  std::vector<double> together = a, alone = a;

  // The instruction set is part of the promise: pin it where several kinds of processors are to agree.
  posdef::force({.instruction_set = posdef::instruction_sets().back()});
  posdef::cholesky(posdef::col_major(together.data(), n).batched(count), {.threads = 2});
  for (std::int64_t m = 0; m < count; ++m)
    posdef::cholesky(posdef::col_major(alone.data() + m * n * n, n), {.threads = 1});

  const bool same = std::memcmp(together.data(), alone.data(), alone.size() * sizeof(double)) == 0;
  std::printf("a batch on two threads and single matrices on one: %s\n", same ? "the same bits" : "DIFFERENT bits");
  return same ? 0 : 1;
}
