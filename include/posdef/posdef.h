/* posdef: the C interface. Factor symmetric or Hermitian positive definite matrices, solve, invert, log-determinants.
 *
 *   double a[] = {4, 2, 2, 0, 5, 3, 0, 0, 6};                    3 x 3, column-major, lower triangle filled
 *   posdef_matrix m = posdef_col_major(POSDEF_F64, a, 3, 3);
 *   if (posdef_cholesky(&m, NULL, NULL, NULL) != POSDEF_SUCCESS) puts(posdef_last_error());
 *
 * Common to all functions
 *   Status     every function that can fail returns a posdef_status; posdef_last_error() has the details. No C++
 *              exception ever leaves a function, and no function ends the program.
 *   Batch      every matrix argument of a call describes the same number of matrices, of the same dtype. A failing
 *              matrix never disturbs another one.
 *   Triangle   options.uplo names the triangle that is read; the other one may hold anything, NaN included. What
 *              becomes of the other triangle of a written matrix is options.other.
 *   In place   where the output is NULL the result takes the place of the input. Out of place the output may also be
 *              exactly the same memory; partial overlap is an invalid argument.
 *   info       NULL, or batch integers: for each matrix 0, or k >= 1 as each function says.
 *   Failure    a matrix without an answer is what options.on_failure makes of it. POSDEF_ON_FAILURE_RAISE, the default:
 *              info is filled and the status is POSDEF_NOT_POSITIVE_DEFINITE (posdef_cholesky) or POSDEF_SINGULAR (the
 *              others). POSDEF_ON_FAILURE_REPORT and _NAN: info is filled and the status is POSDEF_SUCCESS. In every
 *              case the other matrices of the batch have been processed to the end.
 *   Errors     POSDEF_INVALID_ARGUMENT, POSDEF_OUT_OF_MEMORY and POSDEF_UNAVAILABLE: nothing has been written.
 *   Sizes      64-bit, counted in elements. n = 0 or batch = 0 is success and touches nothing.
 *   Threads    every function may be called from any number of threads at once; a plan by one at a time. Results have
 *              the same bits for any number of threads, any batch size and any position in the batch.
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

/* ---- Words ------------------------------------------------------------------------------------------------------
 * They are integers of a fixed size, not enum types, so that the layout of the structures below is the same for every
 * compiler and a value that posdef does not know can be refused. */

typedef int32_t posdef_status;
enum {
  POSDEF_SUCCESS = 0,
  POSDEF_INVALID_ARGUMENT = 1,      /* a bad argument; nothing has been written */
  POSDEF_OUT_OF_MEMORY = 2,         /* memory for a workspace could not be had; nothing has been written */
  POSDEF_UNAVAILABLE = 3,           /* the engine or instruction set is not built in or not on this machine */
  POSDEF_NOT_POSITIVE_DEFINITE = 4, /* some matrix of the batch is not positive definite; info says which */
  POSDEF_SINGULAR = 5,              /* some factor or triangle has an unusable diagonal; info says which */
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
  POSDEF_ON_FAILURE_REPORT = 0, /* info alone; columns before the failing one hold the factor, the rest is anything */
  POSDEF_ON_FAILURE_NAN = 1,    /* as report, and the failed result is filled with NaN */
  POSDEF_ON_FAILURE_RAISE = 2   /* as report, and the status says so too */
};

typedef int32_t posdef_other;
enum {
  POSDEF_OTHER_AUTOMATIC = 0, /* in place: keep. Out of place: zero; for posdef_cholesky_inverse, mirror */
  POSDEF_OTHER_KEEP = 1,      /* not touched */
  POSDEF_OTHER_ZERO = 2,      /* set to zero */
  POSDEF_OTHER_MIRROR = 3     /* posdef_cholesky_inverse only: the conjugate transpose, so that all of A^-1 is there */
};

typedef int32_t posdef_diag;
enum { POSDEF_DIAG_NON_UNIT = 0, POSDEF_DIAG_UNIT = 1 };

typedef int32_t posdef_op;
enum { POSDEF_OP_NONE = 0, POSDEF_OP_TRANSPOSE = 1, POSDEF_OP_CONJ_TRANSPOSE = 2 };

/* ---- Structures -------------------------------------------------------------------------------------------------
 * The first member is the size that the caller's compiler saw; start every one from its _INIT macro (or a function
 * below). A smaller size, of a program built with an older posdef, is accepted: what it lacks has the default of the
 * _INIT macro. A larger one, of a newer posdef, is accepted if the bytes this posdef does not know are zero, else it is
 * an invalid argument: the program asks for something that this posdef cannot do. */

/* A batch of matrices in the caller's memory: a description, no ownership. Element (i, j) of matrix b is at
 *     base(b)[i + j*ld]   for POSDEF_COL_MAJOR,      base(b)[i*ld + j]   for POSDEF_ROW_MAJOR,
 * where base(b) is data + b*stride, or pointers[b] for an array of pointers. An input is never written through. */
