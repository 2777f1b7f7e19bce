/* What the kernels ask of OpenCL C 1.2. prelude_cuda.h says the same for CUDA.
 *
 * Given on the command line: POSDEF_COMPLEX and POSDEF_DOUBLE (0 or 1), POSDEF_BLOCK (the largest order of a block that
 * a panel is solved with), POSDEF_SIDE (a group of `product` has its square of items) and POSDEF_PROCESSOR (0 or 1: the
 * device is one, and its driver compiles while somebody waits, the longer the more is inlined and unrolled). */
#if POSDEF_DOUBLE
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
typedef double real;
typedef double2 pair;
typedef double2 vector; /* 16 bytes: what an item reads at a time */
#define PAIR(x, y) ((double2)((x), (y)))
#else
typedef float real;
typedef float2 pair;
typedef float4 vector;
#define PAIR(x, y) ((float2)((x), (y)))
#define FOUR(x, y, z, w) ((float4)((x), (y), (z), (w)))
#endif
typedef long idx;

#define KERNEL(items) __kernel __attribute__((reqd_work_group_size(items, 1, 1))) void
#define KERNEL_SHARING(items, groups) KERNEL(items)
#define DEVICE static inline
/* A long function that neither asks which item calls it nor has a barrier. */
#if POSDEF_PROCESSOR
#define DEVICE_APART static __attribute__((noinline))
#else
#define DEVICE_APART DEVICE
#endif
#define GLOBAL __global
#define LOCAL __local         /* an array in the memory that a work-group shares */
#define LOCAL_POINTER __local /* a pointer to such memory */
/* Such memory of a size that the launch decides: the kernel's last parameter, and a declaration in its first line. */
#define LOCAL_PARAMETER(type, name) , __local vector* posdef_local_memory
#define LOCAL_OF_LAUNCH(type, name) __local type* const name = (__local type*)posdef_local_memory;
#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE)
/* Global memory too: what an item has read before it, another may write behind it. */
#define BARRIER_GLOBAL() barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
/* Between groups that run at the same time: numbers in global memory which one writes and others watch. What a group
 * has written before RELEASE and PUBLISH, another one sees behind WATCH. OpenCL C 1.2 does not promise that; it is so
 * on processors. */
#define NEXT(p) atomic_inc(p)
static inline int WATCH(GLOBAL const int* p) {
  const int x = *(volatile GLOBAL const int*)p;
  mem_fence(CLK_GLOBAL_MEM_FENCE);
  return x;
}
#define RELEASE() mem_fence(CLK_GLOBAL_MEM_FENCE)
#define PUBLISH(p, x) *(volatile GLOBAL int*)(p) = (x);
#define GROUP ((idx)get_group_id(0))
#define ITEM ((int)get_local_id(0))
/* The items of a group, which are so many; not said as a constant, which would make a driver for processors unroll. */
#define ITEMS(constant) ((int)get_local_size(0))
#if POSDEF_PROCESSOR
#define UNROLL
#else
#define UNROLL _Pragma("unroll") /* what is indexed has to be in registers */
#endif
#define UNROLL_TWICE
#define UNROLL_DEEP /* only faster: left to the driver */
#define UNROLL_SOME
#define RECIPROCAL_ROOT(x) rsqrt(x)
#define RECIPROCAL(x) (1 / (x)) /* or within some units in the last place, for normal numbers */
