/* What the kernels ask of CUDA. prelude_opencl.h says the same for OpenCL, and explains the words. */
#if POSDEF_DOUBLE
typedef double real;
typedef double2 pair;
#define PAIR(x, y) make_double2((x), (y))
#else
typedef float real;
typedef float2 pair;
#define PAIR(x, y) make_float2((x), (y))
#endif
typedef long long idx;

#define KERNEL(items) __global__ void __launch_bounds__(items, 1) /* as many registers as it takes */
#define DEVICE static __device__ __forceinline__
#define GLOBAL
#define LOCAL __shared__
#define LOCAL_POINTER
#define BARRIER() __syncthreads()
#define BARRIER_GLOBAL() __syncthreads()
#define GROUP ((idx)blockIdx.x)
#define ITEM ((int)threadIdx.x)
#define UNROLL _Pragma("unroll")
