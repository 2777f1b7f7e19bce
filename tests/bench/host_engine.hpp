// The engine in host memory of this build: cpu, or reference in a build without cpu.
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
