// A side stream of commands that runs parallel to a stream. It copies data to the host and back, and calls host
// functions.
//
// Commands of the side stream run in order, parallel to the launches of the stream. enter() and leave() synchronize the
// two with events. All functions enqueue and return at once. A round trip, with time from top to bottom:
//
//   stream                                    side stream
//     launches that produce data
//                                               enter()  read(...)  call(f, data)  write(...)
//     launches that run parallel to f
//                                               leave()
//     launches that use the result of f
//
// f runs on a thread of the side stream or of the driver. It must not throw or call the platform. Its data and the host
// memory must remain valid until the stream has passed leave(), or until settle().
#pragma once

#include "engine/gpu/stream.hpp"

namespace posdef::internal::gpu {

class side_stream {
 public:
  using function = void (*)(void* data);

  virtual ~side_stream() = default;
  /// Allocates pinned host memory, and space for `calls` pending calls. Throws out_of_memory.
  virtual std::byte* reserve(std::size_t bytes, index calls) = 0;

  /// Later commands of the side stream wait for all launches on the stream so far.
  virtual void enter() = 0;
  virtual void read(address from, std::byte* to, std::size_t bytes) = 0;
  virtual void call(function f, void* data) = 0;
  virtual void write(const std::byte* from, address to, std::size_t bytes) = 0;
  /// Later launches on the stream wait for all commands of the side stream so far.
  virtual void leave() = 0;

  /// Waits until the side stream is empty. Call it before memory used by its commands is freed.
  virtual void settle() noexcept = 0;
};

}  // namespace posdef::internal::gpu
