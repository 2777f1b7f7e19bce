/* The C interface in C99: every function and structure, results that can be checked by hand, every kind of error. */
#include <complex.h>
#include <math.h>
#include <posdef/posdef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures = 0;

#define CHECK(condition)                                                                                     \
  do {                                                                                                       \
    if (!(condition)) {                                                                                      \
      fprintf(stderr, "%s:%d: %s\n  last error: %s\n", __FILE__, __LINE__, #condition, posdef_last_error()); \
      ++failures;                                                                                            \
    }                                                                                                        \
  } while (0)
#define CHECK_NEAR(x, y) CHECK(fabs((double)((x) - (y))) < 1e-5)
#define CHECK_OK(call) CHECK((call) == POSDEF_SUCCESS)
/* The call fails, and the message begins with the name of the C function only and contains the argument. */
#define CHECK_ERROR(status, call, function, argument)                                                \
  do {                                                                                               \
    CHECK((call) == (status));                                                                       \
    CHECK(strncmp(posdef_last_error(), function ": ", sizeof(function ": ") - 1) == 0);              \
    CHECK(last_error_has(argument) && !last_error_has("posdef: ") && !last_error_has(": cholesky")); \
  } while (0)

static int last_error_has(const char* text) { return strstr(posdef_last_error(), text) != NULL; }

/* A = L*L^T with L = [2 . .; 1 2 .; 1 1 2], det A = 64; the upper triangle must not be read. */
#define A3 \
  { 4, 2, 2, -99, 5, 3, -99, -99, 6 }

static void one_matrix(void) {
  double a[] = A3, l[9], b[] = {8, 10, 11}, x[3], inverse[9], logdet = -1;
  int64_t info = -1;
  posdef_matrix ma = posdef_col_major(POSDEF_F64, a, 3, 3), ml = posdef_col_major(POSDEF_F64, l, 3, 3);
  posdef_matrix mb = posdef_col_major(POSDEF_F64, b, 3, 1), mx = posdef_col_major(POSDEF_F64, x, 3, 1);
  posdef_matrix mi = posdef_col_major(POSDEF_F64, inverse, 3, 3);

  CHECK_OK(posdef_cholesky(&ma, &ml, &info, NULL));
  CHECK(info == 0);
  CHECK(a[0] == 4 && a[3] == -99);
  CHECK_NEAR(l[0], 2);
  CHECK_NEAR(l[1], 1);
  CHECK_NEAR(l[5], 1);
  CHECK_NEAR(l[8], 2);
  CHECK(l[3] == 0 && l[6] == 0 && l[7] == 0);

  /* A*(1,1,1) = (8,10,11) */
  CHECK_OK(posdef_cholesky_solve(&ml, &mb, &mx, NULL, NULL));
  CHECK_NEAR(x[0], 1);
  CHECK_NEAR(x[2], 1);
  CHECK(b[0] == 8);
  CHECK_OK(posdef_cholesky_solve(&ml, &mb, NULL, NULL, NULL));
  CHECK_NEAR(b[1], 1);

  CHECK_OK(posdef_cholesky_logdet(&ml, &logdet, &info, NULL));
  CHECK_NEAR(logdet, log(64));

  CHECK_OK(posdef_cholesky_inverse(&ml, &mi, NULL, NULL));
  CHECK_NEAR(inverse[0] * 4 + inverse[1] * 2 + inverse[2] * 2, 1);
  CHECK_NEAR(inverse[3] * 4 + inverse[4] * 2 + inverse[5] * 2, 0);
  CHECK_NEAR(inverse[1], inverse[3]);
  CHECK_OK(posdef_inv_triangular(&ml, &mi, NULL, NULL));
  CHECK_NEAR(inverse[1], -0.25);

  CHECK_OK(posdef_cholesky(&ma, NULL, NULL, NULL));
  CHECK_NEAR(a[0], 2);
  CHECK(a[3] == -99);
  CHECK_OK(posdef_inv_triangular(&ma, NULL, &info, NULL));
  CHECK_NEAR(a[8], 0.5);
}

static void triangular_solve(void) {
  double l[] = {2, 4, -99, 5}, b[] = {2, 14}, x[2];
  posdef_matrix ml = posdef_col_major(POSDEF_F64, l, 2, 2), mb = posdef_col_major(POSDEF_F64, b, 2, 1);
  posdef_matrix mx = posdef_col_major(POSDEF_F64, x, 2, 1);
  posdef_options o = POSDEF_OPTIONS_INIT;
  CHECK_OK(posdef_solve_triangular(&ml, &mb, &mx, NULL, &o));
  CHECK_NEAR(x[0], 1);
  CHECK_NEAR(x[1], 2);
  o.op = POSDEF_OP_CONJ_TRANSPOSE;
  o.diag = POSDEF_DIAG_UNIT;
  CHECK_OK(posdef_solve_triangular(&ml, &mb, NULL, NULL, &o));
  CHECK_NEAR(b[1], 14);
  CHECK_NEAR(b[0], 2 - 4 * 14);
}

static void complex_and_layouts(void) {
  /* A = U^H*U with U = [2 1+i; 0 1]; row-major, upper; the imaginary part of the diagonal is ignored. */
  float _Complex c[] = {4 + 9 * I, 2 + 2 * I, -99, 3};
  posdef_matrix m = posdef_row_major(POSDEF_C64, c, 2, 2);
  posdef_options o = POSDEF_OPTIONS_INIT;
  o.uplo = POSDEF_UPPER;
  CHECK_OK(posdef_cholesky(&m, NULL, NULL, &o));
  CHECK_NEAR(crealf(c[0]), 2);
  CHECK(cimagf(c[0]) == 0);
  CHECK_NEAR(cimagf(c[1]), 1);
  CHECK_NEAR(crealf(c[3]), 1);

  double _Complex z[] = {4, 2 - 2 * I, -99, 3};
  double logdet = 0;
  m = posdef_col_major(POSDEF_C128, z, 2, 2);
  CHECK_OK(posdef_cholesky(&m, NULL, NULL, NULL));
  CHECK_NEAR(cimag(z[1]), -1);
  CHECK_OK(posdef_cholesky_logdet(&m, &logdet, NULL, NULL));
  CHECK_NEAR(logdet, log(4));
}

static void batches(void) {
  /* The second of three is not positive definite; the others are processed. */
  float a[] = {4, 9, -1, 16, 4, 25};
  float* where[] = {&a[5], &a[2], &a[0]};
  float logs[3];
  int64_t info[3] = {-1, -1, -1};
  posdef_matrix m = posdef_col_major(POSDEF_F32, a, 1, 1);
  m.batch = 3;
  m.stride = 2;
  posdef_options o = POSDEF_OPTIONS_INIT;
  a[2] = 9;
  CHECK_OK(posdef_cholesky(&m, NULL, info, &o));
  CHECK(a[0] == 2 && a[1] == 9 && a[2] == 3 && a[4] == 2);
  a[2] = -1;
  m.data = NULL;
  m.pointers = (void* const*)where;
  CHECK_ERROR(POSDEF_NOT_POSITIVE_DEFINITE, posdef_cholesky(&m, NULL, info, &o), "posdef_cholesky", "matrix 1 of 3");
  CHECK(info[0] == 0 && info[1] == 1 && info[2] == 0);
  CHECK(a[5] == 5);
  CHECK(fabsf(a[0] - sqrtf(2)) < 1e-6f);

  o.on_failure = POSDEF_ON_FAILURE_REPORT;
  CHECK_OK(posdef_cholesky(&m, NULL, info, &o));
  CHECK(info[1] == 1);
  o.on_failure = POSDEF_ON_FAILURE_NAN;
  CHECK_OK(posdef_cholesky(&m, NULL, info, &o));
  CHECK(info[1] == 1 && isnan(a[2]));

  CHECK_ERROR(POSDEF_SINGULAR, posdef_cholesky_logdet(&m, logs, info, NULL), "posdef_cholesky_logdet", "matrix 1 of 3");
  CHECK(info[1] == 1 && isnan(logs[1]) && !isnan(logs[2]));
  CHECK(posdef_cholesky_inverse(&m, NULL, NULL, NULL) == POSDEF_SINGULAR);
  CHECK(posdef_inv_triangular(&m, NULL, NULL, NULL) == POSDEF_SINGULAR);

  /* stride = 0 means contiguous; batch = 0 and n = 0 write nothing. */
  double d[] = {4, 9, 16};
  m = posdef_col_major(POSDEF_F64, d, 1, 1);
  m.batch = 3;
  CHECK_OK(posdef_cholesky(&m, NULL, NULL, NULL));
  CHECK(d[0] == 2 && d[1] == 3 && d[2] == 4);
  double l[] = {2, 1, -99, 2, 2, 1, -99, 2}, b[] = {4, 4, 8, 8};
  m = posdef_col_major(POSDEF_F64, l, 2, 2);
  posdef_matrix mb = posdef_row_major(POSDEF_F64, b, 2, 1);
  m.batch = mb.batch = 2;
  CHECK_OK(posdef_solve_triangular(&m, &mb, NULL, NULL, NULL));
  CHECK(b[0] == 2 && b[1] == 1 && b[2] == 4 && b[3] == 2);
  m.batch = 0;
  CHECK_OK(posdef_cholesky(&m, NULL, NULL, NULL));
  m = posdef_col_major(POSDEF_F64, NULL, 0, 0);
  CHECK_OK(posdef_cholesky(&m, NULL, NULL, NULL));
  CHECK(d[0] == 2);
}

static void plans(void) {
  double a[] = A3, l[9], b[] = {8, 10, 11}, x[3], inverse[9], logdet = -1;
  int64_t info = -1;
  size_t bytes = 0;
  posdef_plan *plan = NULL, *own = NULL;
  posdef_matrix ma = posdef_col_major(POSDEF_F64, a, 3, 3), ml = posdef_col_major(POSDEF_F64, l, 3, 3);
  posdef_matrix mb = posdef_col_major(POSDEF_F64, b, 3, 1), mx = posdef_col_major(POSDEF_F64, x, 3, 1);
  posdef_matrix mi = posdef_col_major(POSDEF_F64, inverse, 3, 3);
  posdef_options o = POSDEF_OPTIONS_INIT;
  o.device = "reference";

  CHECK_OK(posdef_plan_workspace_size(POSDEF_F64, 3, 1, 1, &o, &bytes));
  void* workspace = malloc(bytes + 1);
  CHECK_OK(posdef_plan_create(&plan, POSDEF_F64, 3, 1, 1, &o, workspace, bytes));
  CHECK_OK(posdef_plan_create(&own, POSDEF_F64, 3, 1, 1, NULL, NULL, 0));
  CHECK(plan != NULL && own != NULL);
  if (plan == NULL || own == NULL) return;

  CHECK_OK(posdef_plan_cholesky(plan, &ma, &ml, &info));
  CHECK(info == 0);
  CHECK_NEAR(l[0], 2);
  CHECK_OK(posdef_plan_cholesky_solve(plan, &ml, &mb, &mx, NULL));
  CHECK_NEAR(x[1], 1);
  CHECK_OK(posdef_plan_cholesky_inverse(own, &ml, &mi, NULL));
  CHECK_NEAR(inverse[0] * 4 + inverse[1] * 2 + inverse[2] * 2, 1);
  CHECK_OK(posdef_plan_inv_triangular(own, &ml, &mi, NULL));
  CHECK_NEAR(inverse[1], -0.25);
  CHECK_OK(posdef_plan_solve_triangular(plan, &ml, &mb, &mx, NULL));
  CHECK_NEAR(x[0], 4);
  CHECK_OK(posdef_plan_cholesky_logdet(plan, &ml, &logdet, &info));
  CHECK_NEAR(logdet, log(64));

  l[4] = 0;
  CHECK_ERROR(POSDEF_SINGULAR, posdef_plan_solve_triangular(plan, &ml, &mb, &mx, NULL), "posdef_plan_solve_triangular",
              "element 2");
  a[4] = -5;
  CHECK(posdef_plan_cholesky(own, &ma, NULL, NULL) == POSDEF_NOT_POSITIVE_DEFINITE);
  ma.dtype = POSDEF_F32;
  CHECK_ERROR(POSDEF_INVALID_ARGUMENT, posdef_plan_cholesky(plan, &ma, NULL, NULL), "posdef_plan_cholesky", "a.dtype");
  CHECK_ERROR(POSDEF_INVALID_ARGUMENT, posdef_plan_cholesky(NULL, &ma, NULL, NULL), "posdef_plan_cholesky", "plan");
  posdef_plan_destroy(plan);
  posdef_plan_destroy(own);
  posdef_plan_destroy(NULL);

  CHECK_ERROR(POSDEF_INVALID_ARGUMENT, posdef_plan_create(&plan, POSDEF_F64, -3, 1, 1, &o, NULL, 0),
              "posdef_plan_create", "-3");
  CHECK(plan == NULL);
  if (bytes > 0) {
    CHECK(posdef_plan_create(&plan, POSDEF_F64, 3, 1, 1, &o, workspace, bytes - 1) == POSDEF_INVALID_ARGUMENT);
  }
  CHECK_ERROR(POSDEF_INVALID_ARGUMENT, posdef_plan_create(&plan, POSDEF_F64, 3, 1, 1, &o, NULL, 8),
              "posdef_plan_create", "workspace");
  CHECK_ERROR(POSDEF_INVALID_ARGUMENT, posdef_plan_create(NULL, POSDEF_F64, 3, 1, 1, &o, NULL, 0), "posdef_plan_create",
              "plan");
  CHECK_ERROR(POSDEF_INVALID_ARGUMENT, posdef_plan_create(&plan, 9, 3, 1, 1, &o, NULL, 0), "posdef_plan_create",
              "dtype");
  CHECK_ERROR(POSDEF_INVALID_ARGUMENT, posdef_plan_workspace_size(POSDEF_F64, 3, 1, 1, &o, NULL),
              "posdef_plan_workspace_size", "bytes");
  free(workspace);
}

#define CHECK_REFUSED(function, argument, call) CHECK_ERROR(POSDEF_INVALID_ARGUMENT, call, function, argument)

/* One error at a time; nothing is written. */
static void bad_arguments(void) {
  double a[] = A3, b[9] = {0};
  const double before[] = A3;
  const posdef_matrix good = posdef_col_major(POSDEF_F64, a, 3, 3);
  posdef_matrix m = good, other = posdef_col_major(POSDEF_F64, b, 3, 3);
  posdef_options o = POSDEF_OPTIONS_INIT;

  CHECK_REFUSED("posdef_cholesky", "a", posdef_cholesky(NULL, NULL, NULL, NULL));
  CHECK_REFUSED("posdef_cholesky_solve", "b", posdef_cholesky_solve(&good, NULL, NULL, NULL, NULL));
  CHECK_REFUSED("posdef_cholesky_logdet", "out", posdef_cholesky_logdet(&good, NULL, NULL, NULL));
  m.rows = -1;
  CHECK_REFUSED("posdef_cholesky", "-1", posdef_cholesky(&m, NULL, NULL, NULL));
  m = good;
  m.cols = 2;
  CHECK_REFUSED("posdef_cholesky", "a", posdef_cholesky(&m, NULL, NULL, NULL));
  m = good;
  m.ld = 2;
  CHECK_REFUSED("posdef_cholesky", "ld", posdef_cholesky(&m, NULL, NULL, NULL));
  m = good;
  m.batch = -2;
  CHECK_REFUSED("posdef_cholesky", "batch", posdef_cholesky(&m, NULL, NULL, NULL));
  m = good;
  m.data = NULL;
  CHECK_REFUSED("posdef_cholesky", "a", posdef_cholesky(&m, NULL, NULL, NULL));
  m = good;
  m.dtype = 17;
  CHECK_REFUSED("posdef_cholesky", "a.dtype", posdef_cholesky(&m, NULL, NULL, NULL));
  CHECK(last_error_has("17"));
  m = good;
  m.order = -1;
  CHECK_REFUSED("posdef_cholesky", "a.order", posdef_cholesky(&m, NULL, NULL, NULL));
  m = good;
  m.batch = 2;
  m.ld = INT64_MAX;
  CHECK_REFUSED("posdef_cholesky", "a.ld", posdef_cholesky(&m, NULL, NULL, NULL));
  other.dtype = POSDEF_F32;
  CHECK_REFUSED("posdef_cholesky", "l.dtype", posdef_cholesky(&good, &other, NULL, NULL));
  CHECK_REFUSED("posdef_solve_triangular", "b.dtype", posdef_solve_triangular(&good, &other, NULL, NULL, NULL));
  other.dtype = POSDEF_F64;
  other.batch = 2;
  CHECK_REFUSED("posdef_cholesky", "batch", posdef_cholesky(&good, &other, NULL, NULL));

  o.uplo = 2;
  CHECK_REFUSED("posdef_cholesky", "options.uplo", posdef_cholesky(&good, NULL, NULL, &o));
  o = (posdef_options)POSDEF_OPTIONS_INIT;
  o.on_failure = 3;
  CHECK_REFUSED("posdef_cholesky", "options.on_failure", posdef_cholesky(&good, NULL, NULL, &o));
  o = (posdef_options)POSDEF_OPTIONS_INIT;
  o.other = -1;
  CHECK_REFUSED("posdef_cholesky", "options.other", posdef_cholesky(&good, NULL, NULL, &o));
  o = (posdef_options)POSDEF_OPTIONS_INIT;
  o.diag = 5;
  CHECK_REFUSED("posdef_cholesky", "options.diag", posdef_cholesky(&good, NULL, NULL, &o));
  o = (posdef_options)POSDEF_OPTIONS_INIT;
  o.op = 3;
  CHECK_REFUSED("posdef_cholesky", "options.op", posdef_cholesky(&good, NULL, NULL, &o));
  o = (posdef_options)POSDEF_OPTIONS_INIT;
  o.threads = -4;
  CHECK_REFUSED("posdef_cholesky", "-4", posdef_cholesky(&good, NULL, NULL, &o));
  o = (posdef_options)POSDEF_OPTIONS_INIT;
  o.device = "abacus";
  CHECK_REFUSED("posdef_cholesky", "options.device", posdef_cholesky(&good, NULL, NULL, &o));
  CHECK(last_error_has("abacus"));

  CHECK(memcmp(a, before, sizeof(a)) == 0);
}

static void what_runs_where(void) {
  int64_t count = 0;
  int found_cpu = 0;
  CHECK_OK(posdef_device_count(&count));
  CHECK(count >= 2);
  for (int64_t i = 0; i < count; ++i) {
    posdef_device_info d = POSDEF_DEVICE_INFO_INIT;
    CHECK_OK(posdef_get_device(i, &d));
    CHECK(d.name[0] != '\0' && d.description[0] != '\0');
    if (strcmp(d.name, "reference") == 0) CHECK(d.available == 1);
    if (strcmp(d.name, "cpu") == 0) found_cpu = 1;
    if (!d.available) {
      double a[] = A3;
      posdef_matrix m = posdef_col_major(POSDEF_F64, a, 3, 3);
      posdef_options o = POSDEF_OPTIONS_INIT;
      o.device = d.name;
      CHECK(posdef_cholesky(&m, NULL, NULL, &o) == POSDEF_UNAVAILABLE);
      CHECK(last_error_has("posdef_cholesky: "));
      CHECK(a[0] == 4);
    }
  }
  CHECK(found_cpu);
  posdef_device_info d = POSDEF_DEVICE_INFO_INIT;
  CHECK_REFUSED("posdef_get_device", "index", posdef_get_device(count, &d));
  CHECK_REFUSED("posdef_get_device", "index", posdef_get_device(-1, &d));
  CHECK_REFUSED("posdef_get_device", "info", posdef_get_device(0, NULL));
  CHECK_REFUSED("posdef_device_count", "count", posdef_device_count(NULL));

  CHECK(posdef_get_num_threads() >= 1);
  CHECK_OK(posdef_set_num_threads(3));
  CHECK(posdef_get_num_threads() == 3);
  CHECK_REFUSED("posdef_set_num_threads", "threads is -1", posdef_set_num_threads(-1));
  CHECK(posdef_get_num_threads() == 3);
  CHECK_OK(posdef_set_num_threads(0));
  char version[40];
  snprintf(version, sizeof version, "%d.%d.%d", POSDEF_VERSION_MAJOR, POSDEF_VERSION_MINOR, POSDEF_VERSION_PATCH);
  CHECK(strcmp(posdef_version(), version) == 0);
  CHECK(strstr(posdef_instruction_sets(), posdef_instruction_set()) != NULL);
  CHECK(strcmp(posdef_default_device(), "cpu") == 0);
  CHECK_OK(posdef_force("reference", NULL, NULL));
  CHECK(strcmp(posdef_default_device(), "reference") == 0);
  CHECK_OK(posdef_force(NULL, NULL, NULL));

  CHECK_OK(posdef_force("reference", NULL, NULL));
  CHECK_OK(posdef_force(NULL, NULL, ""));
  CHECK_REFUSED("posdef_force", "abacus", posdef_force("abacus", NULL, NULL));
}

static void status_texts(void) {
  CHECK(strcmp(posdef_status_text(POSDEF_SUCCESS), "success") == 0);
  CHECK(strcmp(posdef_status_text(POSDEF_NOT_POSITIVE_DEFINITE), "not positive definite") == 0);
  for (posdef_status s = POSDEF_SUCCESS; s <= POSDEF_INTERNAL; ++s) {
    CHECK(strcmp(posdef_status_text(s), "unknown status") != 0);
    for (posdef_status t = POSDEF_SUCCESS; t < s; ++t) CHECK(strcmp(posdef_status_text(s), posdef_status_text(t)) != 0);
  }
  CHECK(strcmp(posdef_status_text(99), "unknown status") == 0);
}

int main(void) {
  CHECK(posdef_last_error()[0] == '\0');
  one_matrix();
  triangular_solve();
  complex_and_layouts();
  batches();
  plans();
  bad_arguments();
  what_runs_where();
  status_texts();
  if (failures != 0) fprintf(stderr, "%d checks failed\n", failures);
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
