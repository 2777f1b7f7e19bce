// The output of a run: a text table while it runs, and JSON.
#ifndef POSDEF_BENCH_OUTPUT_HPP
#define POSDEF_BENCH_OUTPUT_HPP

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "machine.hpp"
#include "measure.hpp"

namespace posdef::bench {

/// The lines of every heading in host memory: the machine, the peers, the missing ones, the interpreters.
std::string machine_lines(const machine& m, const peer_list& peers);
/// The object `machine` of the results, see to_json().
nlohmann::ordered_json machine_json(const machine& m);

/// The lines above the table: the machine, the peers, the missing ones; then the head of the table.
std::string heading(const machine& m, const peer_list& peers);
/// The lines about the Python interpreters, part of every heading.
std::string interpreter_lines(const machine& m);
/// One line of the table, and one more for each result that is wrong or missing.
std::string table_row(const outcome& o, const peer_list& peers);
/// With --cold: one line for each situation, posdef and its peers.
std::string cold_rows(const outcome& o);

/// The times of NumPy, SciPy and PyTorch next to posdef's, their versions, and which of them are missing.
std::string arrays_table(const std::vector<outcome>& outcomes, const machine& m);

/// One cell: suite, op, dtype, uplo, layout, batch, n, nrhs, threads, seconds, gflops, residual, peers {name: seconds},
/// ratio (fastest peer's seconds / ours; null without a peer), beside {name: seconds} (shown but not counted), ways
/// (every configuration of every participant, wrong results too, each with its residual and, if they were measured,
/// first_seconds and first_bytes of first_call.hpp), date and command (of the run), machine (the same in every cell, so
/// that cells of several runs can be joined): processor, processors, instruction_set, posdef and peers (versions),
/// missing (reasons), limits: {gflops: {instruction set: {f32, f64: {one, all}}}, triad_gbytes: {one, all}} for one and
/// for all threads. Unknown and non-finite values are null.
/// With --cold a way has an object `cold`: seconds of a call after each situation (situations.hpp).
///
/// A cell on a device has in addition: device ("cuda:0, NVIDIA H200"), device_seconds, device_peers, device_beside and
/// device_seconds in each of the ways, all by the device's events; machine.device describes it, machine.python is the
/// interpreter of the Python libraries. seconds, peers and beside remain wall times; gflops and ratio use the device
/// times.
nlohmann::ordered_json to_json(const outcome& o, const machine& m);

}  // namespace posdef::bench

#endif
