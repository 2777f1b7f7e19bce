/* posdef: the C interface. Factor symmetric or Hermitian positive definite matrices, solve, invert, log-determinants.
 *
 *   double a[] = {4, 2, 2, 0, 5, 3, 0, 0, 6};                    3 x 3, column-major, lower triangle filled
 *   posdef_matrix m = posdef_col_major(POSDEF_F64, a, 3, 3);
 *   if (posdef_cholesky(&m, NULL, NULL, NULL) != POSDEF_SUCCESS) puts(posdef_last_error());
 *
 * Common to all functions
 *   Status     functions that can fail return a posdef_status; posdef_last_error() returns the details. No function
 *              throws a C++ exception or ends the program.
 *   Batch      all matrix arguments of a call have the same number of matrices and the same dtype. A failing matrix
 *              does not affect the others.
 *   Triangle   options.uplo names the triangle that is read. The other triangle may hold any values, including NaN.
 *              options.other says what is written to the other triangle of an output.
 *   In place   if the output is NULL, the result overwrites the input. Otherwise the output may be the same memory as
 *              the input. Partial overlap is an invalid argument.
 *   info       NULL, or batch integers: 0 for each matrix, or k >= 1 as described for each function.
 *   Failure    POSDEF_ON_FAILURE_RAISE (the default): info is filled and the status is POSDEF_NOT_POSITIVE_DEFINITE
 *              (posdef_cholesky) or POSDEF_SINGULAR (the others). POSDEF_ON_FAILURE_REPORT and _NAN: info is filled and
 *              the status is POSDEF_SUCCESS. All other matrices of the batch are processed in every case.
 *   Errors     POSDEF_INVALID_ARGUMENT, POSDEF_OUT_OF_MEMORY and POSDEF_UNAVAILABLE: nothing has been written.
 *   Sizes      64-bit, counted in elements. n = 0 or batch = 0 succeeds and accesses no matrix.
 *   Threads    all functions are thread-safe; only one thread at a time may use a plan. Results are bitwise identical
 *              for any number of threads, any batch size and any position in the batch.
 */
#ifndef POSDEF_H
#define POSDEF_H

#include <posdef/version.h>
#include <stddef.h>
#include <stdint.h>

#if defined(POSDEF_STATIC)
#define POSDEF_C_API
#else
#define POSDEF_C_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Enumerations -----------------------------------------------------------------------------------------------
 * Integers of fixed size instead of enum types: all compilers lay out the structures below in the same way, and posdef
 * can reject an unknown value. */

typedef int32_t posdef_status;
enum {
  POSDEF_SUCCESS = 0,
  POSDEF_INVALID_ARGUMENT = 1,      /* an argument is invalid; nothing has been written */
  POSDEF_OUT_OF_MEMORY = 2,         /* allocation of a workspace failed; nothing has been written */
  POSDEF_UNAVAILABLE = 3,           /* the engine or instruction set is not built in or not on this machine */
  POSDEF_NOT_POSITIVE_DEFINITE = 4, /* a matrix of the batch is not positive definite; see info */
  POSDEF_SINGULAR = 5,              /* a factor or triangle has an unusable diagonal element; see info */
  POSDEF_INTERNAL = 6               /* a defect in posdef */
};

typedef int32_t posdef_dtype;
enum {
  POSDEF_F32 = 0, /* float */
  POSDEF_F64 = 1, /* double */
  POSDEF_C64 = 2, /* float _Complex: pairs of float, real part first */
  POSDEF_C128 = 3 /* double _Complex: pairs of double, real part first */
};

typedef int32_t posdef_uplo;
enum { POSDEF_LOWER = 0, POSDEF_UPPER = 1 };

typedef int32_t posdef_layout;
enum { POSDEF_COL_MAJOR = 0, POSDEF_ROW_MAJOR = 1 };

typedef int32_t posdef_on_failure;
enum {
  POSDEF_ON_FAILURE_REPORT = 0, /* info only; columns before the failing one hold the factor, the rest is unspecified */
  POSDEF_ON_FAILURE_NAN = 1,    /* as report, and fill the failed result with NaN */
  POSDEF_ON_FAILURE_RAISE = 2   /* as report, and return an error status */
};

typedef int32_t posdef_other;
enum {
  POSDEF_OTHER_AUTOMATIC = 0, /* in place: keep. Out of place: zero; for posdef_cholesky_inverse, mirror */
  POSDEF_OTHER_KEEP = 1,      /* leave it unchanged */
  POSDEF_OTHER_ZERO = 2,      /* set it to zero */
  POSDEF_OTHER_MIRROR = 3     /* posdef_cholesky_inverse only: conjugate transpose, so that all of A^-1 is stored */
};

typedef int32_t posdef_diag;
enum { POSDEF_DIAG_NON_UNIT = 0, POSDEF_DIAG_UNIT = 1 };

