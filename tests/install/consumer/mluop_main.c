/* A user's program in the operator interface: a matrix and its factor. */
#include <mlu_op.h>

int main(void) {
  float a[] = {4, 2, 2, 10};
  const int dims[] = {2, 2};
  mluOpHandle_t handle;
  mluOpTensorDescriptor_t desc;
  if (mluOpCreate(&handle) || mluOpCreateTensorDescriptor(&desc) ||
      mluOpSetTensorDescriptor(desc, MLUOP_LAYOUT_ARRAY, MLUOP_DTYPE_FLOAT, 2, dims) ||
      mluOpCholesky(handle, desc, a, desc, a, false))
    return 1;
  return mluOpDestroyTensorDescriptor(desc) || mluOpDestroy(handle) || a[0] != 2 || a[1] != 0 || a[2] != 1 || a[3] != 3;
}
