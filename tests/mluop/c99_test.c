/* The header in strict C99, and one call of every function. */
#include <mlu_op.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int wrong = 0;

static void expect(int holds, const char* what) {
  if (holds) return;
  fprintf(stderr, "wrong: %s\n", what);
  wrong = 1;
}
#define EXPECT(holds) expect((holds), #holds)
#define EXPECT_GOOD(call) expect((call) == MLUOP_STATUS_SUCCESS, #call)

int main(void) {
  /* A = L·Lᵀ with L = [2 0; 1 3], then the identity. */
  float a[] = {4, 2, 2, 10, 1, 0, 0, 1}, l[8];
  const float lower[] = {2, 0, 1, 3, 1, 0, 0, 1}, upper[] = {2, 1, 0, 3, 1, 0, 0, 1};
  const int64_t dims[] = {2, 2, 2};
  const int short_dims[] = {2, 2, 2};
  int64_t got[MLUOP_DIM_MAX];
  int short_got[MLUOP_DIM_MAX], dim = 0, major = 0, minor = 0, patch = 0;
  int32_t info[2] = {-1, -1};
  size_t size = 0;
  void* workspace;
  cnrtQueue_t queue = NULL;
  mluOpHandle_t handle = NULL;
  mluOpTensorDescriptor_t desc = NULL;
  mluOpTensorLayout_t layout = MLUOP_LAYOUT_NCHW;
  mluOpDataType_t dtype = MLUOP_DTYPE_INVALID;

  mluOpGetLibVersion(&major, &minor, &patch);
  EXPECT(major == MLUOP_MAJOR && minor == MLUOP_MINOR && patch == MLUOP_PATCHLEVEL);
  EXPECT(strcmp(mluOpGetErrorString(MLUOP_STATUS_BAD_PARAM), "MLUOP_STATUS_BAD_PARAM") == 0);

  EXPECT_GOOD(mluOpCreate(&handle));
  EXPECT_GOOD(mluOpSetQueue(handle, NULL));
  EXPECT_GOOD(mluOpGetQueue(handle, &queue));
  EXPECT(queue == NULL);
  EXPECT_GOOD(mluOpCreateTensorDescriptor(&desc));
  EXPECT_GOOD(mluOpSetTensorDescriptor(desc, MLUOP_LAYOUT_ARRAY, MLUOP_DTYPE_FLOAT, 3, short_dims));
  EXPECT_GOOD(mluOpGetTensorDescriptor(desc, &layout, &dtype, &dim, short_got));
  EXPECT(layout == MLUOP_LAYOUT_ARRAY && dtype == MLUOP_DTYPE_FLOAT && dim == 3);
  EXPECT(memcmp(short_got, short_dims, sizeof short_dims) == 0);
  EXPECT_GOOD(mluOpSetTensorDescriptor_v2(desc, MLUOP_LAYOUT_ARRAY, MLUOP_DTYPE_FLOAT, 3, dims));
  EXPECT_GOOD(mluOpGetTensorDescriptor_v2(desc, &layout, &dtype, &dim, got));
  EXPECT(memcmp(got, dims, sizeof dims) == 0);

  EXPECT_GOOD(mluOpCholesky(handle, desc, a, desc, l, false));
  EXPECT(memcmp(l, lower, sizeof l) == 0);
  EXPECT_GOOD(posdefMluOpGetInfo(handle, info, 2));
  EXPECT(info[0] == 0 && info[1] == 0);
  EXPECT_GOOD(mluOpGetCholeskyWorkspaceSize(desc, &size));
  EXPECT(size > 0);
  workspace = malloc(size);
  EXPECT_GOOD(posdefMluOpCholesky(handle, desc, a, desc, l, true, workspace));
  EXPECT(memcmp(l, upper, sizeof l) == 0);
  free(workspace);

  EXPECT_GOOD(mluOpDestroyTensorDescriptor(desc));
  EXPECT_GOOD(mluOpDestroy(handle));
  return wrong;
}
