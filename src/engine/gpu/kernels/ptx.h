/* Words of prelude_opencl.h for which CUDA C++ has none: the rest of prelude_cuda.h. Where kernels are executed without
 * nvcc, somebody else says them (tests/gpu/cuda_on_host). */
#define LOCAL_OF_LAUNCH(type, name)               \
  extern __shared__ vector posdef_local_memory[]; \
  type* const name = reinterpret_cast<type*>(posdef_local_memory);

DEVICE int WATCH(const int* p) {
  int x;
  asm volatile("ld.acquire.gpu.s32 %0, [%1];" : "=r"(x) : "l"(p) : "memory");
  return x;
}
#define RELEASE() asm volatile("fence.acq_rel.gpu;" ::: "memory")
#define PUBLISH(p, x) *(volatile int*)(p) = (x);

#if !POSDEF_DOUBLE
/* Within one unit in the last place, of normal numbers. */
DEVICE float RECIPROCAL(float x) {
  float r;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(x));
  return r;
}
#endif
