/* Factor a matrix, solve with the factor, take its log-determinant. */
#include <posdef/posdef.h>
#include <stdio.h>

int main(void) {
  double a[] = {4, 2, 2, 0, 5, 3, 0, 0, 6}; /* 3 x 3, column by column; only the lower triangle is read */
  double b[] = {8, 10, 11}, logdet = 0;
  posdef_matrix matrix = posdef_col_major(POSDEF_F64, a, 3, 3), right = posdef_col_major(POSDEF_F64, b, 3, 1);
  if (posdef_cholesky(&matrix, NULL, NULL, NULL) != POSDEF_SUCCESS ||               /* a = L, with A = L*L^T */
      posdef_cholesky_solve(&matrix, &right, NULL, NULL, NULL) != POSDEF_SUCCESS || /* b = A^-1 * b */
      posdef_cholesky_logdet(&matrix, &logdet, NULL, NULL) != POSDEF_SUCCESS) {
    fprintf(stderr, "%s\n", posdef_last_error());
    return 1;
  }
  printf("x = (%g, %g, %g), log det A = %g\n", b[0], b[1], b[2], logdet); /* (1, 1, 1), log 64 = 4.15888 */
  return 0;
}
