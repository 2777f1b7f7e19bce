// Runs kernels compiled for the host: each CUDA thread is a fiber, so that threads of a block switch only at barriers;
// blocks run on several operating system threads at a time.
//
// ThreadSanitizer knows the order: barriers order the threads of a block; publishing and watching order the blocks of a
// launch. The machine also aborts with a message if not all threads of a block reach a barrier; shared memory of a
// block starts as NaN and ends at an unmapped page.
#pragma once

#include <cstddef>
#include <functional>

namespace cuda_on_host {

// Queries of a kernel.
int current_thread();
long long current_block();
void barrier();
void* launched_memory();
void release();
void published(const int* p);
void watched(const int* p);

/// A kernel bound to its arguments: one thread's part of a launch.
using body = std::function<void()>;
/// Registers a kernel for launching.
void add(const void* kernel, std::function<body(void** arguments)> bind);
body bound(const void* kernel, void** arguments);

/// Runs all blocks and returns when they have ended. One launch at a time.
void launch(const body& kernel, long long blocks, int threads, std::size_t shared_bytes);

}  // namespace cuda_on_host
