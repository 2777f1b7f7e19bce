// The tile of the product: 2 vectors of rows × 6 columns, 12 accumulators in registers.
//
// Uses the compiler's vector types, which map to the processor's vectors. On x86 the same tile is compiled three times
// and the best one is chosen at run time; elsewhere the 128-bit one is used.
#include "numeric/product.hpp"

namespace posdef::tools {
namespace {

constexpr int columns = 6;

template <int Lanes>
[[gnu::always_inline]] inline void add_tile(std::int64_t depth, const double* p, const double* q, double* c,
                                            std::int64_t ldc) {
  using vec [[gnu::vector_size(Lanes * sizeof(double))]] = double;
  vec sum[columns][2] = {};
  for (std::int64_t k = 0; k < depth; ++k) {
    const vec p0 = *reinterpret_cast<const vec*>(p);
    const vec p1 = *reinterpret_cast<const vec*>(p + Lanes);
    for (int j = 0; j < columns; ++j) {
      sum[j][0] += p0 * q[j];
      sum[j][1] += p1 * q[j];
    }
    p += 2 * Lanes;
    q += columns;
  }
  for (int j = 0; j < columns; ++j) {
    *reinterpret_cast<vec*>(c + j * ldc) += sum[j][0];
    *reinterpret_cast<vec*>(c + j * ldc + Lanes) += sum[j][1];
  }
}

void add_128(std::int64_t depth, const double* p, const double* q, double* c, std::int64_t ldc) {
  add_tile<2>(depth, p, q, c, ldc);
}

#if defined(__x86_64__)
[[gnu::target("avx2,fma")]] void add_avx2(std::int64_t depth, const double* p, const double* q, double* c,
                                          std::int64_t ldc) {
  add_tile<4>(depth, p, q, c, ldc);
}
[[gnu::target("avx512f,avx2,fma")]] void add_avx512(std::int64_t depth, const double* p, const double* q, double* c,
                                                    std::int64_t ldc) {
  add_tile<8>(depth, p, q, c, ldc);
}
#endif

product_kernel choose() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return {16, columns, add_avx512};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return {8, columns, add_avx2};
#endif
  return {4, columns, add_128};
}

}  // namespace

const product_kernel& best_product_kernel() {
  static const product_kernel kernel = choose();
  return kernel;
}

}  // namespace posdef::tools
