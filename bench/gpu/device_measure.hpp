// Measures a cell on a device: posdef and the device's libraries alternately, repetition by repetition, on the same
// inputs.
//
// The inputs are matrices with a known spectrum (problem.hpp) in a ring of buffers larger than twice the device's last
// cache. Before every run the whole ring is restored, starting with the buffers of the run, so that each call reads an
// unfactored matrix that is no longer in the cache; the next run continues with the next buffer. Workspaces are
// allocated before the first run. There are two times, each the time of a run divided by its number of calls, of which
// the median over all runs is reported:
//     device   between two events on the stream: consecutive calls, enqueued directly after the restoring
//     wall     synchronized calls: the time that a program sees if it needs the factor next
// A long call is timed by both clocks at once. A peer that takes more than its share of the time is called twice and
// timed once; one whose first call takes far too long is not measured.
//
// Results are checked on the host, after the first calls and after the last: all matrices of small batches; of large
// batches the first, the last and some between, different ones each time.
#ifndef POSDEF_BENCH_GPU_DEVICE_MEASURE_HPP
#define POSDEF_BENCH_GPU_DEVICE_MEASURE_HPP

#include "gpu/participants.hpp"
#include "measure.hpp"

namespace posdef::bench {

/// The first library is posdef, and its first routine is the one whose time counts. A participant that fails is
/// reported with the reason, a wrong result with its residual. Cells of other operations than cholesky throw
/// tools::input_error.
outcome measure_on(accelerator& where, const cell& what, const std::vector<device_library>& libraries,
                   const settings& s);

/// The number of buffers of this size in the ring: at least two, together larger than twice the cache; one if two do
/// not fit into memory, 0 if none fits. Each buffer needs its size twice: the working copy and the original.
std::int64_t ring_size(std::size_t bytes, std::size_t cache, std::size_t free);

/// The indices of `count` things that are checked, if there is time for about `room`: all, or the first, the last and
/// some between, at least three. `turn` varies those between.
std::vector<std::int64_t> sampled(std::int64_t count, std::int64_t room, std::int64_t turn);

}  // namespace posdef::bench

#endif
