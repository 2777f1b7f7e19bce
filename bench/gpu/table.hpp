// The table of a run on a device, for people: both times of posdef and of each library, and their residuals.
#ifndef POSDEF_BENCH_GPU_TABLE_HPP
#define POSDEF_BENCH_GPU_TABLE_HPP

#include <string>
#include <vector>

#include "machine.hpp"
#include "measure.hpp"

namespace posdef::bench {

/// The device, who is there, who is missing and why; then the head of the table.
std::string device_heading(const machine& m);

/// A line for the cell, with its ratio and the best peer's name; then one for each way: both
/// times and the residual, or why it is not there, or that it is wrong. Ways before `first` are not shown.
std::string device_rows(const outcome& o, std::size_t first = 0);

}  // namespace posdef::bench

#endif
