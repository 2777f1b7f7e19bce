#include "problem.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>

#include "generate/generate.hpp"
#include "generate/random.hpp"
#include "low_rank.hpp"
#include "numeric/parallel.hpp"

namespace posdef::bench {
namespace {

template <scalar T>
using wide = std::conditional_t<tools::is_complex<T>, std::complex<double>, double>;

constexpr double eps(float) { return std::numeric_limits<float>::epsilon() / 2.0; }
constexpr double eps(double) { return std::numeric_limits<double>::epsilon() / 2.0; }

// The lower triangle L of A = L·Lᴴ in memory: an upper triangle is its adjoint.
template <scalar T>
struct lower_view {
  const T* data;
  std::int64_t n, rows, cols;  // strides between rows and columns, one of them 1
  bool conjugated;

  lower_view(const T* where, const cell& c)
      : data(where),
        n(c.n),
        rows((c.uplo == uplo::lower) == (c.layout == layout::col_major) ? 1 : c.n),
        cols(rows == 1 ? c.n : 1),
        conjugated(c.uplo == uplo::upper) {}

  wide<T> at(std::int64_t i, std::int64_t j) const {
    const auto x = static_cast<wide<T>>(data[i * rows + j * cols]);
    return conjugated ? tools::conjugate(x) : x;
  }
  // visit(i, j, L(i,j)) for i >= j, in memory order; of the columns or rows [first, last), depending on the layout.
  template <class Visit>
  void for_each(std::int64_t first, std::int64_t last, const Visit& visit) const {
    for (std::int64_t outer = first; outer < last; ++outer) {
      const std::int64_t begin = rows == 1 ? outer : 0;
      const std::int64_t end = rows == 1 ? n : outer + 1;
      for (std::int64_t inner = begin; inner < end; ++inner) {
        const std::int64_t i = rows == 1 ? inner : outer;
        const std::int64_t j = rows == 1 ? outer : inner;
        visit(i, j, at(i, j));
      }
    }
  }
};

template <class W>
std::vector<W> signs(std::int64_t n) {
  tools::random_source random(7);
  std::vector<W> x(static_cast<std::size_t>(n));
  for (W& e : x) e = random.uniform() < 0.5 ? -1 : 1;
  return x;
}

template <class W>
double largest(const std::vector<W>& x) {
  double most = 0;
  for (const W& e : x) most = std::isnan(std::abs(e)) ? std::abs(e) : std::max(most, std::abs(e));
  return most;
}

// y, to which `visit` adds for each element of L. Large matrices are cut into pieces that are summed in a fixed order,
// so that the result does not depend on the number of threads.
template <scalar T, class Visit>
std::vector<wide<T>> collect(const lower_view<T>& l, int threads, const Visit& visit) {
  const std::int64_t pieces = l.n <= 512 ? 1 : 32;
  std::vector<std::vector<wide<T>>> y(static_cast<std::size_t>(pieces),
                                      std::vector<wide<T>>(static_cast<std::size_t>(l.n)));
  tools::parallel_for(pieces, threads, [&](std::int64_t k, int) {
    wide<T>* const part = y[static_cast<std::size_t>(k)].data();
    l.for_each(l.n * k / pieces, l.n * (k + 1) / pieces,
               [&](std::int64_t i, std::int64_t j, wide<T> e) { visit(part, i, j, e); });
  });
  for (std::size_t k = 1; k < y.size(); ++k) {
    for (std::size_t i = 0; i < y[0].size(); ++i) y[0][i] += y[k][i];
  }
  return std::move(y[0]);
}

// L·x and Lᴴ·x.
template <scalar T>
std::vector<wide<T>> lower_times(const lower_view<T>& l, const std::vector<wide<T>>& x, int threads = 1) {
  return collect(l, threads,
                 [v = x.data()](wide<T>* y, std::int64_t i, std::int64_t j, wide<T> e) { y[i] += e * v[j]; });
}
template <scalar T>
std::vector<wide<T>> adjoint_times(const lower_view<T>& l, const std::vector<wide<T>>& x, int threads = 1) {
  return collect(l, threads, [v = x.data()](wide<T>* y, std::int64_t i, std::int64_t j, wide<T> e) {
    y[j] += tools::conjugate(e) * v[i];
  });
}
// A·x for a Hermitian A given by its lower triangle.
template <scalar T>
std::vector<wide<T>> hermitian_times(const lower_view<T>& a, const std::vector<wide<T>>& x, int threads = 1) {
  return collect(a, threads, [v = x.data()](wide<T>* y, std::int64_t i, std::int64_t j, wide<T> e) {
    y[i] += e * v[j];
    if (i != j) y[j] += tools::conjugate(e) * v[i];
  });
}

template <class W>
std::vector<W> minus(std::vector<W> x, const std::vector<W>& y) {
  for (std::size_t i = 0; i < x.size(); ++i) x[i] -= y[i];
  return x;
}

// A textbook factor in double precision: the input of operations on a factor.
template <class W>
void factor(std::vector<W>& a, std::int64_t n) {
  const auto at = [&](std::int64_t i, std::int64_t j) -> W& { return a[static_cast<std::size_t>(i + j * n)]; };
  for (std::int64_t j = 0; j < n; ++j) {
    at(j, j) = std::sqrt(std::real(at(j, j)));
    for (std::int64_t i = j + 1; i < n; ++i) at(i, j) /= at(j, j);
    for (std::int64_t k = j + 1; k < n; ++k) {
      for (std::int64_t i = k; i < n; ++i) at(i, k) -= at(i, j) * tools::conjugate(at(k, j));
    }
  }
}

std::shared_ptr<const void>& kept_original() {
  static std::shared_ptr<const void> kept;
  return kept;
}

int check_threads() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

}  // namespace

// The base matrix with both triangles; or its factor (lower) and norms for operations on a factor. Column-major: read
// as row-major it is the conjugate, which has the same properties.
template <scalar T>
struct problem<T>::original {
  std::int64_t n;
  bool is_factor;
  tools::buffer<T> a;
  std::vector<T> factored;           // empty unless is_factor
  std::vector<wide<T>> times_signs;  // A·x for the checks; empty if is_factor
  double norm = 0;                   // largest row sum of A; 0 unless is_factor
  double factor_norm = 0;            // the same for the factor
  double diagonal = 0;               // largest element of the diagonal
  double logdet = 0;

