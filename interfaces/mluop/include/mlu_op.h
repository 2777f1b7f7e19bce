/* The Cholesky part of the interface of accelerator operator libraries, implemented by posdef.
 *
 * Names, numbers and signatures are those of the MLU-OPS library, so that code written for its mlu_op.h compiles
 * with this header and runs on posdef. Names of posdef's extensions begin with posdefMluOp.
 *
 *   mluOpHandle_t handle;
 *   mluOpTensorDescriptor_t desc;
 *   const int64_t dims[] = {32, 64, 64};
 *   mluOpCreate(&handle);
 *   mluOpCreateTensorDescriptor(&desc);
 *   mluOpSetTensorDescriptor_v2(desc, MLUOP_LAYOUT_ARRAY, MLUOP_DTYPE_FLOAT, 3, dims);
 *   mluOpCholesky(handle, desc, a, desc, l, false);
 *
 * Common to all functions
 *   Status   MLUOP_STATUS_SUCCESS or an error. An invalid argument gives MLUOP_STATUS_BAD_PARAM and a line on stderr,
 *            "[function] Check failed: condition"; nothing is written then. No function throws a C++ exception.
 *   Memory   data pointers are memory of the engine: host memory for posdef's CPU engine.
 *   Queue    the handle stores the queue and returns it. The CPU engine has finished when a call returns and never uses
 *            the queue.
 *   Threads  every function may be called from several threads at once, also with the same handle and descriptors (but
 *            not while one of them is being set or destroyed).
 *   Engine   selected by POSDEF_DEVICE, POSDEF_ISA, POSDEF_ALGORITHM and POSDEF_NUM_THREADS, as everywhere in posdef.
 */
#ifndef POSDEF_MLU_OP_H
#define POSDEF_MLU_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The queue's type comes from the runtime's own header if it is installed. */
#if defined(__has_include)
#if __has_include("cnrt.h")
#include "cnrt.h"
#define POSDEF_MLUOP_HAS_CNRT
#endif
#endif
#if !defined(POSDEF_MLUOP_HAS_CNRT)
typedef struct cnrtQueue* cnrtQueue_t;
#endif

/* The version of the interface that these declarations follow. */
#define MLUOP_MAJOR 1
#define MLUOP_MINOR 3
#define MLUOP_PATCHLEVEL 1

/* The largest number of dimensions of a tensor. */
#define MLUOP_DIM_MAX 8

/* The original has this macro between a function's type and its name. */
#ifndef MLUOP_WIN_API
#define MLUOP_WIN_API
#endif

#define POSDEF_MLUOP_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  MLUOP_STATUS_SUCCESS = 0,
  MLUOP_STATUS_NOT_INITIALIZED = 1,   /* never returned */
  MLUOP_STATUS_ALLOC_FAILED = 2,      /* out of memory; nothing was written */
  MLUOP_STATUS_BAD_PARAM = 3,         /* an invalid argument; nothing was written */
  MLUOP_STATUS_INTERNAL_ERROR = 4,    /* a defect in posdef */
  MLUOP_STATUS_ARCH_MISMATCH = 5,     /* the requested engine or instruction set is not available */
  MLUOP_STATUS_EXECUTION_FAILED = 6,  /* a matrix is not positive definite */
  MLUOP_STATUS_NOT_SUPPORTED = 7,     /* never returned */
  MLUOP_STATUS_NUMERICAL_OVERFLOW = 8 /* never returned */
} mluOpStatus_t;

/* mluOpCholesky accepts MLUOP_LAYOUT_ARRAY: indices from the slowest to the fastest. */
typedef enum {
  MLUOP_LAYOUT_NCHW = 0,
  MLUOP_LAYOUT_NHWC = 1,
  MLUOP_LAYOUT_HWCN = 2,
  MLUOP_LAYOUT_NDHWC = 3,
  MLUOP_LAYOUT_ARRAY = 4,
  MLUOP_LAYOUT_NCDHW = 5,
  MLUOP_LAYOUT_TNC = 6,
  MLUOP_LAYOUT_NTC = 7,
  MLUOP_LAYOUT_NC = 8,
  MLUOP_LAYOUT_NLC = 9,
  MLUOP_LAYOUT_NCL = 10
} mluOpTensorLayout_t;