typedef int32_t posdef_op;
enum { POSDEF_OP_NONE = 0, POSDEF_OP_TRANSPOSE = 1, POSDEF_OP_CONJ_TRANSPOSE = 2 };

/* ---- Structures -------------------------------------------------------------------------------------------------
 * The first member is the size of the structure in the caller's version. Initialize each structure with its _INIT macro
 * or with a function below. A smaller size, from an older version of posdef, is accepted: missing members have their
 * defaults. A larger size, from a newer version, is accepted if the additional bytes are zero; otherwise it is an
 * invalid argument. */

/* A batch of matrices in the caller's memory. Element (i, j) of matrix b is
 *     base(b)[i + j*ld]   for POSDEF_COL_MAJOR,      base(b)[i*ld + j]   for POSDEF_ROW_MAJOR,
 * where base(b) is data + b*stride, or pointers[b] for an array of pointers. Inputs are not modified. */
typedef struct posdef_matrix {
  size_t size;           /* sizeof(posdef_matrix) */
  void* data;            /* first element of the first matrix (unless pointers is set) */
  void* const* pointers; /* first element of each matrix; if set, data and stride are ignored */
  int64_t rows;
  int64_t cols;
  int64_t ld;     /* distance between columns (rows if row-major); 0: the smallest, max(1, rows or cols) */
  int64_t batch;  /* number of matrices */
  int64_t stride; /* distance between matrices, may be negative; 0: contiguous */
  posdef_layout order;
  posdef_dtype dtype;
} posdef_matrix;

#define POSDEF_MATRIX_INIT \
  { sizeof(posdef_matrix), NULL, NULL, 0, 0, 0, 1, 0, POSDEF_COL_MAJOR, POSDEF_F64 }

/* Options of a call; a NULL pointer means the defaults. */
typedef struct posdef_options {
  size_t size; /* sizeof(posdef_options) */
  posdef_uplo uplo;
  posdef_on_failure on_failure;
  posdef_other other;
  posdef_diag diag;   /* used by posdef_solve_triangular and posdef_inv_triangular only */
  posdef_op op;       /* used by posdef_solve_triangular only */
  int32_t threads;    /* maximum number of threads; 0: posdef_get_num_threads(). POSDEF_NUM_THREADS overrides it */
  const char* device; /* "cpu", "reference", "opencl", "opencl:1", "cuda:0", "hybrid:0"; NULL or "automatic":
                         posdef_default_device() */
} posdef_options;

#define POSDEF_OPTIONS_INIT                                                                                      \
  {                                                                                                              \
    sizeof(posdef_options), POSDEF_LOWER, POSDEF_ON_FAILURE_RAISE, POSDEF_OTHER_AUTOMATIC, POSDEF_DIAG_NON_UNIT, \
        POSDEF_OP_NONE, 0, NULL                                                                                  \
  }

/* One matrix, rows x cols, column-major, tightly packed: element (i, j) at data[i + j*rows]. */
static inline posdef_matrix posdef_col_major(posdef_dtype dtype, void* data, int64_t rows, int64_t cols) {
  posdef_matrix m = POSDEF_MATRIX_INIT;
  m.data = data;
  m.rows = rows;
  m.cols = cols;
  m.dtype = dtype;
  return m;
}

/* One matrix, rows x cols, row-major, tightly packed: element (i, j) at data[i*cols + j]. */
static inline posdef_matrix posdef_row_major(posdef_dtype dtype, void* data, int64_t rows, int64_t cols) {
  posdef_matrix m = posdef_col_major(dtype, data, rows, cols);
  m.order = POSDEF_ROW_MAJOR;
  return m;
}

/* ---- Operations ------------------------------------------------------------------------------------------------- */

/* Factor A = L*L^H (lower) or A = U^H*U (upper).
 * a: n x n, Hermitian; only the uplo triangle is read, and imaginary parts of its diagonal are ignored.
 * l: n x n, receives the factor, whose diagonal is real and positive; NULL: the factor overwrites the triangle of a.
 * info = k: the leading minor of order k is not positive definite (its pivot is not a positive finite number).
 * Cost: n^3/3 operations per matrix, four times that for complex types. */
POSDEF_C_API posdef_status posdef_cholesky(const posdef_matrix* a, const posdef_matrix* l, int64_t* info,
                                           const posdef_options* options);

/* Solve A*X = B with the factor of A: X = L^-H*L^-1*B (lower) or U^-1*U^-H*B (upper).
 * l: n x n, the factor from posdef_cholesky. b: n x nrhs, in any layout.
 * x: n x nrhs, receives X; NULL: X overwrites b.
 * info = k: diagonal element k of the factor is not positive and finite; this X is not written (or set to NaN).
 * Cost: 2*n^2*nrhs operations. */
