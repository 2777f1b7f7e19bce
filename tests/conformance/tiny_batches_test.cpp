// Solves and inverses of batches of tiny matrices: one call for the batch gives the bits, info and memory of single
// calls, even if other matrices of the batch fail.
#include <cstring>
#include <map>

#include "support.hpp"

namespace conformance {

class TinyBatches : public OnDevice {};
CONFORMANCE_SUITE(TinyBatches);

namespace {

/// The same bits, or both NaN.
template <class T>
bool same(const T& a, const T& b) {
  using R = real_type<T>;
  R x[sizeof(T) / sizeof(R)], y[sizeof(T) / sizeof(R)];
  std::memcpy(x, &a, sizeof(T));
  std::memcpy(y, &b, sizeof(T));
  for (std::size_t i = 0; i < std::size(x); ++i)
    if (std::memcmp(&x[i], &y[i], sizeof(R)) != 0 && !(std::isnan(x[i]) && std::isnan(y[i]))) return false;
  return true;
}

/// `count` blocks of monitored memory, one after another with a gap between them.
template <class T>
struct blocks {
  index size, stride;
  std::vector<T> memory;

  blocks(index elements, index count)
      : size(elements), stride(elements + 5), memory(static_cast<std::size_t>(stride * count), T(7)) {}
  T* at(index b) { return memory.data() + b * stride; }
};

/// The properties of a matrix of the batch.
enum class kind {
  factor,
  complex_diagonal,
  vanishing,
  underflowing,
  negative,
  zero,
  nan,
  tiny,
  huge,
  infinite_off_diagonal
};

/// Some packs contain only good matrices, some mix complex and real diagonals, and some contain every kind of failure:
/// those from 16 to 31, from 64 to 79, and so on.
kind kind_of(index b, bool triangle) {
  constexpr kind wrong[] = {
      kind::zero, kind::negative, kind::nan, kind::tiny, kind::huge, kind::factor, kind::infinite_off_diagonal};
  if (b / 16 % 3 == 1) return wrong[b % 7];
  if (b % 7 == 5) return kind::underflowing;
  if (!triangle || b / 32 % 2 != 0) return kind::factor;
  return b % 3 == 0 ? kind::complex_diagonal : b % 3 == 1 ? kind::vanishing : kind::factor;
}

template <class T>
square<T> lower_triangle(index n, index b, bool triangle) {
  using R = real_type<T>;
  using limits = std::numeric_limits<R>;
  std::mt19937_64 g(static_cast<unsigned>(b * 40 + n));
  square<T> l(n);
  for (index j = 0; j < n; ++j)
    for (index i = j; i < n; ++i) l(i, j) = random_number<T>(g) / static_cast<R>(std::sqrt(static_cast<double>(n)));
  for (index i = 0; i < n; ++i) {
    l(i, i) = T(R(1) + std::abs(std::real(l(i, i))));
    if (triangle && (b + i) % 4 == 0) l(i, i) = -l(i, i);
  }
  const index k = b % n;
  switch (kind_of(b, triangle)) {
    case kind::factor: break;
    case kind::complex_diagonal:
      if constexpr (complex_type<T>) l(k, k) = {std::real(l(k, k)), R(b % 2 == 0 ? 2 : -0.5)};
      break;
    case kind::vanishing:  // the imaginary part of the reciprocal
      if constexpr (complex_type<T>)
        for (index i = 0; i <= k; ++i)
          l(i, i) = {std::ldexp(R(1), limits::max_exponent / 2 + 2), -std::ldexp(R(1), limits::min_exponent * 3 / 4)};
      break;
    case kind::underflowing:  // the product of the inverse with itself
      for (auto& x : l.v) x *= std::ldexp(R(1), 6 - (limits::min_exponent - limits::digits) / 2);
      break;
    case kind::negative: l(k, k) = T(-1); break;
    case kind::zero: l(k, k) = T(0); break;
    case kind::nan: l(k, k) = T(limits::quiet_NaN()); break;
    case kind::tiny: l(k, k) = T(limits::denorm_min()); break;
    case kind::huge: l(k, k) = T(limits::max() / 2); break;
    case kind::infinite_off_diagonal: l(n - 1, 0) = T(limits::infinity()); break;
  }
  return l;
}

/// lower_triangle(n, b, triangle), cached.
template <class T>
const square<T>& kept_triangle(index n, index b, bool triangle) {
  static std::map<std::pair<index, bool>, std::vector<square<T>>> kept;
  auto& all = kept[{n, triangle}];
  while (static_cast<index>(all.size()) <= b)
    all.push_back(lower_triangle<T>(n, static_cast<index>(all.size()), triangle));
  return all[static_cast<std::size_t>(b)];
}

enum class operation { cholesky_solve, solve_triangular, cholesky_inverse, inv_triangular };
constexpr bool solves(operation what) {
  return what == operation::cholesky_solve || what == operation::solve_triangular;
}

/// One request: operation, layout and options.
struct asking {
  operation what;
  placing place;
  posdef::options o;
  bool in_place;
  index nrhs = 0;
  layout sides = layout::col_major;

