/* The interface of accelerator operator libraries, as far as Cholesky needs it, carried out by posdef.
 *
 * Names, numbers and signatures are those of the MLU-OPS library, so that code written against its mlu_op.h compiles
 * against this one and runs through posdef. What is posdef's own beyond it begins with posdefMluOp.
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
 *   Status   MLUOP_STATUS_SUCCESS, or why not. A refused argument is MLUOP_STATUS_BAD_PARAM and a line on stderr,
 *            "[function] Check failed: condition"; nothing has been written then. No C++ exception leaves a function.
 *   Memory   data pointers are memory of the engine that does the work: ordinary memory for posdef's CPU engine.
 *   Queue    the handle keeps the queue and gives it back. The CPU engine has finished when a call returns, so nothing
 *            is ever put on it.
 *   Threads  every function may be called from any number of threads at once, with the same handle and descriptors too
 *            (but not while one of them is being set or destroyed).
 *   Engine   POSDEF_DEVICE, POSDEF_ISA, POSDEF_ALGORITHM and POSDEF_NUM_THREADS choose as everywhere in posdef.
 */
#ifndef POSDEF_MLU_OP_H
#define POSDEF_MLU_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The queue's type comes from the runtime's own header where there is one. */
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

/* What the original has between a function's type and its name. */
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
  MLUOP_STATUS_ALLOC_FAILED = 2,      /* memory could not be had; nothing has been written */
  MLUOP_STATUS_BAD_PARAM = 3,         /* a refused argument; nothing has been written */
  MLUOP_STATUS_INTERNAL_ERROR = 4,    /* a defect in posdef */
  MLUOP_STATUS_ARCH_MISMATCH = 5,     /* the engine or instruction set that was asked for is not to be had here */
  MLUOP_STATUS_EXECUTION_FAILED = 6,  /* some matrix is not positive definite */
  MLUOP_STATUS_NOT_SUPPORTED = 7,     /* never returned */
  MLUOP_STATUS_NUMERICAL_OVERFLOW = 8 /* never returned */
} mluOpStatus_t;

/* mluOpCholesky takes MLUOP_LAYOUT_ARRAY: indices from the slowest to the fastest. */
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

/* mluOpCholesky takes FLOAT and COMPLEX_FLOAT (pairs of float, real part first), and DOUBLE beyond the original. */
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

/* A new handle without a queue. ALLOC_FAILED: *handle is as it was. */
POSDEF_MLUOP_API mluOpStatus_t mluOpCreate(mluOpHandle_t* handle);
POSDEF_MLUOP_API mluOpStatus_t mluOpDestroy(mluOpHandle_t handle);
/* The queue may be NULL, the default one. */
POSDEF_MLUOP_API mluOpStatus_t mluOpSetQueue(mluOpHandle_t handle, cnrtQueue_t queue);
POSDEF_MLUOP_API mluOpStatus_t mluOpGetQueue(mluOpHandle_t handle, cnrtQueue_t* queue);

/* The name of a status, "MLUOP_STATUS_SUCCESS"; "MLUOP_STATUS_UNKNOWN" for a number that is none. */
POSDEF_MLUOP_API const char* mluOpGetErrorString(mluOpStatus_t status);
/* MLUOP_MAJOR, MLUOP_MINOR and MLUOP_PATCHLEVEL of the library that is running. A NULL pointer is passed over. */
POSDEF_MLUOP_API void mluOpGetLibVersion(int* major, int* minor, int* patch);

/* ---- Tensor descriptors ------------------------------------------------------------------------------------------
 * A descriptor says layout, type and sizes of a dense tensor, dimSize[0] being the slowest index. One that was not set
 * yet has no dimensions. Sizes of 0 can be described; negative ones cannot. */

POSDEF_MLUOP_API mluOpStatus_t mluOpCreateTensorDescriptor(mluOpTensorDescriptor_t* desc);
POSDEF_MLUOP_API mluOpStatus_t mluOpDestroyTensorDescriptor(mluOpTensorDescriptor_t desc);
/* 1 <= dimNb <= MLUOP_DIM_MAX. A descriptor may be set again. If this fails it is as it was. */
POSDEF_MLUOP_API mluOpStatus_t mluOpSetTensorDescriptor(mluOpTensorDescriptor_t desc, mluOpTensorLayout_t layout,
                                                        mluOpDataType_t dtype, int dimNb, const int dimSize[]);
