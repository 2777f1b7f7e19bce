/* The OpenCL C 1.2 definitions for the kernels. prelude_cuda.h has those for CUDA.
 *
 * Compiler options define POSDEF_COMPLEX and POSDEF_DOUBLE (0 or 1), POSDEF_BLOCK (the largest order of a block that a
 * panel is solved with), POSDEF_SIDE (a group of `product` has its square of items) and POSDEF_PROCESSOR (0 or 1: the
 * device is a CPU; inlining and unrolling then make compilation slow). */
#if POSDEF_DOUBLE
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
typedef double real;
typedef double2 pair;
typedef double2 vector; /* 16 bytes: the unit of an item's reads */
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
/* A long function that does not use the item number and has no barrier. */
#if POSDEF_PROCESSOR
#define DEVICE_APART static __attribute__((noinline))
#else
#define DEVICE_APART DEVICE
#endif
#define GLOBAL __global
#define LOCAL __local         /* an array in local memory */
#define LOCAL_POINTER __local /* a pointer to local memory */
/* Local memory whose size the launch sets: the kernel's last parameter, and a declaration in its first line. */
#define LOCAL_PARAMETER(type, name) , __local vector* posdef_local_memory
#define LOCAL_OF_LAUNCH(type, name) __local type* const name = (__local type*)posdef_local_memory;
#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE)
/* Also for global memory: an item may overwrite what another one has read before. */
#define BARRIER_GLOBAL() barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
/* Communication between concurrent groups by numbers in global memory. What a group writes before RELEASE and PUBLISH
 * is visible to others after WATCH. OpenCL C 1.2 does not guarantee this; it holds on CPUs. */
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
/* The number of items in a group. Not a constant, because CPU drivers would then unroll. */
#define ITEMS(constant) ((int)get_local_size(0))
#if POSDEF_PROCESSOR
#define UNROLL
#else
#define UNROLL _Pragma("unroll") /* indexed arrays must be in registers */
#endif
#define UNROLL_TWICE
#define UNROLL_DEEP /* optional optimization, left to the driver */
#define UNROLL_SOME
#define RECIPROCAL_ROOT(x) rsqrt(x)
#define RECIPROCAL(x) (1 / (x)) /* or an approximation within some ulp, for normal numbers */
