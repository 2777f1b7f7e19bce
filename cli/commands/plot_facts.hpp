// What `posdef plot` tells its script of a matrix: python/plot.py says what each key means.
#ifndef POSDEF_CLI_COMMANDS_PLOT_FACTS_HPP
#define POSDEF_CLI_COMMANDS_PLOT_FACTS_HPP

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "io/hermitian.hpp"
#include "io/matrices.hpp"

namespace posdef::cli {

/// Above this order there are no eigenvalues: NumPy would take minutes.
inline constexpr std::int64_t spectrum_up_to = 3000;

/// Matrix k of a batch, alone.
tools::any_matrices single(const tools::any_matrices& all, std::int64_t k);

/// n, dtype, heat, diagonal, asymmetry of a single matrix.
nlohmann::ordered_json facts_of(const tools::any_matrices& one, int threads);

/// Why there is no spectrum of a single matrix, by its order and the numbers in this triangle; empty if there is one.
std::string obstacle_to_spectrum(const tools::any_matrices& one, posdef::uplo uplo);

/// The elements as they lie in memory.
std::string_view bytes_of(const tools::any_matrices& one);

/// pivots of matrix k; for more than one matrix, all.
template <scalar T>
void add_pivots(nlohmann::ordered_json& facts, const tools::matrices<T>& factors, const std::vector<std::int64_t>& info,
                std::int64_t k);

}  // namespace posdef::cli

#endif
