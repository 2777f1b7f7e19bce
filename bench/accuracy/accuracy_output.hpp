// The output of the suite `accuracy`: a table while it runs, a summary, JSON.
#ifndef POSDEF_BENCH_ACCURACY_ACCURACY_OUTPUT_HPP
#define POSDEF_BENCH_ACCURACY_ACCURACY_OUTPUT_HPP

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "accuracy/accuracy.hpp"
#include "machine.hpp"

namespace posdef::bench {

/// The lines above the table: the machine, the peers, the missing ones; then the head of the table.
std::string accuracy_heading(const machine& m, const peer_list& peers);
/// A line for each way: residual, floor, every peer's residual, and the ratios of the factor, the solve and the
/// inverse.
std::string accuracy_rows(const accuracy_outcome& o);
/// The geometric means of the ratios by type and over all types, by way, and the cells with the largest ratios.
std::string accuracy_summary(const std::vector<accuracy_outcome>& outcomes);

/// One object for each way: suite ("accuracy"), type, matrix, n, way, samples, failed, residual, floor, best_peer,
/// ratio (posdef / best peer: below 1, posdef is more accurate); scaled_residual, diagonal_ulp, below_ulp,
/// solve_backward, solve_forward, inverse_residual; for each of these but the first also NAME_ratio; peers {name: the
/// same measures}. Unknown values are null.
std::vector<nlohmann::ordered_json> accuracy_json(const accuracy_outcome& o, const machine& m);

}  // namespace posdef::bench

#endif