  original(std::int64_t order, bool with_factor)
      : n(order), is_factor(with_factor), a(with_factor ? 0 : order * order) {
    if (is_factor) {
      start_from_factor();
      return;
    }
    constexpr std::int64_t quickly_made = 1024;
    if (n > quickly_made) {
      write_low_rank(a.data(), n, check_threads());
    } else {
      const tools::matrices<wide<T>> exact = spectrum();
      for (std::int64_t e = 0; e < n * n; ++e) a.data()[e] = static_cast<T>(exact.elements.data()[e]);
    }
    for (std::int64_t j = 0; j < n; ++j) diagonal = std::max<double>(diagonal, std::real(a.data()[j + j * n]));
    times_signs = hermitian_times(lower_view<T>(a.data(), cell{.n = n}), signs<wide<T>>(n), check_threads());
  }

  tools::matrices<wide<T>> spectrum() const {
    tools::spectrum_options o;
    o.n = n;
    o.reflections = 16;
    return tools::generate_spectrum<wide<T>>(o);
  }

  void start_from_factor() {
    const tools::matrices<wide<T>> exact = spectrum();
    std::vector<wide<T>> l(exact.elements.data(), exact.elements.data() + n * n);
    for (std::int64_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::int64_t i = 0; i < n; ++i) sum += std::abs(l[static_cast<std::size_t>(i + j * n)]);
      norm = std::max(norm, sum);
    }
    factor(l, n);
    factored.assign(l.begin(), l.end());
    for (std::int64_t i = 0; i < n; ++i) {
      double sum = 0;
      for (std::int64_t j = 0; j <= i; ++j) sum += std::abs(factored[static_cast<std::size_t>(i + j * n)]);
      factor_norm = std::max(factor_norm, sum);
      logdet += 2 * std::log(static_cast<double>(std::real(factored[static_cast<std::size_t>(i + i * n)])));
    }
  }

