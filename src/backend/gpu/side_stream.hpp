// A lane of commands beside a stream: the way to the host and back for an operation that runs partly on either.
//
// Commands of the lane run one after the other, and beside the launches of the stream. enter() and leave() tie the two
// orders together, by events of the platform. Every verb enqueues and returns: the calling thread waits for nothing. A
// round trip, with time going down:
//
//   stream                                    lane
//     launches that leave something to read
//                                               enter()  read(...)  call(f, data)  write(...)
//     launches that run while f does
//                                               leave()
//     launches that need what f has made
//
// f runs on a thread of the lane or of the driver, while the one that called may be asleep. It must not throw nor call
// the platform. Its data and the host memory have to stay until the stream has come past leave(), or until settle().
#pragma once

#include "engine/gpu/stream.hpp"

namespace posdef::internal::gpu {

class side_stream {
 public:
  using function = void (*)(void* data);

  virtual ~side_stream() = default;
  /// Takes host memory that the device copies from and to directly, and room for so many calls at a time. Throws
  /// out_of_memory.
  virtual std::byte* reserve(std::size_t bytes, index calls) = 0;

  /// What follows on the lane begins when all that was launched on the stream so far is done.
  virtual void enter() = 0;
  virtual void read(address from, std::byte* to, std::size_t bytes) = 0;
  virtual void call(function f, void* data) = 0;
  virtual void write(const std::byte* from, address to, std::size_t bytes) = 0;
  /// What is launched on the stream from now on begins when all on the lane so far is done.
  virtual void leave() = 0;

  /// Returns when the lane is empty. Only for whoever is about to give up memory that commands of it use.
  virtual void settle() noexcept = 0;
};

}  // namespace posdef::internal::gpu
