/* A program for the interface of an accelerator operator library: a batch of three Hermitian matrices, one of them not
 * positive definite. Link posdef::mluop (or -lposdef_mluop); only the last call, which returns the info of every
 * matrix, is specific to posdef. */
#include <mlu_op.h>
#include <stdio.h>

int main(void) {
  /* 3 x 2 x 2 complex numbers, row by row, real part first: [4 2+2i; 2-2i 6], [1 0; 0 1] and [1 2; 2 1]. */
  float a[] = {4, 0, 2, 2, 2, -2, 6, 0, /**/ 1, 0, 0, 0, 0, 0, 1, 0, /**/ 1, 0, 2, 0, 2, 0, 1, 0}, l[24];
  const int64_t dims[] = {3, 2, 2};
  int32_t info[3];
  mluOpHandle_t handle = NULL;
  mluOpTensorDescriptor_t desc = NULL;
  mluOpStatus_t status;

  if (mluOpCreate(&handle) != MLUOP_STATUS_SUCCESS || mluOpCreateTensorDescriptor(&desc) != MLUOP_STATUS_SUCCESS ||
      mluOpSetTensorDescriptor_v2(desc, MLUOP_LAYOUT_ARRAY, MLUOP_DTYPE_COMPLEX_FLOAT, 3, dims) != MLUOP_STATUS_SUCCESS)
    return 1;
  status = mluOpCholesky(handle, desc, a, desc, l, false);   /* reports the failed matrix on stderr */
  printf("%s\n", mluOpGetErrorString(status));               /* MLUOP_STATUS_EXECUTION_FAILED */
  printf("L = [%g 0; %g%+gi %g]\n", l[0], l[4], l[5], l[6]); /* [2 0; 1-1i 2] */
  if (posdefMluOpGetInfo(handle, info, 3) == MLUOP_STATUS_SUCCESS)
    printf("info = %d %d %d\n", info[0], info[1], info[2]); /* 0 0 2 */
  mluOpDestroyTensorDescriptor(desc);
  mluOpDestroy(handle);
  return status == MLUOP_STATUS_EXECUTION_FAILED ? 0 : 1;
}
