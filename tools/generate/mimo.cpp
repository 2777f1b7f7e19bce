// Covariance of the signals at n antennas from `users` transmitters of unit power over a Rayleigh-fading channel:
//     A = H·Hᴴ + σ²·I,     H: n × users, independent complex normal entries of mean square 1.
// Hermitian; its smallest eigenvalue is σ² (exactly, if users < n) and its mean eigenvalue near users + σ². An MMSE
// receiver applies its inverse. Source: Tse & Viswanath, Fundamentals of Wireless Communication, section 8.3.
#include "generate/generate.hpp"
#include "generate/random.hpp"
#include "numeric/product.hpp"

namespace posdef::tools {

matrices<std::complex<double>> generate_mimo(const mimo_options& o) {
  using complex = std::complex<double>;
  require(o.n >= 0 && o.users >= 1 && o.batch >= 0, "n and batch of 0 or more, users of 1 or more");
  require(o.noise >= 0, "a noise of 0 or more");
  matrices<complex> a(o.batch, o.n, o.n, layout::row_major);
  matrices<complex> channel(1, o.n, o.users);
  random_source random(o.seed);
  for (std::int64_t b = 0; b < o.batch; ++b) {
    for (std::int64_t u = 0; u < o.users; ++u) {
      for (std::int64_t i = 0; i < o.n; ++i) channel(0, i, u) = random.standard<complex>();
    }
    const auto row = [&](std::int64_t i, std::int64_t u) { return channel(0, i, u); };
    for_each_product_block<complex>(o.n, o.n, o.users, product_part::lower, false, 1, row, row,
                                    [&](const product_view& block, int) {
                                      for (std::int64_t j = block.j0; j < block.j1; ++j) {
                                        for (std::int64_t i = std::max(block.i0, j); i < block.i1; ++i) {
                                          const complex value = block.at<complex>(i, j);
                                          a(b, i, j) = i == j ? value.real() + o.noise : value;
                                          a(b, j, i) = std::conj(a(b, i, j));
                                        }
                                      }
                                    });
  }
  return a;
}

}  // namespace posdef::tools
