// A matrix whose eigenvalues are known:  A = Q·Λ·Qᴴ,  λ_i = c^(−(i−1)/(n−1)),  so that its condition number is c.
//
// Q is a product of Householder reflections H = I − 2·v·vᴴ/(vᴴ·v) in random directions. n − 1 of them would make Q
// uniformly distributed; a few dozen already fill A. A reflection is applied from both sides at once: with u = v/‖v‖,
// p = 2·A·u and w = p − (uᴴ·p)·u,
//     H·A·H = A − u·wᴴ − w·uᴴ        (as xLATRD of LAPACK does).
// Sources: Stewart, The efficient generation of random orthogonal matrices, SIAM J. Numer. Anal. 17 (1980); LAPACK's
// xLAGSY and xLAGHE.
#include <cmath>

#include "generate/generate.hpp"
#include "generate/random.hpp"

namespace posdef::tools {
namespace {

// Overwrites A, both triangles, with H·A·H.
template <class W>
void reflect(matrices<W>& a, random_source& random) {
  const std::int64_t n = a.rows;
  std::vector<W> u(static_cast<std::size_t>(n));
  std::vector<W> w(static_cast<std::size_t>(n));
  double square = 0;
  for (W& x : u) {
    x = random.standard<W>();
    square += std::norm(x);
  }
  for (W& x : u) x /= std::sqrt(square);
  for (std::int64_t j = 0; j < n; ++j) {
    const W scale = 2.0 * u[static_cast<std::size_t>(j)];
    for (std::int64_t i = 0; i < n; ++i) w[static_cast<std::size_t>(i)] += a(0, i, j) * scale;
  }
  W along = 0;
  for (std::size_t i = 0; i < u.size(); ++i) along += conjugate(u[i]) * w[i];
  for (std::size_t i = 0; i < u.size(); ++i) w[i] -= along * u[i];
  for (std::int64_t j = 0; j < n; ++j) {
    const W uj = conjugate(u[static_cast<std::size_t>(j)]);
    const W wj = conjugate(w[static_cast<std::size_t>(j)]);
    for (std::int64_t i = 0; i < n; ++i) {
      a(0, i, j) -= u[static_cast<std::size_t>(i)] * wj + w[static_cast<std::size_t>(i)] * uj;
    }
  }
}

}  // namespace

template <class W>
matrices<W> generate_spectrum(const spectrum_options& o) {
  require(o.n >= 0 && o.reflections >= 0, "n and reflections of 0 or more");
  require(o.condition >= 1 && std::isfinite(o.condition), "a condition number of 1 or more");
  matrices<W> a(1, o.n, o.n);
  for (std::int64_t i = 0; i < o.n; ++i) {
    a(0, i, i) = o.n == 1 ? 1 : std::pow(o.condition, -static_cast<double>(i) / static_cast<double>(o.n - 1));
  }
  random_source random(o.seed);
  if (o.n > 1) {
    for (std::int64_t r = 0; r < o.reflections; ++r) reflect(a, random);
  }
  // Rounding makes the two triangles differ by a few units: copy one to the other.
  for (std::int64_t j = 0; j < o.n; ++j) {
    a(0, j, j) = std::real(a(0, j, j));
    for (std::int64_t i = j + 1; i < o.n; ++i) a(0, j, i) = conjugate(a(0, i, j));
  }
  return a;
}

template matrices<double> generate_spectrum(const spectrum_options&);
template matrices<std::complex<double>> generate_spectrum(const spectrum_options&);

}  // namespace posdef::tools