/* mluOpCholesky accepts FLOAT, COMPLEX_FLOAT (pairs of float, real part first) and, as an extension, DOUBLE. */
typedef enum {
  MLUOP_DTYPE_INVALID = 0,
  MLUOP_DTYPE_HALF = 1,
  MLUOP_DTYPE_FLOAT = 2,
  MLUOP_DTYPE_INT8 = 3,
  MLUOP_DTYPE_INT16 = 4,
  MLUOP_DTYPE_INT31 = 5,
  MLUOP_DTYPE_INT32 = 6,
  MLUOP_DTYPE_UINT8 = 7,
  MLUOP_DTYPE_BOOL = 8,
  MLUOP_DTYPE_INT64 = 9,
  MLUOP_DTYPE_UINT32 = 11,
  MLUOP_DTYPE_UINT64 = 12,
  MLUOP_DTYPE_UINT16 = 13,
  MLUOP_DTYPE_DOUBLE = 14,
  MLUOP_DTYPE_COMPLEX_HALF = 15,
  MLUOP_DTYPE_COMPLEX_FLOAT = 16,
  MLUOP_DTYPE_BFLOAT16 = 17
} mluOpDataType_t;

typedef struct mluOpContext* mluOpHandle_t;
typedef struct mluOpTensorStruct* mluOpTensorDescriptor_t;

/* ---- Handles ---------------------------------------------------------------------------------------------------- */

/* Creates a handle without a queue. ALLOC_FAILED: *handle is unchanged. */
POSDEF_MLUOP_API mluOpStatus_t mluOpCreate(mluOpHandle_t* handle);
POSDEF_MLUOP_API mluOpStatus_t mluOpDestroy(mluOpHandle_t handle);
/* The queue may be NULL, which means the default one. */
POSDEF_MLUOP_API mluOpStatus_t mluOpSetQueue(mluOpHandle_t handle, cnrtQueue_t queue);
POSDEF_MLUOP_API mluOpStatus_t mluOpGetQueue(mluOpHandle_t handle, cnrtQueue_t* queue);

/* The name of a status, "MLUOP_STATUS_SUCCESS"; "MLUOP_STATUS_UNKNOWN" for other numbers. */
POSDEF_MLUOP_API const char* mluOpGetErrorString(mluOpStatus_t status);
/* MLUOP_MAJOR, MLUOP_MINOR and MLUOP_PATCHLEVEL of the loaded library. NULL pointers are ignored. */
POSDEF_MLUOP_API void mluOpGetLibVersion(int* major, int* minor, int* patch);

/* ---- Tensor descriptors ------------------------------------------------------------------------------------------
 * A descriptor contains layout, type and sizes of a dense tensor; dimSize[0] is that of the slowest index. A new
 * descriptor has no dimensions. Sizes may be 0 but not negative. */

POSDEF_MLUOP_API mluOpStatus_t mluOpCreateTensorDescriptor(mluOpTensorDescriptor_t* desc);
POSDEF_MLUOP_API mluOpStatus_t mluOpDestroyTensorDescriptor(mluOpTensorDescriptor_t desc);
/* 1 <= dimNb <= MLUOP_DIM_MAX. A descriptor may be set several times. After a failure it is unchanged. */
POSDEF_MLUOP_API mluOpStatus_t mluOpSetTensorDescriptor(mluOpTensorDescriptor_t desc, mluOpTensorLayout_t layout,
                                                        mluOpDataType_t dtype, int dimNb, const int dimSize[]);
POSDEF_MLUOP_API mluOpStatus_t mluOpSetTensorDescriptor_v2(mluOpTensorDescriptor_t desc, mluOpTensorLayout_t layout,
                                                           mluOpDataType_t dtype, int dimNb, const int64_t dimSize[]);
/* Returns the content of the descriptor. NULL pointers are ignored; dimSize needs *dimNb elements. BAD_PARAM, and
 * nothing is written, if a size does not fit into an int: then use the _v2 form. */
