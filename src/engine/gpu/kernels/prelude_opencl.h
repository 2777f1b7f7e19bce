/* What the kernels ask of OpenCL C 1.2. prelude_cuda.h says the same for CUDA.
 *
 * Given on the command line: POSDEF_COMPLEX and POSDEF_DOUBLE (0 or 1), POSDEF_ORDER and POSDEF_BLOCK (of the largest
 * triangle in a work-group's memory, and of the blocks of a larger matrix), POSDEF_REGISTERS (an item of a product
 * computes their square). */
#if POSDEF_DOUBLE
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
typedef double real;
typedef double2 pair;
#define PAIR(x, y) ((double2)((x), (y)))
#else
typedef float real;
typedef float2 pair;
#define PAIR(x, y) ((float2)((x), (y)))
#endif
typedef long idx;

#define KERNEL(items) __kernel __attribute__((reqd_work_group_size(items, 1, 1))) void
#define DEVICE static inline
#define GLOBAL __global
#define LOCAL __local         /* an array in the memory that a work-group shares */
#define LOCAL_POINTER __local /* a pointer to such memory */
#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE)
/* Global memory too: what an item has read before it, another may write behind it. */
#define BARRIER_GLOBAL() barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#define GROUP ((idx)get_group_id(0))
#define ITEM ((int)get_local_id(0))
#define UNROLL _Pragma("unroll")
