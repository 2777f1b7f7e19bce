/* A user's program in C: factors a matrix, solves, and checks the result. */
#include <math.h>
#include <posdef/posdef.h>
#include <stdio.h>

int main(void) {
  double a[] = {4, 2, 0, 3}; /* lower triangle of [4 2; 2 3] */
  double b[] = {8, 7};       /* A times [1.25 1.5] */
  posdef_matrix matrix = posdef_col_major(POSDEF_F64, a, 2, 2), right = posdef_col_major(POSDEF_F64, b, 2, 1);
  if (posdef_cholesky(&matrix, NULL, NULL, NULL) != POSDEF_SUCCESS ||
      posdef_cholesky_solve(&matrix, &right, NULL, NULL, NULL) != POSDEF_SUCCESS) {
    fprintf(stderr, "%s\n", posdef_last_error());
    return 1;
  }
  printf("x = %g %g\n", b[0], b[1]);
  return fabs(b[0] - 1.25) < 1e-15 && fabs(b[1] - 1.5) < 1e-15 ? 0 : 1;
}
