// Executes kernels that were compiled for the host: each CUDA thread is a fiber, so that threads of a block take turns
// at barriers and nowhere else; blocks run on threads of the operating system, several at a time.
//
// ThreadSanitizer is told of both: two threads of a block are ordered by barriers alone, two blocks of a launch by what
// they publish and watch. Beyond that the machine aborts, with a line that says why, when not all threads of a block
// come to a barrier; and memory that a launch shares among a block is filled with NaN and ends at an unmapped page.
#pragma once

#include <cstddef>
#include <functional>

namespace cuda_on_host {

// What a kernel asks.
int current_thread();
long long current_block();
void barrier();
void* launched_memory();
void release();
void published(const int* p);
void watched(const int* p);

/// A kernel bound to arguments: one thread's part of a launch.
using body = std::function<void()>;
/// A kernel that may be launched.
void add(const void* kernel, std::function<body(void** arguments)> bind);
body bound(const void* kernel, void** arguments);

/// Runs all blocks, and returns when they have ended. One launch at a time.
void launch(const body& kernel, long long blocks, int threads, std::size_t shared_bytes);

}  // namespace cuda_on_host