  // Caches the last one of any type, because a suite uses the same order several times in a row.
  static std::shared_ptr<const original> get(std::int64_t order, bool with_factor) {
    static std::weak_ptr<const original> mine;
    if (const auto last = mine.lock(); last && last->n == order && last->is_factor == with_factor) return last;
    kept_original().reset();  // free it first: memory may not suffice for both
    const auto made = std::make_shared<const original>(order, with_factor);
    mine = made;
    kept_original() = made;
    return made;
  }
};

template <scalar T>
problem<T>::problem(const cell& what, std::int64_t copies)
    : cell_(what),
      copies_(copies),
      original_(original::get(what.n, what.op != operation::cholesky)),
      work_(batch_elements() * (reads_factor() ? 1 : copies)) {
  if (what.op == operation::cholesky_solve) sides_ = tools::buffer<T>(copies * what.batch * what.n * what.nrhs);
  if (what.op == operation::cholesky_logdet) logs_ = tools::buffer<real>(copies * what.batch);
  if (reads_factor()) restore_matrices();
  restore();
}

template <scalar T>
problem<T>::~problem() = default;

template <scalar T>
double problem<T>::scale(std::int64_t b) const {
  const double factor = 1 + static_cast<double>(b) / static_cast<double>(cell_.batch);
  return cell_.op == operation::cholesky ? factor : std::sqrt(factor);
}

template <scalar T>
void problem<T>::restore_matrices() {
  const std::int64_t size = cell_.n * cell_.n;
  const T* const from = original_->is_factor ? original_->factored.data() : original_->a.data();
  for (std::int64_t m = 0; m < work_.size() / std::max<std::int64_t>(1, size); ++m) {
    const auto by = static_cast<real>(scale(m % cell_.batch));
    T* const to = work_.data() + m * size;
    for (std::int64_t e = 0; e < size; ++e) to[e] = from[e] * by;
  }
}

template <scalar T>
void problem<T>::write_inputs(T* to, std::int64_t begin, std::int64_t end) const {
  constexpr std::int64_t piece = std::int64_t{1} << 20;
  const std::int64_t size = cell_.n * cell_.n;
  const T* const from = original_->a.data();
  tools::parallel_for((end - begin + piece - 1) / piece, check_threads(), [&](std::int64_t k, int) {
    const std::int64_t last = std::min(begin + (k + 1) * piece, end);
    for (std::int64_t e = begin + k * piece; e < last;) {
      const auto by = static_cast<real>(scale(e / size));
      const std::int64_t stop = std::min(last, (e / size + 1) * size);
      for (const T* next = from + e % size; e < stop; ++e) to[e - begin] = *next++ * by;
    }
  });
}

template <scalar T>
void problem<T>::restore() {
  if (!reads_factor()) restore_matrices();
  // Right-hand sides: column r of every matrix alternates between r + 1 ones and r + 1 minus ones.
  for (std::int64_t e = 0; e < sides_.size(); ++e) {
    const std::int64_t i = e % cell_.n, r = e / cell_.n % cell_.nrhs;
    sides_.data()[e] = i / (r + 1) % 2 == 0 ? real(1) : real(-1);
  }
  std::fill_n(logs_.data(), logs_.size(), std::numeric_limits<real>::quiet_NaN());
}

