// Problems for tests of device engines: random batches, and a comparison with the reference engine.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "algorithm/problem.hpp"
#include "engine/reference/reference.hpp"

namespace posdef::internal {

template <class T>
void run_reference(const problem<T>& p) {
  std::vector<T> scratch(reference::engine<T>::scratch_elements(p.a.rows));
  const auto make = [&](int = 0) { return reference::engine<T>(scratch.data(), p.a.rows); };
  run_on_host(p, team(), make, make);
}

template <class T>
T number(double re, double im) {
  if constexpr (is_complex<T>)
    return {static_cast<real_type<T>>(re), static_cast<real_type<T>>(im)};
  else
    return static_cast<T>(re);
}

/// A batch of random matrices (square ones diagonally dominant), column-major, or as the adjoint of row-major.
template <class T>
struct random_batch {
  std::vector<T> memory;
  batch<T> view;
  random_batch(index m, index n, index count, bool adjoint, unsigned seed) {
    const index ld = (adjoint ? n : m) + 1, stride = ld * (adjoint ? m : n) + 3;
    memory.resize(static_cast<std::size_t>(stride * count));
    std::mt19937 g(seed);
    std::uniform_real_distribution<double> d(-1, 1);
    for (auto& x : memory) {
      const double re = d(g);
      x = number<T>(re, d(g));
    }
    view = {memory.data(), nullptr, count, stride, m, n, adjoint ? ld : 1, adjoint ? 1 : ld, adjoint && is_complex<T>};
    if (m == n)
      for (index b = 0; b < count; ++b)
        for (index i = 0; i < n; ++i) view[b].at(i, i) = number<T>(2.0 * static_cast<double>(n), 0);
  }
  random_batch(const random_batch& o) : memory(o.memory), view(o.view) { view.data = memory.data(); }
  batch<const T> input() const {
    return {view.data, nullptr, view.count, view.stride, view.rows, view.cols, view.rs, view.cs, view.conj};
  }
};

/// Equal up to rounding, NaN in the same places. `skipped(i)` excludes elements.
template <class T, class Skipped>
testing::AssertionResult near(const std::vector<T>& a, const std::vector<T>& b, const Skipped& skipped) {
  const double most = 1000.0 * std::numeric_limits<real_type<T>>::epsilon();
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (skipped(i) || (std::isnan(std::abs(a[i])) && std::isnan(std::abs(b[i])))) continue;
    if (!(std::abs(a[i] - b[i]) <= most * std::max(1.0, static_cast<double>(std::abs(b[i])))))
      return testing::AssertionFailure() << "element " << i << ": " << a[i] << ", expected " << b[i];
  }
  return testing::AssertionSuccess();
}
template <class T>
testing::AssertionResult near(const std::vector<T>& a, const std::vector<T>& b) {
  return near(a, b, [](std::size_t) { return false; });
}

inline constexpr auto spoil_nothing = [](const auto&) {};

/// Runs the operation by run(problem) and by the reference engine: the same numbers and infos. `spoil(a)` makes some
/// matrices fail.
template <class T, class Run, class Spoil>
void compare_with_reference(const Run& run, operation what, index n, index count, bool adjoint, bool in_place,
                            const Spoil& spoil, index nrhs = 0, other_triangle other = other_triangle::keep,
                            bool nan = false) {
  SCOPED_TRACE("operation " + std::to_string(static_cast<int>(what)) + " n = " + std::to_string(n));
  random_batch<T> a(n, n, count, adjoint, 1), b(n, nrhs, count, !adjoint, 2);
  random_batch<T> out =
      nrhs > 0 ? random_batch<T>(n, nrhs, count, !adjoint, 3) : random_batch<T>(n, n, count, !adjoint, 3);
  spoil(a.view);
  const random_batch<T> a0 = a, b0 = b, out0 = out;
  std::vector<real_type<T>> value(static_cast<std::size_t>(count)), value0 = value;
  std::vector<index> info(static_cast<std::size_t>(count), -1), info0 = info;
  const auto make = [&](random_batch<T>& x, random_batch<T>& y, random_batch<T>& z, auto& v, auto& i) {
    problem<T> p{.what = what,
                 .a = x.input(),
                 .b = {},
                 .out = {},
                 .value = v.data(),
                 .info = i.data(),
                 .other = other,
                 .in_place = in_place,
                 .nan = nan};
    if (nrhs > 0) p.b = y.input();
    p.out = in_place ? (nrhs > 0 ? y.view : x.view) : z.view;
    return p;
  };
  random_batch<T> ra = a0, rb = b0, rout = out0;
  run(make(a, b, out, value, info));
  run_reference(make(ra, rb, rout, value0, info0));
  EXPECT_EQ(info, info0);
  // After the failing column a failed factor is unspecified, unless it must be NaN. The other matrices must be right.
  const auto failed_factor = [&](const random_batch<T>& m) {
    return [&, stride = static_cast<std::size_t>(m.view.stride)](std::size_t i) {
      return what == operation::cholesky && !nan && info[i / stride] != 0;
    };
  };
  EXPECT_TRUE(near(a.memory, ra.memory, failed_factor(a)));
  EXPECT_TRUE(near(b.memory, rb.memory));
  EXPECT_TRUE(near(out.memory, rout.memory, failed_factor(out)));
  if (what == operation::cholesky_logdet) {
    EXPECT_TRUE(near(value, value0));
  }
}

}  // namespace posdef::internal
