// Eigen, compiled for one instruction set. eigen_variant.cpp is compiled once per set; its interface uses nothing of
// the standard library except std::complex, so that no code for a newer processor can get into the rest of the program.
#ifndef POSDEF_BENCH_PEERS_EIGEN_VARIANT_HPP
#define POSDEF_BENCH_PEERS_EIGEN_VARIANT_HPP

#include <complex>

namespace posdef::bench {

template <class T>
struct eigen_routines {
  int (*potrf)(char, int, T*, int);
  int (*potrs)(char, int, int, const T*, int, T*, int);
  int (*potri)(char, int, T*, int);
  int (*trtri)(char, int, T*, int);
};

struct eigen_variant {
  const char* version;
  const char* instruction_set;
  eigen_routines<float> f32;
  eigen_routines<double> f64;
  eigen_routines<std::complex<float>> c64;
  eigen_routines<std::complex<double>> c128;
};

eigen_variant eigen_baseline();
eigen_variant eigen_avx2();
eigen_variant eigen_avx512();

}  // namespace posdef::bench

#endif
