/* The definitions of prelude_opencl.h that need PTX: the rest of prelude_cuda.h. Without nvcc, tests/gpu/cuda_on_host
 * defines them. */
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
/* Within 1 ulp, for normal numbers. */
DEVICE float RECIPROCAL(float x) {
  float r;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(x));
  return r;
}
#endif