POSDEF_MLUOP_API mluOpStatus_t mluOpSetTensorDescriptor_v2(mluOpTensorDescriptor_t desc, mluOpTensorLayout_t layout,
                                                           mluOpDataType_t dtype, int dimNb, const int64_t dimSize[]);
/* What the descriptor says. NULL pointers are passed over; dimSize has room for *dimNb sizes. BAD_PARAM, with nothing
 * written, if a size is larger than an int: then it takes the _v2 form. */
POSDEF_MLUOP_API mluOpStatus_t mluOpGetTensorDescriptor(const mluOpTensorDescriptor_t desc, mluOpTensorLayout_t* layout,
                                                        mluOpDataType_t* dtype, int* dimNb, int dimSize[]);
POSDEF_MLUOP_API mluOpStatus_t mluOpGetTensorDescriptor_v2(const mluOpTensorDescriptor_t desc,
                                                           mluOpTensorLayout_t* layout, mluOpDataType_t* dtype,
                                                           int* dimNb, int64_t dimSize[]);

/* ---- Cholesky ---------------------------------------------------------------------------------------------------- */

/* Factor A = L·Lᴴ (upper false) or A = Uᴴ·U (upper true), for one matrix or a batch.
 *
 * Shapes  [N, N] or [batch, N, N], the same for input and output; row-major and dense; no size is 0. There is no limit
 *         on N or batch but memory.
 * Types   MLUOP_DTYPE_FLOAT; MLUOP_DTYPE_COMPLEX_FLOAT and MLUOP_DTYPE_DOUBLE with the pointers cast to float *.
 * Input   symmetric or Hermitian; only the triangle that `upper` names is read, and of its diagonal only the real
 * parts. Output  L or U, with a real and positive diagonal; the other triangle is set to zero. It may be exactly the
 * memory of the input; overlap in part is refused. Returns EXECUTION_FAILED if a matrix is not positive definite, or
 * holds NaN or infinity in what is read: a line on stderr names the first such matrix, from 0, and the order of its
 * first leading minor that is not positive definite, from 1. Every other matrix of the batch has been factored all the
 * same; of a failed one the columns before that order (of U: the rows) hold the factor and the rest is unspecified.
 * posdefMluOpGetInfo has the numbers of all matrices. Cost    N³/3 operations per matrix, four times that for complex
 * ones; workspace as mluOpGetCholeskyWorkspaceSize says, taken from the system for the time of the call. Source  Golub
 * & Van Loan, Matrix Computations, 4th ed., section 4.2. */
POSDEF_MLUOP_API mluOpStatus_t mluOpCholesky(mluOpHandle_t handle, const mluOpTensorDescriptor_t input_desc,
                                             float* d_input, const mluOpTensorDescriptor_t output_desc, float* d_output,
                                             bool upper);

/* Bytes of workspace for the matrices that the descriptor says, at any alignment: a few megabytes per thread at the
 * most. The number holds as long as the engine, its instruction set and the number of threads stay chosen as they are.
 * If they changed, so that it is too small for a call with the same descriptor, that call is refused. */
POSDEF_MLUOP_API mluOpStatus_t mluOpGetCholeskyWorkspaceSize(mluOpTensorDescriptor_t input_desc, size_t* size);

/* mluOpCholesky in a workspace of the caller's, of as many bytes as mluOpGetCholeskyWorkspaceSize says. With NULL it is
 * taken from the system. In C++ this is mluOpCholesky with one more argument. */
POSDEF_MLUOP_API mluOpStatus_t posdefMluOpCholesky(mluOpHandle_t handle, const mluOpTensorDescriptor_t input_desc,
                                                   float* d_input, const mluOpTensorDescriptor_t output_desc,
                                                   float* d_output, bool upper, void* workspace);

/* info of the handle's last call that was not refused, one for each of its matrices: 0, or the order of the first
 * leading minor that is not positive definite. n is the room in info, at least that call's batch, and more than this is
 * not written. Without such a call there is nothing to write. */
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
