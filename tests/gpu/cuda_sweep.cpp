// Every operation of a CUDA plan at orders around tiles and blocks: a program for compute-sanitizer, which is too slow
// for the test suites. It also checks the results, by a residual that costs n² operations.
//
//   cuda_sweep [order ...]        (default: a built-in list)
//
// Exit status: 0 success, 1 a wrong result or an error of the driver, 2 no device.
#include <cuda_runtime_api.h>

#include <cstdio>
#include <cstdlib>

#include "conformance/support.hpp"
#include "posdef/cuda.hpp"

namespace {

using conformance::index;
using conformance::placed;
using conformance::placing;

int wrong = 0;

void check(cudaError_t code, const char* what) {
  if (code == cudaSuccess) return;
  std::printf("%s: %s\n", what, cudaGetErrorString(code));
  std::exit(1);
}

/// Device memory with a copy of v.
template <class T>
class on_device {
 public:
  explicit on_device(const std::vector<T>& v) : size_(v.size()) {
    check(cudaMalloc(reinterpret_cast<void**>(&p_), std::max<std::size_t>(size_, 1) * sizeof(T)), "cudaMalloc");
    check(cudaMemcpy(p_, v.data(), size_ * sizeof(T), cudaMemcpyHostToDevice), "cudaMemcpy");
  }
  ~on_device() { cudaFree(p_); }
  on_device(const on_device&) = delete;
  on_device& operator=(const on_device&) = delete;
  T* get() const { return p_; }
  std::vector<T> read() const {
    std::vector<T> v(size_);
    check(cudaMemcpy(v.data(), p_, size_ * sizeof(T), cudaMemcpyDeviceToHost), "cudaMemcpy");
    return v;
  }

 private:
  T* p_ = nullptr;
  std::size_t size_;
};

template <class T>
void sweep(cudaStream_t s, index n, const placing& how) {
  const index count = 3, nrhs = 5;
  const auto a = conformance::positive_definite<T>(n);
  const placed<T> one(a, how);
  // The other triangle and the memory between the matrices are zero: compute-sanitizer reports reads of unwritten
  // memory, and the copies to the host read all of it.
  std::vector<T> all;
  for (index b = 0; b < count; ++b)
    for (const T& x : one.memory) all.push_back(std::isnan(std::real(x)) ? T(0) : x);
  const auto size = static_cast<index>(one.memory.size());
  const on_device<T> matrix(all), result(all), sides(std::vector<T>(static_cast<std::size_t>(n * nrhs * count), T(1)));
  const on_device<std::int64_t> info(std::vector<std::int64_t>(static_cast<std::size_t>(count), -1));
  const on_device<posdef::real_type<T>> det(std::vector<posdef::real_type<T>>(static_cast<std::size_t>(count)));
  {
    posdef::cuda::plan<T> plan(s, {n, count, nrhs}, {.uplo = how.triangle});
    const auto view = posdef::view<T>(matrix.get(), n, n, one.ld, how.order).batched(count, size);
    const auto out = posdef::view<T>(result.get(), n, n, one.ld, how.order).batched(count, size);
    const auto b = posdef::view<T>(sides.get(), n, nrhs).batched(count);
    plan.cholesky(view, out, info.get());  // zeros in the other triangle
    plan.cholesky(view, info.get());
    plan.cholesky_solve(view, b);
    plan.cholesky_logdet(view, det.get());
    plan.cholesky_inverse(view, out);
    plan.inv_triangular(view, out);
    check(cudaStreamSynchronize(s), "cudaStreamSynchronize");
  }
  placed<T> factor = one;
  const auto read = matrix.read();
  for (index b = 0; b < count; ++b) {
    std::copy(read.begin() + b * size, read.begin() + (b + 1) * size, factor.memory.begin());
    const double ratio = conformance::factor_ratio(a, [&](index i, index j) { return factor.lower(i, j); });
    const auto k = info.read()[static_cast<std::size_t>(b)];
    if (ratio < 1 && k == 0) continue;
    std::printf("WRONG: n = %ld, %s, matrix %ld: ratio %g, info %ld\n", static_cast<long>(n), how.text().c_str(),
                static_cast<long>(b), ratio, static_cast<long>(k));
    ++wrong;
  }
}

}  // namespace

int main(int argc, char** argv) {
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) return std::puts("no CUDA device"), 2;
  std::vector<conformance::index> orders;
  for (int k = 1; k < argc; ++k) orders.push_back(std::atol(argv[k]));
  if (orders.empty()) orders = {1, 7, 9, 33, 63, 64, 65, 72, 73, 104, 105, 144, 145, 200};
  cudaStream_t s = nullptr;
  check(cudaStreamCreate(&s), "cudaStreamCreate");
  for (const conformance::index n : orders) {
    for (const std::size_t k : {std::size_t{0}, std::size_t{2}}) {
      const placing& how = conformance::placings()[k];
      sweep<float>(s, n, how);
      sweep<double>(s, n, how);
      sweep<std::complex<float>>(s, n, how);
      sweep<std::complex<double>>(s, n, how);
    }
    std::printf("n = %ld done\n", static_cast<long>(n));
    std::fflush(stdout);
  }
  check(cudaStreamDestroy(s), "cudaStreamDestroy");
  std::printf("%d wrong\n", wrong);
  return wrong == 0 ? 0 : 1;
}