POSDEF_C_API posdef_status posdef_cholesky_solve(const posdef_matrix* l, const posdef_matrix* b, const posdef_matrix* x,
                                                 int64_t* info, const posdef_options* options);

/* Compute A^-1 from the factor of A.
 * l: n x n, the factor from posdef_cholesky.
 * inverse: n x n, receives A^-1, by default both triangles; NULL: the uplo triangle of A^-1 overwrites the factor.
 * info = k: diagonal element k of the factor is not positive and finite; this result is not written (or set to NaN).
 * Cost: 2*n^3/3 operations. */
POSDEF_C_API posdef_status posdef_cholesky_inverse(const posdef_matrix* l, const posdef_matrix* inverse, int64_t* info,
                                                   const posdef_options* options);

/* Solve op(L)*X = B for triangular L; options.op and options.diag select op and a unit diagonal.
 * l: n x n, triangular, any nonzero diagonal. b: n x nrhs, in any layout.
 * x: n x nrhs, receives X; NULL: X overwrites b.
 * info = k: diagonal element k is zero, infinite or NaN; this X is not written (or set to NaN). 0 with a unit diagonal.
 * Cost: n^2*nrhs operations. */
POSDEF_C_API posdef_status posdef_solve_triangular(const posdef_matrix* l, const posdef_matrix* b,
                                                   const posdef_matrix* x, int64_t* info,
                                                   const posdef_options* options);

/* Compute L^-1 of a triangular matrix. The inverse is stored in the same triangle.
 * l: n x n, triangular. inverse: n x n, receives L^-1; NULL: L^-1 overwrites l.
 * info = k: diagonal element k is zero, infinite or NaN; this result is not written (or set to NaN). With
 * POSDEF_DIAG_UNIT the diagonal is not read; it is not written in place, and written as ones out of place.
 * Cost: n^3/3 operations. */
POSDEF_C_API posdef_status posdef_inv_triangular(const posdef_matrix* l, const posdef_matrix* inverse, int64_t* info,
                                                 const posdef_options* options);

/* Compute log det A = 2 * (sum of log L(i,i)) from the factor of A, without overflow; n = 0 gives 0.
 * l: n x n, the factor from posdef_cholesky.
 * out: batch numbers, float for POSDEF_F32 and POSDEF_C64, double for POSDEF_F64 and POSDEF_C128.
 * info = k: diagonal element k of the factor is not positive and finite; this number is NaN.
 * Cost: n logarithms. */
POSDEF_C_API posdef_status posdef_cholesky_logdet(const posdef_matrix* l, void* out, int64_t* info,
                                                  const posdef_options* options);

/* Solve A*X = B in one call (LAPACK's posv): posdef_cholesky, then posdef_cholesky_solve, with bitwise equal results.
 * a: n x n, overwritten with the factor. b: n x nrhs, overwritten with X.
 * info as for posdef_cholesky; the right-hand sides of a failed matrix are left unchanged (or set to NaN).
 * Cost: n^3/3 + 2*n^2*nrhs operations. */
POSDEF_C_API posdef_status posdef_solve(const posdef_matrix* a, const posdef_matrix* b, int64_t* info,
                                        const posdef_options* options);

/* Compute A^-1 in one call: posdef_cholesky, then posdef_cholesky_inverse, with bitwise equal results.
 * a: n x n. inverse: n x n, receives A^-1, both triangles by default; NULL: A^-1 overwrites the triangle of a.
 * info as for posdef_cholesky; a failed matrix is unspecified afterwards (or NaN). Cost: n^3 operations. */
POSDEF_C_API posdef_status posdef_inv(const posdef_matrix* a, const posdef_matrix* inverse, int64_t* info,
                                      const posdef_options* options);

/* ---- Plans: workspace and block sizes for a device, a shape and options; no allocation after creation ------------
 * Only one call at a time may use a plan; different plans are independent. posdef_plan_create() chooses the threads, as
 * a call would; later changes of the environment or by posdef_set_num_threads() do not change a plan. A workspace for
 * one number of threads can be too small for a larger one. */

typedef struct posdef_plan posdef_plan;

/* Bytes of workspace that a plan needs, at any alignment: `batch` matrices of n x n, at most nrhs right-hand sides. */
POSDEF_C_API posdef_status posdef_plan_workspace_size(posdef_dtype dtype, int64_t n, int64_t batch, int64_t nrhs,
                                                      const posdef_options* options, size_t* bytes);

/* Create a plan for that shape. workspace: `bytes` bytes of memory, at least posdef_plan_workspace_size(), which must
 * outlive the plan; or NULL (and 0): the plan allocates its own. On failure *plan is NULL. */
POSDEF_C_API posdef_status posdef_plan_create(posdef_plan** plan, posdef_dtype dtype, int64_t n, int64_t batch,
                                              int64_t nrhs, const posdef_options* options, void* workspace,
                                              size_t bytes);

