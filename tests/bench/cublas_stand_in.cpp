// The library that the stand-in for a packaged cuSOLVER needs.
extern "C" int bench_cublas_stand_in();
extern "C" int bench_cublas_stand_in() { return 1; }