POSDEF_MLUOP_API mluOpStatus_t mluOpGetTensorDescriptor(const mluOpTensorDescriptor_t desc, mluOpTensorLayout_t* layout,
                                                        mluOpDataType_t* dtype, int* dimNb, int dimSize[]);
POSDEF_MLUOP_API mluOpStatus_t mluOpGetTensorDescriptor_v2(const mluOpTensorDescriptor_t desc,
                                                           mluOpTensorLayout_t* layout, mluOpDataType_t* dtype,
                                                           int* dimNb, int64_t dimSize[]);

/* ---- Cholesky ---------------------------------------------------------------------------------------------------- */

/* Factor A = L·Lᴴ (upper false) or A = Uᴴ·U (upper true), for one matrix or a batch.
 *
 * Shapes  [N, N] or [batch, N, N], the same for input and output; row-major and dense; no size is 0. Only memory limits
 *         N and batch.
 * Types   MLUOP_DTYPE_FLOAT; MLUOP_DTYPE_COMPLEX_FLOAT and MLUOP_DTYPE_DOUBLE with the pointers cast to float *.
 * Input   symmetric or Hermitian; only the triangle selected by `upper` is read, and only the real parts of its
 *         diagonal.
 * Output  L or U, with a real and positive diagonal; the other triangle is set to zero. It may be exactly the memory of
 *         the input; partial overlap is an error.
 * Returns EXECUTION_FAILED if a matrix is not positive definite, or holds NaN or infinity in the triangle: a line on
 *         stderr gives the first such matrix, from 0, and the order of its first leading minor that is not positive
 *         definite, from 1. The other matrices of the batch are factored; in a failed one the columns (of U: the rows)
 *         before that order hold the factor, and the rest is unspecified. posdefMluOpGetInfo returns the orders of all
 *         matrices.
 * Cost    N³/3 operations per matrix, four times that for complex ones; the workspace of mluOpGetCholeskyWorkspaceSize
 * is allocated during the call. Source  Golub & Van Loan, Matrix Computations, 4th ed., section 4.2. */
POSDEF_MLUOP_API mluOpStatus_t mluOpCholesky(mluOpHandle_t handle, const mluOpTensorDescriptor_t input_desc,
                                             float* d_input, const mluOpTensorDescriptor_t output_desc, float* d_output,
                                             bool upper);

/* Bytes of workspace for the matrices of the descriptor, with any alignment: at most a few megabytes per thread. The
 * size is valid for the current engine, instruction set and number of threads. If they change so that it is too small,
 * a call with the same descriptor fails. */
POSDEF_MLUOP_API mluOpStatus_t mluOpGetCholeskyWorkspaceSize(mluOpTensorDescriptor_t input_desc, size_t* size);

/* mluOpCholesky with a workspace of the caller, of the size of mluOpGetCholeskyWorkspaceSize. With NULL it is
 * allocated. In C++ this is mluOpCholesky with one more argument. */
POSDEF_MLUOP_API mluOpStatus_t posdefMluOpCholesky(mluOpHandle_t handle, const mluOpTensorDescriptor_t input_desc,
                                                   float* d_input, const mluOpTensorDescriptor_t output_desc,
                                                   float* d_output, bool upper, void* workspace);

/* The info of each matrix of the handle's last executed call: 0, or the order of the first leading minor that is not
 * positive definite. n is the size of info, at least the batch of that call; only that many elements are written, and
 * none without such a call. */
POSDEF_MLUOP_API mluOpStatus_t posdefMluOpGetInfo(mluOpHandle_t handle, int32_t* info, int64_t n);

#ifdef __cplusplus
}

inline mluOpStatus_t mluOpCholesky(mluOpHandle_t handle, const mluOpTensorDescriptor_t input_desc, float* d_input,
                                   const mluOpTensorDescriptor_t output_desc, float* d_output, bool upper,
                                   void* workspace) {
  return posdefMluOpCholesky(handle, input_desc, d_input, output_desc, d_output, upper, workspace);
}
#endif

#endif
