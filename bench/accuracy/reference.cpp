#include "accuracy/reference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "generate/random.hpp"
#include "numeric/scaled_matrix.hpp"

namespace posdef::bench {
namespace {

template <class T>
constexpr precision precision_of = sizeof(real_type<T>) == sizeof(float) ? precision::plain : precision::doubled;

template <class T>
complex_double_double widened(T x, double scale) {
  if constexpr (tools::is_complex<T>) {
    return {double(x.real()) * scale, double(x.imag()) * scale};
  } else {
    return {double(x) * scale, {}};
  }
}

template <class T>
T narrowed(complex_double_double x, double scale) {
  using real = real_type<T>;
  const auto part = [scale](double_double p) { return static_cast<real>(static_cast<double>(p) * scale); };
  if constexpr (tools::is_complex<T>) {
    return {part(x.re), part(x.im)};
  } else {
    return part(x.re);
  }
}

complex_double_double conjugated(complex_double_double x) { return {x.re, -x.im}; }

// Of scaled numbers, whose squares do not overflow.
double magnitude(complex_double_double x) {
  const auto re = static_cast<double>(x.re), im = static_cast<double>(x.im);
  return std::sqrt(re * re + im * im);
}

// The spacing of numbers of this type at x.
template <class T>
double spacing(double x) {
  return std::ldexp(1.0, std::ilogb(x) - std::numeric_limits<real_type<T>>::digits + 1);
}

// Passes every element of P·Qᴴ to visit(i, j, element): all, or those of the lower triangle for lower triangles P and
// Q.
template <class Visit>
void for_each_element(const strips& p, const strips& q, bool lower, const Visit& visit) {
  product_tile tile;
  const std::int64_t n = p.rows();
  for (std::int64_t j = 0; j < n; j += tile_columns) {
    const std::int64_t columns = std::min(n, j + tile_columns);
    for (std::int64_t i = lower ? j / strips::height * strips::height : 0; i < n; i += strips::height) {
      multiply(p, i, q, j, lower ? columns : p.depth(), tile);
      for (std::int64_t c = j; c < columns; ++c) {
        for (std::int64_t r = lower ? std::max(i, c) : i; r < std::min(n, i + strips::height); ++r) {
          visit(r, c, tile.at(r - i, c - j));
        }
      }
    }
  }
}

// Sums of magnitudes by columns of a Hermitian matrix, given by its lower triangle.
class hermitian_sums {
 public:
  explicit hermitian_sums(std::int64_t n) : sums_(n, 1) {}
  void add(std::int64_t i, std::int64_t j, double size) {
    sums_.add(0, j, size);
    if (i != j) sums_.add(0, i, size);
  }
  double norm() const { return tools::largest(sums_.total()); }

