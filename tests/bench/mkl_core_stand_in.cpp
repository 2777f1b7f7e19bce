// Stands for libmkl_core: the part of MKL that asks for the processor's vendor, by a function that others can replace.
extern "C" [[gnu::visibility("default")]] int mkl_serv_intel_cpu_true();
extern "C" [[gnu::visibility("default")]] int bench_vendor_answer();
extern "C" int mkl_serv_intel_cpu_true() { return 7; }
extern "C" int bench_vendor_answer() { return mkl_serv_intel_cpu_true(); }
