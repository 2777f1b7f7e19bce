// mluOpCholesky: A = L·Lᴴ or A = Uᴴ·U of row-major matrices. This file checks the arguments, creates views of them,
// and converts posdef's errors to statuses.
#include <algorithm>
#include <cinttypes>
#include <complex>
#include <cstdio>
#include <exception>
#include <new>
#include <posdef/posdef.hpp>
#include <stdexcept>
#include <utility>

#include "check.hpp"
#include "context.hpp"
#include "tensor.hpp"

namespace {

using posdef::mluop::refuse;

bool is_supported(mluOpDataType_t dtype) {
  return dtype == MLUOP_DTYPE_FLOAT || dtype == MLUOP_DTYPE_COMPLEX_FLOAT || dtype == MLUOP_DTYPE_DOUBLE;
}

posdef::shape shape_of(const mluOpTensorStruct& desc) {
  return {.n = desc.dims[static_cast<std::size_t>(desc.dim - 1)], .batch = desc.dim == 3 ? desc.dims[0] : 1, .nrhs = 0};
}

/// Bytes of all matrices; negative if they do not fit into 63 bits.
std::int64_t bytes_of(const mluOpTensorStruct& desc) {
  const posdef::shape s = shape_of(desc);
  std::int64_t bytes = desc.dtype == MLUOP_DTYPE_FLOAT ? sizeof(float) : sizeof(double);
  for (const std::int64_t factor : {s.n, s.n, s.batch})
    if (__builtin_mul_overflow(bytes, factor, &bytes)) return -1;
  return bytes;
}

/// Checks a descriptor of square matrices for Cholesky.
mluOpStatus_t check(const char* function, const mluOpTensorDescriptor_t input_desc) {
  POSDEF_MLUOP_REQUIRE(function, input_desc->layout == MLUOP_LAYOUT_ARRAY);
  POSDEF_MLUOP_REQUIRE(function, input_desc->dim == 2 || input_desc->dim == 3);
  for (int i = 0; i < input_desc->dim; ++i)
    if (input_desc->dims[static_cast<std::size_t>(i)] == 0) return refuse(function, "input_desc->dims[%d] > 0", i);
  const posdef::shape s = shape_of(*input_desc);
  const int row = input_desc->dim - 2;
  if (const std::int64_t rows = input_desc->dims[static_cast<std::size_t>(row)]; rows != s.n)
    return refuse(function, "input_desc->dims[%d] == input_desc->dims[%d] (%" PRId64 " and %" PRId64 ")", row, row + 1,
                  rows, s.n);
  if (!is_supported(input_desc->dtype))
    return refuse(function, "input_desc->dtype is MLUOP_DTYPE_FLOAT, _DOUBLE or _COMPLEX_FLOAT (%d)",
                  static_cast<int>(input_desc->dtype));
  if (bytes_of(*input_desc) < 0)
    return refuse(function, "%" PRId64 " matrices of order %" PRId64 " fit into 63 bits of address", s.batch, s.n);
  return MLUOP_STATUS_SUCCESS;
}

/// Checks that output and input have the same descriptor, and are the same memory or do not overlap.
mluOpStatus_t check_output(const char* function, const mluOpTensorDescriptor_t input_desc, const float* d_input,
                           const mluOpTensorDescriptor_t output_desc, const float* d_output) {
  POSDEF_MLUOP_REQUIRE(function, output_desc->layout == MLUOP_LAYOUT_ARRAY);
  POSDEF_MLUOP_REQUIRE(function, output_desc->dim == input_desc->dim);
  for (int i = 0; i < input_desc->dim; ++i) {
    const std::int64_t in = input_desc->dims[static_cast<std::size_t>(i)];
    const std::int64_t out = output_desc->dims[static_cast<std::size_t>(i)];
    if (out != in)
      return refuse(function, "output_desc->dims[%d] == input_desc->dims[%d] (%" PRId64 " and %" PRId64 ")", i, i, out,
                    in);
  }
  POSDEF_MLUOP_REQUIRE(function, output_desc->dtype == input_desc->dtype);
  const auto input = reinterpret_cast<std::uintptr_t>(d_input), output = reinterpret_cast<std::uintptr_t>(d_output);
  const auto bytes = static_cast<std::uintptr_t>(bytes_of(*input_desc));
  if (input == output || input + bytes <= output || output + bytes <= input) return MLUOP_STATUS_SUCCESS;
  return refuse(function, "d_output is d_input or shares no memory with it");
}

posdef::options options_for(bool upper) {
  return {.uplo = upper ? posdef::uplo::upper : posdef::uplo::lower,
          .on_failure = posdef::on_failure::report,
          .other = posdef::other_triangle::zero};
}

/// Calls f<T>() for the type of the descriptor.
template <class F>
auto for_type(mluOpDataType_t dtype, const F& f) {
  switch (dtype) {
    case MLUOP_DTYPE_COMPLEX_FLOAT: return f.template operator()<std::complex<float>>();
    case MLUOP_DTYPE_DOUBLE: return f.template operator()<double>();
    default: return f.template operator()<float>();
  }
}

template <class T>
std::size_t workspace_size(posdef::shape s, const posdef::options& o) {
  return posdef::plan<T>::workspace_size(o.device, s, o);
}

template <class T>
mluOpStatus_t factor(const char* function, const mluOpTensorStruct& desc, const void* d_input, void* d_output,
                     const posdef::options& o, void* workspace, posdef::info_span info) {
  const posdef::shape s = shape_of(desc);
  const auto a = posdef::row_major(static_cast<const T*>(d_input), s.n).batched(s.batch);
  const auto l = posdef::row_major(static_cast<T*>(d_output), s.n).batched(s.batch);
  if (workspace == nullptr) {
    posdef::try_cholesky<T>(a, l, info, o);
    return MLUOP_STATUS_SUCCESS;
  }
  const std::size_t size = workspace_size<T>(s, o);
  const std::int64_t named = desc.workspace;
  if (named >= 0 && size > static_cast<std::size_t>(named))
    return refuse(function,
                  "workspace of %zu bytes (mluOpGetCholeskyWorkspaceSize returned %" PRId64
                  ", with other threads or another engine)",
                  size, named);
  posdef::plan<T>(o.device, s, o, std::span(static_cast<std::byte*>(workspace), size)).cholesky(a, l, info);
  return MLUOP_STATUS_SUCCESS;
}

/// Runs `action`, which returns a status; converts posdef's exceptions to a line on stderr and a status.
template <class Action>
mluOpStatus_t guarded(const char* function, const Action& action) noexcept {
  const auto say = [&](const char* text) { std::fprintf(stderr, "[%s] %s\n", function, text); };
  try {
    return action();
  } catch (const posdef::invalid_argument& e) {  // an environment variable: the arguments are already checked
    return refuse(function, "%s", e.what());
  } catch (const posdef::out_of_memory& e) {
    say(e.what());
    return MLUOP_STATUS_ALLOC_FAILED;
  } catch (const std::bad_alloc&) {
    say("out of memory");
    return MLUOP_STATUS_ALLOC_FAILED;
  } catch (const std::length_error&) {  // a batch whose infos do not fit into a vector
    say("out of memory");
    return MLUOP_STATUS_ALLOC_FAILED;
  } catch (const posdef::unavailable& e) {
    say(e.what());
    return MLUOP_STATUS_ARCH_MISMATCH;
  } catch (const std::exception& e) {
    say(e.what());
    return MLUOP_STATUS_INTERNAL_ERROR;
  }
}

/// SUCCESS, or EXECUTION_FAILED with a line about the first matrix that is not positive definite.
mluOpStatus_t judge(const char* function, const std::vector<std::int64_t>& info) {
  const auto first = std::find_if(info.begin(), info.end(), [](std::int64_t k) { return k != 0; });
  if (first == info.end()) return MLUOP_STATUS_SUCCESS;
  const auto failures = std::count_if(first, info.end(), [](std::int64_t k) { return k != 0; });
  std::fprintf(stderr,
               "[%s] matrix %td: the leading minor of order %" PRId64
               " is not positive definite (%td of %zu matrices failed)\n",
               function, first - info.begin(), *first, failures, info.size());
  return MLUOP_STATUS_EXECUTION_FAILED;
}

}  // namespace