/* Destroy a plan; NULL is allowed. The caller's workspace is not freed. */
POSDEF_C_API void posdef_plan_destroy(posdef_plan* plan);

/* The operations above with the plan's dtype, shape (nrhs may be smaller) and options. */
POSDEF_C_API posdef_status posdef_plan_cholesky(posdef_plan* plan, const posdef_matrix* a, const posdef_matrix* l,
                                                int64_t* info);
POSDEF_C_API posdef_status posdef_plan_cholesky_solve(posdef_plan* plan, const posdef_matrix* l, const posdef_matrix* b,
                                                      const posdef_matrix* x, int64_t* info);
POSDEF_C_API posdef_status posdef_plan_cholesky_inverse(posdef_plan* plan, const posdef_matrix* l,
                                                        const posdef_matrix* inverse, int64_t* info);
POSDEF_C_API posdef_status posdef_plan_solve_triangular(posdef_plan* plan, const posdef_matrix* l,
                                                        const posdef_matrix* b, const posdef_matrix* x, int64_t* info);
POSDEF_C_API posdef_status posdef_plan_inv_triangular(posdef_plan* plan, const posdef_matrix* l,
                                                      const posdef_matrix* inverse, int64_t* info);
POSDEF_C_API posdef_status posdef_plan_cholesky_logdet(posdef_plan* plan, const posdef_matrix* l, void* out,
                                                       int64_t* info);

/* ---- Errors ------------------------------------------------------------------------------------------------------ */

/* A short text for a status: "not positive definite". An unknown number gives "unknown status". */
POSDEF_C_API const char* posdef_status_text(posdef_status status);

/* The last error of this thread, in one line: function, argument, value and what was expected. Empty if no call failed.
 * Valid until the next failing call of this thread. */
POSDEF_C_API const char* posdef_last_error(void);

/* ---- Devices and settings ----------------------------------------------------------------------------------------
 */

/* One device, or an engine without a device. */
typedef struct posdef_device_info {
  size_t size;           /* sizeof(posdef_device_info) */
  int32_t available;     /* 1 or 0 */
  char name[28];         /* a value for options.device */
  char description[216]; /* processor and instruction set, or the reason why it is not available; truncated */
} posdef_device_info;

#define POSDEF_DEVICE_INFO_INIT \
  { sizeof(posdef_device_info), 0, "", "" }

/* The number of devices, plus the number of engines without a device. */
POSDEF_C_API posdef_status posdef_device_count(int64_t* count);
/* Device `index`, from 0. Members beyond info->size are not written. */
POSDEF_C_API posdef_status posdef_get_device(int64_t index, posdef_device_info* info);

/* The device of calls whose options.device is NULL or "automatic": "cpu". Valid until the next call of this function in
 * this thread. If the environment is invalid: "", and posdef_last_error() returns the reason. */
POSDEF_C_API const char* posdef_default_device(void);
/* The instruction set that the cpu engine uses: "avx2". Valid until the next call of this function in this thread. */
POSDEF_C_API const char* posdef_instruction_set(void);
/* All instruction sets that this build contains and this machine supports, best first, separated by spaces: "avx512
 * avx2 baseline". Valid until the next call of this function in this thread. */
POSDEF_C_API const char* posdef_instruction_sets(void);

/* Override settings for the whole process, for tests and benchmarks: the device of calls that name none
 * (POSDEF_DEVICE), the instruction set of the cpu engine (POSDEF_ISA), and the algorithm for a matrix larger than one
 * block, "recursive" or "left-looking" (POSDEF_ALGORITHM). NULL or "" means: use the environment variable, else
 * posdef's default. Must not be called while other calls run. */
POSDEF_C_API posdef_status posdef_force(const char* device, const char* instruction_set, const char* algorithm);

/* The number of threads of a call with options.threads = 0: POSDEF_NUM_THREADS; else the number given to
 * posdef_set_num_threads(); else OMP_NUM_THREADS or the CPU quota of the control group (a container's limit), but not
 * more than the processors available to this process. If POSDEF_NUM_THREADS is invalid: 1, and posdef_last_error()
 * returns the reason. */
POSDEF_C_API int32_t posdef_get_num_threads(void);

/* Set the number of threads of the whole process's later calls with options.threads = 0. 0: determine it again as if
 * this function had never been called. A negative number is an invalid argument. POSDEF_NUM_THREADS takes precedence,
 * also over options.threads.
 * Existing plans keep their threads. May be called while other calls run. */
POSDEF_C_API posdef_status posdef_set_num_threads(int32_t threads);

/* "0.1.0" */
POSDEF_C_API const char* posdef_version(void);

#ifdef __cplusplus
}
#endif

#endif
