// The data about a matrix that `posdef plot` passes to its script; python/plot.py documents the keys.
#ifndef POSDEF_CLI_COMMANDS_PLOT_FACTS_HPP
#define POSDEF_CLI_COMMANDS_PLOT_FACTS_HPP

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "io/hermitian.hpp"
#include "io/matrices.hpp"

namespace posdef::cli {

/// Above this order the page has no eigenvalues: NumPy would take minutes.
inline constexpr std::int64_t spectrum_up_to = 3000;

/// A copy of matrix k of a batch.
tools::any_matrices single(const tools::any_matrices& all, std::int64_t k);

/// n, dtype, heat, diagonal, asymmetry of a single matrix.
nlohmann::ordered_json facts_of(const tools::any_matrices& one, int threads);

/// Why the page cannot show the spectrum of a single matrix (its order, or NaN in this triangle); empty if it can.
std::string obstacle_to_spectrum(const tools::any_matrices& one, posdef::uplo uplo);

/// The bytes of the elements, in memory order.
std::string_view bytes_of(const tools::any_matrices& one);

/// pivots of matrix k; for more than one matrix, all.
template <scalar T>
void add_pivots(nlohmann::ordered_json& facts, const tools::matrices<T>& factors, const std::vector<std::int64_t>& info,
                std::int64_t k);

}  // namespace posdef::cli

#endif
