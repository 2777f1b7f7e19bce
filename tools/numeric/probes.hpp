// Checks a result with a few products of a matrix and a vector. It does not compute the residual E = A − L·Lᴴ, or
// I − A·A⁻¹, but E·x for random vectors x:
//
//     factor    E·x = A·x − L·(Lᴴ·x)          inverse   E·x = x − A·(A⁻¹·x)
//
// where x(i) = ±u with u uniform between 1 and 2. The mean of ‖E·x‖² is ‖E‖²_F times the mean of u², so a few vectors
// estimate the size of E: the ratios here are this estimate of ‖E‖_F over the denominators of residual.hpp, and of the
// same size as the ratios there. One wrong element, row or column of E changes every vector; that several errors cancel
// in all vectors is practically impossible. The cost is O(n²); that of E itself is O(n³).
// Source: Freivalds, Fast probabilistic algorithms, MFCS 1979; the estimate of the norm is Girard's and Hutchinson's.
#ifndef POSDEF_TOOLS_NUMERIC_PROBES_HPP
#define POSDEF_TOOLS_NUMERIC_PROBES_HPP

#include <cstdint>
#include <posdef/types.hpp>
#include <span>
#include <vector>

namespace posdef::tools {

constexpr int probe_count = 4;

/// Like factor_residuals(), with random vectors. The vectors are the same in every run, and the ratios the same for
/// every number of threads.
template <scalar T>
std::vector<double> probed_factor_residuals(view<const T> a, view<const T> l, uplo which,
                                            std::span<const std::int64_t> info, int threads);

/// Like inverse_residuals(), with random vectors.
template <scalar T>
std::vector<double> probed_inverse_residuals(view<const T> a, view<const T> inverse, uplo which,
                                             std::span<const std::int64_t> info, int threads);

}  // namespace posdef::tools

#endif
