// How long a cell takes on a device: posdef and the device's libraries in turn, repetition by repetition, on the same
// inputs.
//
// The inputs are matrices with a known spectrum (problem.hpp) in a ring of buffers that is larger than twice the
// device's last cache. Before every run the whole ring is restored, the buffers of the run first, so that each call
// finds matrices that nobody has factored yet and that the cache does not hold any more; the next run goes on where
// this one stopped. Workspaces are taken before the first run. Two times are told:
//     device   a run of calls, enqueued one behind the other right behind the restoring, between two events on the
//     stream wall     a run of calls of which each is waited for: what a program sees that needs the factor next
// Both are the run's time over its number of calls; what is told of a participant are their medians. A call that takes
// long is timed by both clocks at once. A peer that takes more than its share of the time is called twice and timed
// once; one whose first call takes far too long is left out.
//
// Results are checked on the host, after the first calls and after the last: all matrices of small batches, of large
// ones the first, the last and some between, others each time.
#ifndef POSDEF_BENCH_GPU_DEVICE_MEASURE_HPP
#define POSDEF_BENCH_GPU_DEVICE_MEASURE_HPP

#include "gpu/participants.hpp"
#include "measure.hpp"

namespace posdef::bench {

/// The first library is posdef, its first way the one whose time counts. Whoever fails is left out with the reason,
/// whoever gives a wrong result is told with it. For cells of cholesky; others throw tools::input_error.
outcome measure_on(accelerator& where, const cell& what, const std::vector<device_library>& libraries,
                   const settings& s);

/// How many buffers of so many bytes the ring has: two or more, together larger than twice the cache; one where there
/// is no room for two; 0 where there is none for one. Each of them is there twice, as it is worked on and as it was.
std::int64_t ring_size(std::size_t bytes, std::size_t cache, std::size_t free);

/// Which of `count` things are checked if there is time for about `room` of them: all, or the first, the last and some
/// between, three at least. `turn` shifts those between.
std::vector<std::int64_t> sampled(std::int64_t count, std::int64_t room, std::int64_t turn);

}  // namespace posdef::bench

#endif
