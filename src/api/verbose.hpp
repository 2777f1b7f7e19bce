// POSDEF_VERBOSE=1 prints one line on stderr for each call: operation, shape, kernels, threads and time.
//
//   posdef: cholesky f64 n=100 batch=1 nrhs=0 on cpu (avx512, unblocked), 1 thread, 0.0123 ms
#pragma once

#include <chrono>
#include <string_view>

#include "algorithm/problem.hpp"
#include "posdef/types.hpp"

namespace posdef::internal {

struct call_description {
  operation what;
  std::string_view type;
  index n, batch, nrhs;
  device where;
  std::string how;  ///< the kernels, as described by the backend
  int threads;
};

void print_call(const call_description& c, std::chrono::steady_clock::duration time) noexcept;

template <class T>
constexpr std::string_view type_name = std::is_same_v<T, float>                 ? "f32"
                                       : std::is_same_v<T, double>              ? "f64"
                                       : std::is_same_v<T, std::complex<float>> ? "c64"
                                                                                : "c128";

}  // namespace posdef::internal