template <scalar T>
double problem<T>::residual_of(const T* result, std::int64_t b, posdef::uplo which, int threads) const {
  cell as_result = cell_;
  as_result.uplo = which;
  const lower_view<T> l(result, as_result);
  const original& o = *original_;
  const double by = scale(b);
  std::vector<wide<T>> ax = o.times_signs;
  // Read as row-major the base is its conjugate, and so is its product with real numbers.
  for (wide<T>& e : ax) e = by * (cell_.layout == layout::col_major ? e : tools::conjugate(e));
  const auto llx = lower_times(l, adjoint_times(l, signs<wide<T>>(cell_.n), threads), threads);
  return largest(minus(std::move(ax), llx)) / (static_cast<double>(cell_.n) * eps(real{}) * by * o.diagonal);
}

template <scalar T>
double problem<T>::residual_in(std::int64_t copy, std::int64_t b, posdef::uplo which, int threads) const {
  using W = wide<T>;
  const std::int64_t n = cell_.n;
  const T* const result_data = work_.data() + (copy * cell_.batch + b) * n * n;
  if (cell_.op == operation::cholesky) return residual_of(result_data, b, which, threads);
  const double by = scale(b), unit = static_cast<double>(n) * eps(real{});
  const original& o = *original_;
  cell as_base = cell_;  // the base is also a lower triangle; read as row-major it is the conjugate
  as_base.uplo = uplo::lower;
  const lower_view<T> base(o.factored.data(), as_base);
  cell as_result = cell_;
  as_result.uplo = which;
  const lower_view<T> result(result_data, as_result);
  const std::vector<W> x = signs<W>(n);
  const auto times_base_matrix = [&](const std::vector<W>& v) {  // A·v for A = L·Lᴴ, unscaled
    return lower_times(base, adjoint_times(base, v));
  };
  switch (cell_.op) {
    case operation::cholesky_inverse: {
      std::vector<W> v = hermitian_times(result, x);
      for (W& e : v) e *= by * by;
      return largest(minus(x, times_base_matrix(v))) / (unit * o.norm * largest(v));
    }
    case operation::inv_triangular: {
      std::vector<W> v = lower_times(result, x);
      for (W& e : v) e *= by;
      return largest(minus(x, lower_times(base, v))) / (unit * o.factor_norm * largest(v));
    }
    case operation::cholesky_solve: {
      double worst = 0;
      for (std::int64_t r = 0; r < cell_.nrhs; ++r) {
        const T* const solution = sides_.data() + ((copy * cell_.batch + b) * cell_.nrhs + r) * n;
        std::vector<W> v(solution, solution + n), right(static_cast<std::size_t>(n));
        for (W& e : v) e *= by * by;
        for (std::int64_t i = 0; i < n; ++i) right[static_cast<std::size_t>(i)] = i / (r + 1) % 2 == 0 ? 1 : -1;
        const double one = largest(minus(right, times_base_matrix(v))) / (unit * o.norm * largest(v));
        worst = std::isnan(one) ? one : std::max(worst, one);
      }
      return worst;
    }
    default: {
      const double right = o.logdet + 2 * static_cast<double>(n) * std::log(by);
      const auto got = static_cast<double>(logs_.data()[copy * cell_.batch + b]);
      return std::abs(got - right) / (unit * (1 + std::abs(right)));
    }
  }
}

template <scalar T>
double problem<T>::residual(posdef::uplo which) const {
  const std::int64_t count = copies_ * cell_.batch;
  const int threads = check_threads();
  const auto each_with = static_cast<int>(std::max<std::int64_t>(1, threads / std::max<std::int64_t>(1, count)));
  std::vector<double> each(static_cast<std::size_t>(count));
  tools::parallel_for(count, threads, [&](std::int64_t m, int) {
    each[static_cast<std::size_t>(m)] = residual_in(m / cell_.batch, m % cell_.batch, which, each_with);
  });
  double worst = 0;
  for (const double r : each) {
    if (std::isnan(r)) return r;
    worst = std::max(worst, r);
  }
  return worst;
}

template class problem<float>;
template class problem<double>;
template class problem<std::complex<float>>;
template class problem<std::complex<double>>;

}  // namespace posdef::bench
