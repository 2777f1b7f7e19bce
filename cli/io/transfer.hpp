// How far the reading or the writing of a file has come, for a progress bar to look at from another thread.
#ifndef POSDEF_CLI_IO_TRANSFER_HPP
#define POSDEF_CLI_IO_TRANSFER_HPP

#include <cstdint>

namespace posdef::tools::transfer {

/// A file begins that has `total` bytes, elements, or whatever is counted; 0 if that is not known.
void begin(std::uint64_t total);
/// So many of them are done.
void reach(std::uint64_t done);
/// The part that is done, negative if it is not known.
double fraction();

}  // namespace posdef::tools::transfer

#endif
