// A stand-in for cuSOLVER that factors in host memory. If the CUDA toolkit is installed, its header is included, so
// that the compiler checks the benchmark's declarations of cuSOLVER's functions.
#include <cmath>
#include <complex>
#include <cstdint>
#include <cstdlib>

#if __has_include(<cusolverDn.h>)
#include <cusolverDn.h>
#else
#define CUSOLVERAPI
using cusolverStatus_t = int;
using cusolverDnHandle_t = void*;
using cusolverDnParams_t = void*;
using cudaStream_t = void*;
using cublasFillMode_t = int;
using cudaDataType = int;
using libraryPropertyType = int;
using cuComplex = std::complex<float>;
using cuDoubleComplex = std::complex<double>;
#endif

namespace {

const auto success = static_cast<cusolverStatus_t>(0);
const auto invalid = static_cast<cusolverStatus_t>(3);

// The state of a handle: whether a stream was set.
struct state {
  void* stream = nullptr;
};

double conjugate(double x) { return x; }
float conjugate(float x) { return x; }
template <class R>
std::complex<R> conjugate(std::complex<R> x) {
  return std::conj(x);
}

// Factors one triangle in place by textbook loops. The other triangle is not written.
template <class T>
cusolverStatus_t factor(void* handle, bool upper, std::int64_t n, void* memory, std::int64_t lda, int* info) {
  if (handle == nullptr || static_cast<state*>(handle)->stream == nullptr || lda < n) return invalid;
  T* const a = static_cast<T*>(memory);
  const auto at = [=](std::int64_t i, std::int64_t j) -> T& { return upper ? a[j + i * lda] : a[i + j * lda]; };
  *info = 0;
  for (std::int64_t j = 0; j < n; ++j) {
    at(j, j) = std::sqrt(at(j, j));
    for (std::int64_t i = j + 1; i < n; ++i) at(i, j) /= at(j, j);
    for (std::int64_t k = j + 1; k < n; ++k)
      for (std::int64_t i = k; i < n; ++i) at(i, k) -= at(i, j) * conjugate(at(k, j));
  }
  return success;
}

bool is_upper(cublasFillMode_t uplo) { return static_cast<int>(uplo) == 1; }

constexpr int work_elements = 17;

}  // namespace

extern "C" {

#if defined(POSDEF_STAND_IN_NEEDS_CUBLAS)
int bench_cublas_stand_in();
int bench_cusolver_asks_cublas() { return bench_cublas_stand_in(); }
#endif

cusolverStatus_t CUSOLVERAPI cusolverDnCreate(cusolverDnHandle_t* handle) {
  *handle = reinterpret_cast<cusolverDnHandle_t>(new state);
  return success;
}
cusolverStatus_t CUSOLVERAPI cusolverDnDestroy(cusolverDnHandle_t handle) {
  delete reinterpret_cast<state*>(handle);
  return success;
}
cusolverStatus_t CUSOLVERAPI cusolverDnSetStream(cusolverDnHandle_t handle, cudaStream_t stream) {
  reinterpret_cast<state*>(handle)->stream = stream;
  return success;
}
cusolverStatus_t CUSOLVERAPI cusolverDnCreateParams(cusolverDnParams_t* params) {
  *params = reinterpret_cast<cusolverDnParams_t>(std::malloc(1));
  return success;
}
cusolverStatus_t CUSOLVERAPI cusolverDnDestroyParams(cusolverDnParams_t params) {
  std::free(params);
  return success;
}
cusolverStatus_t CUSOLVERAPI cusolverGetProperty(libraryPropertyType type, int* value) {
  *value = static_cast<int>(type) + 7;
  return success;
}

#define POTRF(NAME, IN, T)                                                                                             \
  cusolverStatus_t CUSOLVERAPI cusolverDn##NAME##potrf_bufferSize(cusolverDnHandle_t, cublasFillMode_t, int, IN*, int, \
                                                                  int* size) {                                         \
    *size = work_elements;                                                                                             \
    return success;                                                                                                    \
  }                                                                                                                    \
  cusolverStatus_t CUSOLVERAPI cusolverDn##NAME##potrf(cusolverDnHandle_t handle, cublasFillMode_t uplo, int n, IN* a, \
                                                       int lda, IN* work, int size, int* info) {                       \
    if (size != work_elements || work == nullptr) return invalid;                                                      \
    return factor<T>(handle, is_upper(uplo), n, a, lda, info);                                                         \
  }                                                                                                                    \
  cusolverStatus_t CUSOLVERAPI cusolverDn##NAME##potrfBatched(cusolverDnHandle_t handle, cublasFillMode_t uplo, int n, \
                                                              IN* a[], int lda, int* info, int batch) {                \
    for (int b = 0; b < batch; ++b) {                                                                                  \
      if (const auto s = factor<T>(handle, is_upper(uplo), n, a[b], lda, info + b); s != success) return s;            \
    }                                                                                                                  \
    return success;                                                                                                    \
  }
POTRF(S, float, float)
POTRF(D, double, double)
POTRF(C, cuComplex, std::complex<float>)
POTRF(Z, cuDoubleComplex, std::complex<double>)

cusolverStatus_t CUSOLVERAPI cusolverDnXpotrf_bufferSize(cusolverDnHandle_t, cusolverDnParams_t, cublasFillMode_t,
                                                         int64_t, cudaDataType, const void*, int64_t, cudaDataType,
                                                         size_t* on_device, size_t* on_host) {
  *on_device = 31;
  *on_host = 13;
  return success;
}
cusolverStatus_t CUSOLVERAPI cusolverDnXpotrf(cusolverDnHandle_t handle, cusolverDnParams_t params,
                                              cublasFillMode_t uplo, int64_t n, cudaDataType type, void* a, int64_t lda,
                                              cudaDataType compute, void* work, size_t size, void* host_work,
                                              size_t host_size, int* info) {
  if (params == nullptr || type != compute || work == nullptr || size != 31 || host_work == nullptr || host_size != 13)
    return invalid;
  switch (static_cast<int>(type)) {
    case 0: return factor<float>(handle, is_upper(uplo), n, a, lda, info);
    case 1: return factor<double>(handle, is_upper(uplo), n, a, lda, info);
    case 4: return factor<std::complex<float>>(handle, is_upper(uplo), n, a, lda, info);
    case 5: return factor<std::complex<double>>(handle, is_upper(uplo), n, a, lda, info);
    default: return invalid;
  }
}

}  // extern "C"
