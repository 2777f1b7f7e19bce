// The text table of a run on a device: both times of posdef and of each library, and their residuals.
#ifndef POSDEF_BENCH_GPU_TABLE_HPP
#define POSDEF_BENCH_GPU_TABLE_HPP

#include <string>
#include <vector>

#include "machine.hpp"
#include "measure.hpp"

namespace posdef::bench {

/// The device, the libraries, the missing ones with reasons, and the head of the table.
std::string device_heading(const machine& m);

/// A line for the cell, with its ratio and the fastest peer; then one line per routine: both times and the residual, or
/// why it was not measured, or that its result is wrong. Routines before `first` are omitted.
std::string device_rows(const outcome& o, std::size_t first = 0);

}  // namespace posdef::bench

#endif
