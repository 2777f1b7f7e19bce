/* A C program without XERBLA: an invalid argument is printed as LAPACK prints it, and returned in info. */
#include <stdint.h>
#include <stdio.h>

void dpotrf_(const char* uplo, const int32_t* n, double* a, const int32_t* lda, int32_t* info);
int64_t posdef_lapack_calls(const char* symbol);

int main(void) {
  double a[] = {4};
  const int32_t n = 1;
  int32_t info = 0;
  dpotrf_("?", &n, a, &n, &info);
  fprintf(stderr, "info = %d, a = %g, calls = %d\n", (int)info, a[0], (int)posdef_lapack_calls("dpotrf_"));
  return 0;
}
