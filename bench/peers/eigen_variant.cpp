// Eigen's Cholesky and triangular solves with LAPACK's arguments. Compiled once per instruction set, with
// POSDEF_EIGEN_VARIANT as the name of the set; Eigen's own namespace also gets that name, because the linker would
// otherwise keep only one copy of each template.
//
// Eigen has no potri and no trtri: like its users, this code solves with the identity.
#include "peers/eigen_variant.hpp"

#define POSDEF_JOIN2(a, b) a##b
#define POSDEF_JOIN(a, b) POSDEF_JOIN2(a, b)
#define POSDEF_TEXT2(a) #a
#define POSDEF_TEXT(a) POSDEF_TEXT2(a)
#define Eigen POSDEF_JOIN(posdef_eigen_, POSDEF_EIGEN_VARIANT)

#include <Eigen/Cholesky>

namespace posdef::bench {
namespace {

template <class T>
using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor>;
template <class T>
using mapped = Eigen::Map<matrix<T>, Eigen::Unaligned, Eigen::OuterStride<>>;
template <class T>
using constant = Eigen::Map<const matrix<T>, Eigen::Unaligned, Eigen::OuterStride<>>;

template <class T, int Triangle>
int factor(int n, T* a, int lda) {
  mapped<T> m(a, n, n, Eigen::OuterStride<>(lda));
  const Eigen::LLT<Eigen::Ref<matrix<T>, 0, Eigen::OuterStride<>>, Triangle> llt(m);
  return llt.info() == Eigen::Success ? 0 : 1;
}

template <class T>
int potrf(char uplo, int n, T* a, int lda) {
  return uplo == 'L' ? factor<T, Eigen::Lower>(n, a, lda) : factor<T, Eigen::Upper>(n, a, lda);
}

template <class T>
int potrs(char uplo, int n, int nrhs, const T* a, int lda, T* b, int ldb) {
  const constant<T> l(a, n, n, Eigen::OuterStride<>(lda));
  mapped<T> x(b, n, nrhs, Eigen::OuterStride<>(ldb));
  if (uplo == 'L') {
    l.template triangularView<Eigen::Lower>().solveInPlace(x);
    l.adjoint().template triangularView<Eigen::Upper>().solveInPlace(x);
  } else {
    l.adjoint().template triangularView<Eigen::Lower>().solveInPlace(x);
    l.template triangularView<Eigen::Upper>().solveInPlace(x);
  }
  return 0;
}

template <class T>
int potri(char uplo, int n, T* a, int lda) {
  matrix<T> x = matrix<T>::Identity(n, n);
  potrs<T>(uplo, n, n, a, lda, x.data(), n);
  mapped<T> m(a, n, n, Eigen::OuterStride<>(lda));
  if (uplo == 'L') {
    m.template triangularView<Eigen::Lower>() = x;
  } else {
    m.template triangularView<Eigen::Upper>() = x;
  }
  return 0;
}

template <class T>
int trtri(char uplo, int n, T* a, int lda) {
  matrix<T> x = matrix<T>::Identity(n, n);
  mapped<T> m(a, n, n, Eigen::OuterStride<>(lda));
  if (uplo == 'L') {
    m.template triangularView<Eigen::Lower>().solveInPlace(x);
    m.template triangularView<Eigen::Lower>() = x;
  } else {
    m.template triangularView<Eigen::Upper>().solveInPlace(x);
    m.template triangularView<Eigen::Upper>() = x;
  }
  return 0;
}

#ifdef EIGEN_VERSION_STRING  // from Eigen 5 on, where the version no longer begins with EIGEN_WORLD_VERSION
constexpr const char* version = EIGEN_VERSION_STRING;
#else
constexpr const char* version =
    POSDEF_TEXT(EIGEN_WORLD_VERSION) "." POSDEF_TEXT(EIGEN_MAJOR_VERSION) "." POSDEF_TEXT(EIGEN_MINOR_VERSION);
#endif

template <class T>
constexpr eigen_routines<T> all = {potrf<T>, potrs<T>, potri<T>, trtri<T>};

}  // namespace

eigen_variant POSDEF_JOIN(eigen_, POSDEF_EIGEN_VARIANT)() {
  return {version,     POSDEF_TEXT(POSDEF_EIGEN_VARIANT), all<float>,
          all<double>, all<std::complex<float>>,          all<std::complex<double>>};
}

}  // namespace posdef::bench
