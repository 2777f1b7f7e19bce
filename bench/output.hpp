// What a run says: a table for people while it runs, JSON for programs.
#ifndef POSDEF_BENCH_OUTPUT_HPP
#define POSDEF_BENCH_OUTPUT_HPP

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "machine.hpp"
#include "measure.hpp"

namespace posdef::bench {

/// The lines above the table: the machine, the peers, which are missing; then the head of the table.
std::string heading(const machine& m, const peer_list& peers);
/// Which Python is used for what, and which was passed over; a part of every heading.
std::string interpreter_lines(const machine& m);
/// One line of the table, and one more for each result that is wrong or not there.
std::string table_row(const outcome& o, const peer_list& peers);

/// What NumPy and PyTorch took, beside posdef; and which of them are missing.
std::string arrays_table(const std::vector<outcome>& outcomes, const machine& m);

/// One cell: suite, op, dtype, uplo, layout, batch, n, nrhs, threads, seconds, gflops, residual, peers {name: seconds},
/// ratio (best peer's seconds / ours; null without a peer), beside {name: seconds} (what is shown but not counted),
/// ways (every way of every participant, wrong ones too), machine (the same in every cell, so that the cells of several
/// runs can be joined): processor, processors, instruction_set, posdef and peers (versions), missing (reasons), limits:
/// {gflops: {instruction set: {f32, f64: {one, all}}}, triad_gbytes: {one, all}} for one and for all threads. What is
/// not known or not finite is null.
///
/// A cell that was measured on a device has besides: device ("cuda:0, NVIDIA H200"), device_seconds, device_peers,
/// device_beside and in each way device_seconds, all by the device's events; machine.device describes it,
/// machine.python is the interpreter of the libraries called from Python. seconds, peers and beside are by the wall's
/// clock there too; gflops and ratio go by the device's.
nlohmann::ordered_json to_json(const outcome& o, const machine& m);

}  // namespace posdef::bench

#endif