  std::string text() const {
    return "operation " + std::to_string(static_cast<int>(what)) + " " + place.text() + " op " +
           std::to_string(static_cast<int>(o.op)) + " unit " + std::to_string(o.diag == posdef::diag::unit) +
           " other " + std::to_string(static_cast<int>(o.other)) + (in_place ? " in place" : " out of place") +
           " nrhs " + std::to_string(nrhs);
  }
};

/// A batch of matrices, right-hand sides and results, and the operation on it.
template <class T>
struct trial {
  const asking& how;
  index n, count, ld, sides_ld;
  blocks<T> l, b, out;
  std::vector<std::int64_t> info;

  trial(const asking& a, index order, index matrices)
      : how(a),
        n(order),
        count(matrices),
        ld(n + a.place.extra),
        sides_ld((a.sides == layout::col_major ? n : a.nrhs) + 3),
        l(ld * n, count),
        b(sides_ld * std::max(n, a.nrhs), count),
        out(solves(a.what) ? b.size : l.size, count),
        info(static_cast<std::size_t>(count), -1) {
    const bool unit = how.o.diag == posdef::diag::unit;
    for (index i = 0; i < count; ++i) {
      auto lower =
          kept_triangle<T>(n, i, how.what == operation::solve_triangular || how.what == operation::inv_triangular);
      for (index k = 0; unit && k < n; ++k) lower(k, k) = placed<T>::nan();
      if (how.place.triangle == uplo::upper)
        for (index c = 0; c < n; ++c)
          for (index r = 0; r < c; ++r) lower(r, c) = lower(c, r);
      const placed<T> p(lower, how.place);
      std::copy(p.memory.begin(), p.memory.end(), l.at(i));
      for (index c = 0; c < how.nrhs; ++c)
        for (index r = 0; r < n; ++r)
          b.at(i)[how.sides == layout::col_major ? r + c * sides_ld : r * sides_ld + c] =
              T(static_cast<real_type<T>>((17 * r + 7 * c + 3 * i) % 23 - 9) / real_type<T>(7));
    }
  }

  posdef::view<T> matrices(blocks<T>& of, index first, index some) {
    return posdef::view<T>(of.at(first), n, n, ld, how.place.order).batched(some, of.stride);
  }
  posdef::view<T> sides(blocks<T>& of, index first, index some) {
    return posdef::view<T>(of.at(first), n, how.nrhs, sides_ld, how.sides).batched(some, of.stride);
  }