typedef struct posdef_matrix {
  size_t size;           /* sizeof(posdef_matrix) */
  void* data;            /* first element of the first matrix (unless pointers is set) */
  void* const* pointers; /* first element of each matrix; when set, data and stride are not used */
  int64_t rows;
  int64_t cols;
  int64_t ld;     /* distance of neighbouring columns (rows if row-major); 0: the tightest, max(1, rows or cols) */
  int64_t batch;  /* number of matrices */
  int64_t stride; /* distance of neighbouring matrices, any sign; 0: one directly behind the other */
  posdef_layout order;
  posdef_dtype dtype;
} posdef_matrix;

#define POSDEF_MATRIX_INIT \
  { sizeof(posdef_matrix), NULL, NULL, 0, 0, 0, 1, 0, POSDEF_COL_MAJOR, POSDEF_F64 }

/* Choices that every call takes; a NULL pointer stands for the defaults. */
typedef struct posdef_options {
  size_t size; /* sizeof(posdef_options) */
  posdef_uplo uplo;
  posdef_on_failure on_failure;
  posdef_other other;
  posdef_diag diag;   /* read by posdef_solve_triangular and posdef_inv_triangular alone */
  posdef_op op;       /* read by posdef_solve_triangular alone */
  int32_t threads;    /* at most so many threads; 0: posdef_default_threads() */
  const char* device; /* "cpu", "reference", "opencl", "opencl:1", "cuda:0", "hybrid:0"; NULL or "automatic":
                         what posdef_default_device() says */
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
 * l: n x n, receives the factor, whose diagonal is real and positive; NULL: it takes the place of the triangle of a.
 * info = k: the leading minor of order k is not positive definite (its pivot was not a positive finite number).
 * Cost: n^3/3 operations per matrix, four times that for complex types. */
POSDEF_C_API posdef_status posdef_cholesky(const posdef_matrix* a, const posdef_matrix* l, int64_t* info,
                                           const posdef_options* options);

/* Solve A*X = B from the factor of A: X = L^-H*L^-1*B (lower) or U^-1*U^-H*B (upper).
 * l: n x n, the factor as posdef_cholesky leaves it. b: n x nrhs, in its own layout.
 * x: n x nrhs, receives X; NULL: it takes the place of b.
 * info = k: diagonal element k of the factor is not positive and finite; that X is not written (or NaN).
 * Cost: 2*n^2*nrhs operations. */
POSDEF_C_API posdef_status posdef_cholesky_solve(const posdef_matrix* l, const posdef_matrix* b, const posdef_matrix* x,
                                                 int64_t* info, const posdef_options* options);

/* A^-1 from the factor of A.
 * l: n x n, the factor as posdef_cholesky leaves it.
 * inverse: n x n, receives A^-1, by default both triangles; NULL: the uplo triangle takes the place of the factor.
 * info = k: diagonal element k of the factor is not positive and finite; that result is not written (or NaN).
 * Cost: 2*n^3/3 operations. */
POSDEF_C_API posdef_status posdef_cholesky_inverse(const posdef_matrix* l, const posdef_matrix* inverse, int64_t* info,
                                                   const posdef_options* options);

/* Solve op(L)*X = B for a triangular L; options.op and options.diag say what op is and whether L has a unit diagonal.
 * l: n x n, triangular, any non-zero diagonal. b: n x nrhs, in its own layout.
 * x: n x nrhs, receives X; NULL: it takes the place of b.
 * info = k: diagonal element k is zero, infinite or NaN; that X is not written (or NaN). Never with a unit diagonal.
 * Cost: n^2*nrhs operations. */
POSDEF_C_API posdef_status posdef_solve_triangular(const posdef_matrix* l, const posdef_matrix* b,
                                                   const posdef_matrix* x, int64_t* info,
                                                   const posdef_options* options);

/* L^-1 of a triangular matrix; it has the same triangle.
 * l: n x n, triangular. inverse: n x n, receives L^-1; NULL: it takes the place of l.
 * info = k: diagonal element k is zero, infinite or NaN; that result is not written (or NaN). With POSDEF_DIAG_UNIT the
 * diagonal is not read; in place it is not written, out of place it is written as ones.
 * Cost: n^3/3 operations. */
POSDEF_C_API posdef_status posdef_inv_triangular(const posdef_matrix* l, const posdef_matrix* inverse, int64_t* info,
                                                 const posdef_options* options);

/* log det A = 2 * (sum of log L(i,i)) from the factor of A, free of overflow; n = 0 gives 0.
 * l: n x n, the factor as posdef_cholesky leaves it.
 * out: batch numbers, float for POSDEF_F32 and POSDEF_C64, double for POSDEF_F64 and POSDEF_C128.
 * info = k: diagonal element k of the factor is not positive and finite; that number is NaN.
 * Cost: n logarithms. */
POSDEF_C_API posdef_status posdef_cholesky_logdet(const posdef_matrix* l, void* out, int64_t* info,
                                                  const posdef_options* options);

/* Solve A*X = B in one call (LAPACK's posv): posdef_cholesky, then posdef_cholesky_solve, with the same bits.
 * a: n x n, overwritten with the factor. b: n x nrhs, overwritten with X.
 * info as for posdef_cholesky; the right-hand sides of a failed matrix are not touched (or NaN).
 * Cost: n^3/3 + 2*n^2*nrhs operations. */
POSDEF_C_API posdef_status posdef_solve(const posdef_matrix* a, const posdef_matrix* b, int64_t* info,
                                        const posdef_options* options);

/* A^-1 in one call: posdef_cholesky, then posdef_cholesky_inverse, with the same bits.
 * a: n x n. inverse: n x n, receives A^-1, both triangles by default; NULL: it takes the place of the triangle of a.
 * info as for posdef_cholesky; what a failed matrix holds afterwards is unspecified (or NaN). Cost: n^3 operations. */
POSDEF_C_API posdef_status posdef_inv(const posdef_matrix* a, const posdef_matrix* inverse, int64_t* info,
                                      const posdef_options* options);

/* ---- Plans: what is decided once for a device, a shape and options; nothing is allocated after the creation -------
 * A plan is used by one call at a time; different plans are independent. */

typedef struct posdef_plan posdef_plan;

/* Bytes of workspace that a plan needs, at any alignment, for n x n matrices, `batch` of them, with at most nrhs
 * right-hand sides. */
POSDEF_C_API posdef_status posdef_plan_workspace_size(posdef_dtype dtype, int64_t n, int64_t batch, int64_t nrhs,
                                                      const posdef_options* options, size_t* bytes);

/* Makes a plan for that shape. workspace: memory of `bytes` bytes, at least posdef_plan_workspace_size() of them, which
 * must outlive the plan; or NULL (and 0): the plan takes its own. On failure *plan is NULL. */
POSDEF_C_API posdef_status posdef_plan_create(posdef_plan** plan, posdef_dtype dtype, int64_t n, int64_t batch,
                                              int64_t nrhs, const posdef_options* options, void* workspace,
                                              size_t bytes);

/* Ends a plan; NULL is allowed. The caller's workspace stays the caller's. */
POSDEF_C_API void posdef_plan_destroy(posdef_plan* plan);

/* The operations above, by a plan: its dtype, its shape (nrhs may be smaller), its options. */
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

/* A few words for a status, "not positive definite"; for a number that is no status, "unknown status". */
POSDEF_C_API const char* posdef_status_text(posdef_status status);

/* What went wrong in the last call of this thread that did not succeed: the function, the argument, its value and what
 * was expected, in one line. Empty if no call failed. Valid until this thread's next failing call. */
POSDEF_C_API const char* posdef_last_error(void);

/* ---- What runs where --------------------------------------------------------------------------------------------- */

/* One device, or an engine that has none: whether it is built in, and what it finds. */
typedef struct posdef_device_info {
  size_t size;           /* sizeof(posdef_device_info) */
  int32_t available;     /* 1 or 0 */
  char name[28];         /* what options.device takes */
  char description[216]; /* processor and instruction set, or the reason why it is not available; cut to fit */
} posdef_device_info;

#define POSDEF_DEVICE_INFO_INIT \
  { sizeof(posdef_device_info), 0, "", "" }

/* The number of devices, and of engines that have none. */
POSDEF_C_API posdef_status posdef_device_count(int64_t* count);
/* Device `index`, from 0. Members that a smaller info->size does not have room for are not written. */
POSDEF_C_API posdef_status posdef_get_device(int64_t index, posdef_device_info* info);

/* The device of calls whose options.device is NULL or "automatic": "cpu". Valid until this thread's next call of this
 * function; "" if the environment is wrong, and posdef_last_error() says how. */
POSDEF_C_API const char* posdef_default_device(void);
/* The instruction set that the cpu engine uses now: "avx2". Valid until this thread's next call of this function. */
POSDEF_C_API const char* posdef_instruction_set(void);
/* All that this build has and this machine runs, best first, parted by spaces: "avx512 avx2 baseline". Valid until this
 * thread's next call of this function. */
POSDEF_C_API const char* posdef_instruction_sets(void);

/* Pins, for the whole process, the device of calls that name none (POSDEF_DEVICE), the instruction set of the cpu
 * engine (POSDEF_ISA) and how a matrix larger than one block is factored, "recursive" or "left-looking"
 * (POSDEF_ALGORITHM). NULL or "" leaves the choice to that environment variable and then to posdef. For tests and
 * benchmarks; not to be called while other calls run. */
POSDEF_C_API posdef_status posdef_force(const char* device, const char* instruction_set, const char* algorithm);

/* Threads of a call whose options.threads is 0: POSDEF_NUM_THREADS; else the processors this process may use, and not
 * more than OMP_NUM_THREADS says. */
POSDEF_C_API int32_t posdef_default_threads(void);

/* "0.1.0" */
POSDEF_C_API const char* posdef_version(void);

#ifdef __cplusplus
}
#endif

#endif
