// Is the answer right, in a few products of a matrix and a vector? The residual E = A − L·Lᴴ, or I − A·A⁻¹, is not
// computed; E·x is, for random vectors x:
//
//     factor    E·x = A·x − L·(Lᴴ·x)          inverse   E·x = x − A·(A⁻¹·x)
//
// where x(i) = ±u with u between 1 and 2. The mean of ‖E·x‖² is ‖E‖²_F times that of u², so a few vectors tell the size
// of E: the ratios here are ‖E‖_F by that estimate over the same denominators as in residual.hpp, and of the same size.
// One wrong element, row or column of E shows in every vector; that several cancel in all of them is as good as
// impossible. The cost is O(n²), where that of E itself is O(n³).
// Source: Freivalds, Fast probabilistic algorithms, MFCS 1979; the estimate of the norm is Girard's and Hutchinson's.
#ifndef POSDEF_CLI_NUMERIC_PROBES_HPP
#define POSDEF_CLI_NUMERIC_PROBES_HPP

#include <cstdint>
#include <posdef/types.hpp>
#include <span>
#include <vector>

namespace posdef::tools {

constexpr int probe_count = 4;

/// As factor_residuals(), by probes. The vectors are the same in every run, and so are the ratios for every number of
/// threads.
template <scalar T>
std::vector<double> probed_factor_residuals(view<const T> a, view<const T> l, uplo which,
                                            std::span<const std::int64_t> info, int threads);

/// As inverse_residuals(), by probes.
template <scalar T>
std::vector<double> probed_inverse_residuals(view<const T> a, view<const T> inverse, uplo which,
                                             std::span<const std::int64_t> info, int threads);

}  // namespace posdef::tools

#endif