  /// The operation on matrices first, first + 1, ..., `some` of them.
  void run(index first, index some, int threads) {
    auto o = how.o;
    o.threads = threads;
    const std::span<std::int64_t> report(info.data() + first, static_cast<std::size_t>(some));
    const posdef::view<const T> a = matrices(l, first, some);
    if (solves(how.what)) {
      const auto x = sides(how.in_place ? b : out, first, some);
      const posdef::view<const T> given = sides(b, first, some);
      if (how.what == operation::cholesky_solve)
        how.in_place ? posdef::try_cholesky_solve(a, x, report, o) : posdef::try_cholesky_solve(a, given, x, report, o);
      else
        how.in_place ? posdef::try_solve_triangular(a, x, report, o)
                     : posdef::try_solve_triangular(a, given, x, report, o);
    } else {
      const auto x = matrices(how.in_place ? l : out, first, some);
      if (how.what == operation::cholesky_inverse)
        how.in_place ? posdef::try_cholesky_inverse(x, report, o) : posdef::try_cholesky_inverse(a, x, report, o);
      else
        how.in_place ? posdef::try_inv_triangular(x, report, o) : posdef::try_inv_triangular(a, x, report, o);
    }
  }

  /// Whether all memory equals that of the first matrices of another trial.
  testing::AssertionResult agrees(const trial& o) const {
    for (std::size_t i = 0; i < info.size(); ++i)
      if (info[i] != o.info[i]) return testing::AssertionFailure() << "info " << i << ": " << info[i];
    const auto compare = [](const char* name, const blocks<T>& x, const blocks<T>& y) -> testing::AssertionResult {
      if (std::memcmp(x.memory.data(), y.memory.data(), x.memory.size() * sizeof(T)) == 0)
        return testing::AssertionSuccess();
      for (std::size_t i = 0; i < x.memory.size(); ++i)
        if (!same(x.memory[i], y.memory[i]))
          return testing::AssertionFailure()
                 << name << " of matrix " << static_cast<index>(i) / x.stride << ", element "
                 << static_cast<index>(i) % x.stride << ": " << x.memory[i] << " instead of " << y.memory[i];
      return testing::AssertionSuccess();
    };
    if (auto r = compare("triangle", l, o.l); !r) return r;
    if (auto r = compare("right-hand side", b, o.b); !r) return r;
    return compare("result", out, o.out);
  }
};

/// Requests of every operation and option in one layout.
std::vector<asking> askings(posdef::options o, const placing& p) {
  std::vector<asking> all;
  o.uplo = p.triangle;
  for (const auto what : {operation::cholesky_solve, operation::solve_triangular})
    for (const bool unit : {false, true})
      for (const auto op : {posdef::op::none, posdef::op::transpose, posdef::op::conj_transpose}) {
        if (what == operation::cholesky_solve && (unit || op != posdef::op::none)) continue;
        o.diag = unit ? posdef::diag::unit : posdef::diag::non_unit;
        o.op = op;
        for (const index nrhs : {1, 3, 20}) {
          all.push_back({what, p, o, nrhs != 3, nrhs, nrhs == 1 ? layout::col_major : layout::row_major});
          if (nrhs == 20) all.push_back({what, p, o, false, nrhs, layout::col_major});
        }
      }
  o.op = posdef::op::none;
  using posdef::other_triangle;
  for (const auto what : {operation::cholesky_inverse, operation::inv_triangular})
    for (const bool unit : {false, true}) {
      if (what == operation::cholesky_inverse && unit) continue;
      o.diag = unit ? posdef::diag::unit : posdef::diag::non_unit;
      for (const auto other : {other_triangle::automatic, other_triangle::keep, other_triangle::zero})
        for (const bool in_place : {true, false}) {
          o.other = other;
          all.push_back({what, p, o, in_place});
        }
    }
  return all;
}

}  // namespace

TEST_P(TinyBatches, MatchSingleCallsBitForBit) {
  for_each_type([&]<class T>() {
    index turn = 0;
    for (const index n : {1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 24, 31, 32, 33}) {
      if ((slow() || has_driver()) && n != 3) continue;
      if (reduced() && n != 1 && n != 5 && n != 8 && n != 17 && n != 32) continue;
      const index most = slow() || has_driver() ? 7 : n == 8 && !reduced() ? 203 : 60;
      for (const auto& p : placings()) {
        ++turn;
        for (auto how : askings(options(), p)) {
          // Every request occurs with every order and every layout.
          if (turn++ % 3 != 0) continue;
          how.o.on_failure = (n + how.nrhs) % 2 == 0 ? posdef::on_failure::nan : posdef::on_failure::report;
          trial<T> single(how, n, most);
          for (index b = 0; b < most; ++b) single.run(b, 1, 1);
          for (const index count : {index{1}, index{2}, index{7}, index{37}, most}) {
            if (count > most) continue;
            trial<T> batch(how, n, count);
            batch.run(0, count, count == most ? 3 : 1);
            ASSERT_TRUE(batch.agrees(single)) << "n = " << n << " batch " << count << " " << how.text();
          }
        }
      }
    }
  });
}

TEST_P(TinyBatches, AreSolvedSeparatelyIfADiagonalIsBad) {
  for_each_type([&]<class T>() {
    asking how{operation::cholesky_solve, {}, options(), true, 2};
    how.o.on_failure = posdef::on_failure::nan;
    trial<T> t(how, 6, 40);
    const auto before = t.b;
    t.run(0, 40, 1);
    for (index b = 0; b < 40; ++b) {
      const kind k = kind_of(b, false);
      const bool bad = k == kind::zero || k == kind::negative || k == kind::nan;
      EXPECT_EQ(t.info[static_cast<std::size_t>(b)], bad ? b % 6 + 1 : 0) << b;
      for (index i = 0; i < t.b.stride; ++i) {
        const index row = i % t.sides_ld, column = i / t.sides_ld;
        const auto e = static_cast<std::size_t>(b * t.b.stride + i);
        if (row >= 6 || column >= 2) {
          ASSERT_EQ(t.b.memory[e], before.memory[e]) << b << " " << i;
        } else if (bad) {
          ASSERT_TRUE(std::isnan(std::real(t.b.memory[e]))) << b << " " << i;
        } else if (k == kind::factor) {
          ASSERT_TRUE(std::isfinite(std::abs(t.b.memory[e]))) << b << " " << i;
        }
      }
    }
  });
}

/// With an array of pointers in any order, and in a plan with more right-hand sides than the call.
TEST_P(TinyBatches, AcceptPointersAndPlans) {
  for_each_type([&]<class T>() {
    const index n = 9, count = 50;
    const asking how{operation::cholesky_solve, {uplo::upper, layout::row_major, 2}, options(), true, 3};
    auto asked = how;
    asked.o.uplo = uplo::upper;
    trial<T> single(asked, n, count), scattered(asked, n, count), planned(asked, n, count);
    for (index b = 0; b < count; ++b) single.run(b, 1, 1);
    std::vector<T*> l, b;
    for (index i = 0; i < count; ++i) {
      l.push_back(scattered.l.at((i * 7 + 3) % count));
      b.push_back(scattered.b.at((i * 7 + 3) % count));
    }
    if (!has_driver()) {
      using view = posdef::view<T>;
      std::vector<std::int64_t> info(static_cast<std::size_t>(count));
      posdef::try_cholesky_solve(view::at(l.data(), count, n, n, scattered.ld, layout::row_major),
                                 view::at(b.data(), count, n, 3, scattered.sides_ld), info, asked.o);
      for (index i = 0; i < count; ++i)
        scattered.info[static_cast<std::size_t>((i * 7 + 3) % count)] = info[static_cast<std::size_t>(i)];
      EXPECT_TRUE(scattered.agrees(single));
    }
    auto report = asked.o;
    report.on_failure = posdef::on_failure::report;
    posdef::plan<T> p(asked.o.device, {.n = n, .batch = count, .nrhs = 30}, report);
    p.cholesky_solve(planned.matrices(planned.l, 0, count), planned.sides(planned.b, 0, count), planned.info);
    EXPECT_TRUE(planned.agrees(single));
  });
}

}  // namespace conformance
