// The progress of reading or writing a file, which the thread of the progress bar reads.
#ifndef POSDEF_TOOLS_IO_TRANSFER_HPP
#define POSDEF_TOOLS_IO_TRANSFER_HPP

#include <cstdint>

namespace posdef::tools::transfer {

/// Starts a file of `total` units (bytes or elements); 0 if unknown.
void begin(std::uint64_t total);
/// `done` units are complete.
void reach(std::uint64_t done);
/// The completed fraction; negative if unknown.
double fraction();

}  // namespace posdef::tools::transfer

#endif
