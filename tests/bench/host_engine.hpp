// The engine that computes in host memory in this build: without the engine cpu the reference is all there is.
#ifndef POSDEF_TESTS_BENCH_HOST_ENGINE_HPP
#define POSDEF_TESTS_BENCH_HOST_ENGINE_HPP

#include <posdef/types.hpp>

namespace posdef::bench {

#if POSDEF_ENGINE_CPU
constexpr device host_engine{engine::cpu};
#else
constexpr device host_engine{engine::reference};
#endif

}  // namespace posdef::bench

#endif
