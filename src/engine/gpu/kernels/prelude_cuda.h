/* The CUDA definitions for the kernels. prelude_opencl.h has those for OpenCL, and documents them. */
#if POSDEF_DOUBLE
typedef double real;
typedef double2 pair;
typedef double2 vector;
#define PAIR(x, y) make_double2((x), (y))
#else
typedef float real;
typedef float2 pair;
typedef float4 vector;
#define PAIR(x, y) make_float2((x), (y))
#define FOUR(x, y, z, w) make_float4((x), (y), (z), (w))
#endif
typedef long long idx;

/* KERNEL limits no registers. KERNEL_SHARING limits them so that `groups` groups fit on a multiprocessor. */
#define KERNEL(items) __global__ void __launch_bounds__(items, 1)
#define KERNEL_SHARING(items, groups) __global__ void __launch_bounds__(items, groups)
#define DEVICE static __device__ __forceinline__
#define DEVICE_APART DEVICE
#define GLOBAL
#define LOCAL __shared__
#define LOCAL_POINTER
#define LOCAL_PARAMETER(type, name)
#define BARRIER() __syncthreads()
#define BARRIER_GLOBAL() __syncthreads()
#define NEXT(p) atomicAdd((p), 1)
#define GROUP ((idx)blockIdx.x)
#define ITEM ((int)threadIdx.x)
#define ITEMS(constant) (constant)
#define UNROLL _Pragma("unroll")
#define UNROLL_TWICE _Pragma("unroll 2")
#define UNROLL_DEEP _Pragma("unroll")
#if POSDEF_COMPLEX
#define UNROLL_SOME _Pragma("unroll 2")
#else
#define UNROLL_SOME _Pragma("unroll 4")
#endif
#define RECIPROCAL_ROOT(x) rsqrt(x)
#if POSDEF_DOUBLE
#define RECIPROCAL(x) __drcp_rn(x)
#endif