 private:
  tools::column_sums sums_;
};

}  // namespace

template <scalar T>
reference<T>::reference(const T* a, std::int64_t n)
    : a_(a), n_(n), exact_(n, n, tools::is_complex<T>, precision::extended) {
  hermitian_sums sums(n), scaled_sums(n);
  tools::random_source random(7);
  std::vector<complex_double_double> b;
  for (std::int64_t i = 0; i < n; ++i) {
    d_.push_back(tools::diagonal_scale(std::real(a[i + i * n])));
    inverse_d_.push_back(1 / d_.back());
    right_side_.push_back(static_cast<T>(static_cast<real>(random.uniform(-1, 1))) *
                          static_cast<real>(inverse_d_.back()));
    b.push_back(widened(right_side_.back(), d_.back()));
  }
  for (std::int64_t j = 0; j < n; ++j) {
    for (std::int64_t i = j; i < n; ++i) {
      const complex_double_double x = scaled(i, j);
      exact_.set(i, j, x);
      scaled_sums.add(i, j, magnitude(x));
      sums.add(i, j, unscaled(magnitude(x), i, j));
    }
  }
  norm_ = sums.norm();
  scaled_norm_ = scaled_sums.norm();
  info_ = factor_exactly(exact_);
  if (definite()) solution_ = solve_exactly(exact_, std::move(b));
}

template <scalar T>
complex_double_double reference<T>::scaled(std::int64_t i, std::int64_t j) const {
  const auto row = static_cast<std::size_t>(i), column = static_cast<std::size_t>(j);
  complex_double_double x = widened(a_[i + j * n_], d_[row]);  // one after the other: their product may overflow
  x = {x.re.hi * d_[column], x.im.hi * d_[column]};
  if (i == j) x.im = {};
  return x;
}

template <scalar T>
double reference<T>::unscaled(double size, std::int64_t i, std::int64_t j) const {
  return size * inverse_d_[static_cast<std::size_t>(i)] * inverse_d_[static_cast<std::size_t>(j)];
}

template <scalar T>
strips reference<T>::scaled_factor(const T* l) const {
  strips out(n_, n_, tools::is_complex<T>, precision_of<T>);
  for (std::int64_t j = 0; j < n_; ++j) {
    for (std::int64_t i = j; i < n_; ++i) out.set(i, j, widened(l[i + j * n_], d_[static_cast<std::size_t>(i)]));
  }
  return out;
}

template <scalar T>
factor_errors reference<T>::residuals(const strips& l) const {
  hermitian_sums sums(n_), scaled_sums(n_);
  for_each_element(l, l, true, [&](std::int64_t i, std::int64_t j, complex_double_double product) {
    const double size = magnitude(scaled(i, j) - product);
    scaled_sums.add(i, j, size);
    sums.add(i, j, unscaled(size, i, j));
  });
  const double unit = static_cast<double>(n_) * tools::epsilon<T>();
  return {.residual = sums.norm() / norm_ / unit, .scaled_residual = scaled_sums.norm() / scaled_norm_ / unit};
}

template <scalar T>
factor_errors reference<T>::floor() const {
  std::vector<T> rounded(static_cast<std::size_t>(n_ * n_));
  for (std::int64_t j = 0; j < n_; ++j) {
    for (std::int64_t i = j; i < n_; ++i)
      rounded[static_cast<std::size_t>(i + j * n_)] =
          narrowed<T>(exact_.get(i, j), inverse_d_[static_cast<std::size_t>(i)]);
  }
  return residuals(scaled_factor(rounded.data()));
}

template <scalar T>
factor_errors reference<T>::of_factor(const T* l) const {
  factor_errors e = residuals(scaled_factor(l));
  for (std::int64_t i = 0; i < n_; ++i) {
    const double row_norm = std::sqrt(scaled(i, i).re.hi);
    for (std::int64_t j = 0; j <= i; ++j) {
      const complex_double_double right = exact_.get(i, j);
      const double error = magnitude(widened(l[i + j * n_], d_[static_cast<std::size_t>(i)]) - right);
      double& largest = i == j ? e.diagonal_ulp : e.below_ulp;
      const double ulps = error / spacing<T>(i == j ? right.re.hi : row_norm);
      if (!(ulps <= largest)) largest = ulps;
    }
  }
  return e;
}

template <scalar T>
solution_errors reference<T>::of_solution(const T* x) const {
  const auto n = static_cast<std::size_t>(n_);
  std::vector<complex_double_double> solution(n), rest(n);
  std::vector<double> row_sums(n);
  double size = 0, error = 0, exact_size = 0, right_size = 0, rest_size = 0;
  for (std::size_t i = 0; i < n; ++i) {
    solution[i] = widened(x[i], inverse_d_[i]);
    rest[i] = widened(right_side_[i], d_[i]);
    right_size = std::max(right_size, magnitude(rest[i]));
    size = std::max(size, magnitude(solution[i]));
    exact_size = std::max(exact_size, magnitude(solution_[i]));
    const double difference = magnitude(solution[i] - solution_[i]);
    if (!(difference <= error)) error = difference;
  }
  for (std::int64_t j = 0; j < n_; ++j) {
    const auto column = static_cast<std::size_t>(j);
    for (std::int64_t i = j; i < n_; ++i) {
      const auto row = static_cast<std::size_t>(i);
      const complex_double_double element = scaled(i, j);
      rest[row] = rest[row] - times_conjugate(element, conjugated(solution[column]));
      if (i != j) rest[column] = rest[column] - times_conjugate(solution[row], element);
    }
  }
  for (const complex_double_double& r : rest) {
    if (!(magnitude(r) <= rest_size)) rest_size = magnitude(r);
  }
  return {.backward = rest_size / ((scaled_norm_ * size + right_size) * tools::epsilon<T>()),
          .forward = error / (exact_size * tools::epsilon<T>())};
}

template <scalar T>
double reference<T>::of_inverse(const T* x) const {
  strips matrix(n_, n_, tools::is_complex<T>, precision_of<T>), inverse(n_, n_, tools::is_complex<T>, precision_of<T>);
  hermitian_sums sizes(n_);
  tools::column_sums sums(n_, 1);
  for (std::int64_t j = 0; j < n_; ++j) {
    for (std::int64_t i = j; i < n_; ++i) {
      const complex_double_double a = scaled(i, j);
      complex_double_double e = widened(x[i + j * n_], inverse_d_[static_cast<std::size_t>(i)]);
      e = {e.re.hi * inverse_d_[static_cast<std::size_t>(j)], e.im.hi * inverse_d_[static_cast<std::size_t>(j)]};
      if (i == j) e.im = {};
      sizes.add(i, j, magnitude(e));
      matrix.set(i, j, a);
      matrix.set(j, i, conjugated(a));
      inverse.set(i, j, e);
      inverse.set(j, i, conjugated(e));
    }
  }
  // A·X = A·Xᴴ
  for_each_element(matrix, inverse, false, [&](std::int64_t i, std::int64_t j, complex_double_double product) {
    const complex_double_double identity = {i == j ? 1.0 : 0.0, {}};
    sums.add(0, j, magnitude(identity - product));
  });
  return tools::largest(sums.total()) / (static_cast<double>(n_) * scaled_norm_ * sizes.norm() * tools::epsilon<T>());
}

template class reference<float>;
template class reference<double>;
template class reference<std::complex<float>>;
template class reference<std::complex<double>>;

}  // namespace posdef::bench
