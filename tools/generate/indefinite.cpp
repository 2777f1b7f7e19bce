// A matrix whose leading minors are positive definite up to a known order:  A = L·D·Lᴴ,  L unit lower triangular.
//
// The pivots of its Cholesky factorization are the elements of D. D_i is in [1, 2) for i ≠ k, and D_k = −1, so the
// leading minors of order below k are positive definite and that of order k is not: info = k. The elements below the
// diagonal of L have mean square 1/(4n), which keeps L so well conditioned that rounding cannot change a sign.
#include <cmath>

#include "generate/generate.hpp"
#include "generate/random.hpp"
#include "numeric/product.hpp"

namespace posdef::tools {

template <class W>
matrices<W> generate_indefinite(const indefinite_options& o) {
  require(o.n >= 1 && o.k >= 1 && o.k <= o.n, "n of 1 or more and k from 1 to n");
  matrices<W> l(1, o.n, o.n);
  matrices<W> a(1, o.n, o.n);
  std::vector<double> d(static_cast<std::size_t>(o.n));
  random_source random(o.seed);
  const double size = 0.5 / std::sqrt(static_cast<double>(o.n));
  for (std::int64_t j = 0; j < o.n; ++j) {
    d[static_cast<std::size_t>(j)] = j + 1 == o.k ? -1 : random.uniform(1, 2);
    l(0, j, j) = 1;
    for (std::int64_t i = j + 1; i < o.n; ++i) l(0, i, j) = size * random.standard<W>();
  }
  const auto scaled = [&](std::int64_t i, std::int64_t k) { return l(0, i, k) * d[static_cast<std::size_t>(k)]; };
  const auto plain = [&](std::int64_t j, std::int64_t k) { return l(0, j, k); };
  for_each_product_block<W>(o.n, o.n, o.n, product_part::lower, true, 1, scaled, plain,
                            [&](const product_view& block, int) {
                              for (std::int64_t j = block.j0; j < block.j1; ++j) {
                                for (std::int64_t i = std::max(block.i0, j); i < block.i1; ++i) {
                                  const W value = block.template at<W>(i, j);
                                  a(0, i, j) = i == j ? W(std::real(value)) : value;
                                  a(0, j, i) = conjugate(a(0, i, j));
                                }
                              }
                            });
  return a;
}

template matrices<double> generate_indefinite(const indefinite_options&);
template matrices<std::complex<double>> generate_indefinite(const indefinite_options&);

}  // namespace posdef::tools