mluOpStatus_t mluOpGetCholeskyWorkspaceSize(mluOpTensorDescriptor_t input_desc, std::size_t* size) {
  constexpr const char* function = "mluOpGetCholeskyWorkspaceSize";
  POSDEF_MLUOP_REQUIRE(function, input_desc != NULL);
  POSDEF_MLUOP_REQUIRE(function, size != NULL);
  if (const auto status = check(function, input_desc); status != MLUOP_STATUS_SUCCESS) return status;
  return guarded(function, [&] {
    *size = for_type(input_desc->dtype,
                     [&]<class T>() { return workspace_size<T>(shape_of(*input_desc), options_for(false)); });
    input_desc->workspace = static_cast<std::int64_t>(*size);
    return MLUOP_STATUS_SUCCESS;
  });
}

mluOpStatus_t mluOpCholesky(mluOpHandle_t handle, const mluOpTensorDescriptor_t input_desc, float* d_input,
                            const mluOpTensorDescriptor_t output_desc, float* d_output, bool upper) {
  return posdefMluOpCholesky(handle, input_desc, d_input, output_desc, d_output, upper, nullptr);
}

mluOpStatus_t posdefMluOpCholesky(mluOpHandle_t handle, const mluOpTensorDescriptor_t input_desc, float* d_input,
                                  const mluOpTensorDescriptor_t output_desc, float* d_output, bool upper,
                                  void* workspace) {
  constexpr const char* function = "mluOpCholesky";
  POSDEF_MLUOP_REQUIRE(function, handle != NULL);
  POSDEF_MLUOP_REQUIRE(function, input_desc != NULL);
  POSDEF_MLUOP_REQUIRE(function, d_input != NULL);
  POSDEF_MLUOP_REQUIRE(function, output_desc != NULL);
  POSDEF_MLUOP_REQUIRE(function, d_output != NULL);
  if (const auto status = check(function, input_desc); status != MLUOP_STATUS_SUCCESS) return status;
  if (const auto status = check_output(function, input_desc, d_input, output_desc, d_output);
      status != MLUOP_STATUS_SUCCESS)
    return status;
  return guarded(function, [&] {
    std::vector<std::int64_t> info(static_cast<std::size_t>(shape_of(*input_desc).batch));
    mluOpStatus_t status = for_type(input_desc->dtype, [&]<class T>() {
      return factor<T>(function, *input_desc, d_input, d_output, options_for(upper), workspace, info);
    });
    if (status != MLUOP_STATUS_SUCCESS) return status;
    status = judge(function, info);
    const std::lock_guard lock(handle->guard);
    handle->info = std::move(info);
    return status;
  });
}
