/* Cholesky factorization in local memory: A = L·Lᴴ for a batch of blocks.
 *
 * Left-looking, STEP columns at a time. For the columns p .. p+STEP-1 every row subtracts the contribution of the
 * finished columns. Then one item factors the STEP × STEP diagonal block in registers, without waiting for memory or
 * other items. Then every row below is solved with it. A step costs three barriers, instead of two per column.
 *
 * The order of operations is that of rows.h.
 *
 *   a, l   the input block (lower) and the output block; the same memory or no overlap
 *   first  0: the block is a matrix or the start of one; info is written, 0 or k. Otherwise matrices that have failed
 *          are left unchanged, and info is written only for a failure: first + k
 *   zero   set the other triangle of l to zero
 *   nan    set the lower triangle of a failed l to NaN
 *   keep   0, or the distance of kept triangles: the triangle in its local layout, with M and reciprocals, is stored
 *          for trsm_block in scratch memory, that of matrix b at b·keep
 * After a failure at column k the columns before k hold the factor. */

/* Rows from p on, columns p .. p+STEP-1: subtracts the contribution of the columns before p. An item processes `rows`
 * rows and STEP/split columns at a time; both are constants. */
DEVICE_APART void subtract_columns(LOCAL_POINTER number* w, int p, int m, int lane, int lanes, int split, int rows) {
  const int width = STEP / split, c0 = p + lane % split * width, apart = lanes / split;
  for (int i = p + lane / split; i < m; i += apart * rows) {
    LOCAL_POINTER number* row[2];
    int valid[2];
    UNROLL for (int r = 0; r < rows; ++r) {
      valid[r] = i + r * apart < m;
      row[r] = w + row_at(valid[r] ? i + r * apart : i);
    }
    subtract_products(row, valid, w + row_at(c0), p, c0, width, rows);
  }
}

/* One item factors a STEP × STEP block as M·D²·Mᴴ. From one pivot to the next it takes a reciprocal and three
 * operations,
 *
 *   d(i, j) ← d(i, j) − d(i, c)·conj M(j, c),  M(j, c) = d(j, c)/d(c, c);
 *
 * and all roots are computed at the end. Returns 0, and does not change the lower half, if a pivot is not positive or
 * outside the safe range, or if a quotient is not finite. */
DEVICE_APART int factor_diagonal(LOCAL_POINTER number* rows, int length) {
  const real least = LEAST_SAFE_PIVOT, most = 1 / least;
  number d[STEP][STEP]; /* the lower half: the block, then L */
  int safe = 1;
  UNROLL for (int i = 0; i < STEP; ++i)
    UNROLL for (int j = 0; j <= i; j += WIDTH) unpack(*(LOCAL_POINTER const vector*)(rows + i * length + j), d[i] + j);
  UNROLL for (int c = 0; c < STEP; ++c) {
    const real pivot = re(d[c][c]), r = RECIPROCAL(pivot);
    safe = safe && pivot > least && pivot < most;
    number m[STEP];
    UNROLL for (int j = c + 1; j < STEP; ++j) m[j] = finite_quotients(d[j][c], pivot, r);
    UNROLL for (int j = c + 1; j < STEP; ++j)
      UNROLL for (int i = j; i < STEP; ++i) d[i][j] = minus_product_conj(d[i][j], d[i][c], m[j]);
    UNROLL for (int j = c + 1; j < STEP; ++j) rows[c * length + j] = m[j];
  }
  /* For float, the roots overlap with the pivots. The other types do not have enough registers for both. */
  const int apart = POSDEF_DOUBLE || POSDEF_COMPLEX;
  if (apart && !safe) return 0;
  UNROLL for (int c = 0; c < STEP; ++c) {
    real root, inverse;
    root_and_inverse(re(d[c][c]), &root, &inverse);
    rows[INVERSE(length, c)] = make(inverse);
    d[c][c] = make(root);
    UNROLL for (int i = c + 1; i < STEP; ++i) d[i][c] = finite_quotients(d[i][c], root, inverse);
    if (apart) UNROLL for (int i = c; i < STEP; ++i) rows[i * length + c] = d[i][c];
  }
  if (!apart && safe)
    UNROLL for (int i = 0; i < STEP; ++i)
      UNROLL for (int j = 0; j <= i; ++j) rows[i * length + j] = d[i][j];
  return safe;
}

/* The same for all pivots, column by column, while the minors are positive definite. Reciprocals are negative, and zero
 * from the first column on whose pivot is not positive and finite. */
DEVICE_APART void factor_diagonal_carefully(LOCAL_POINTER number* rows, int length) {
  int good = 1;
  for (int c = 0; c < STEP; ++c) {
    const real pivot = re(rows[c * length + c]);
    real root, inverse;
    if (!(pivot > 0 && pivot < INFINITY)) good = 0;
    root_and_inverse(good ? pivot : (real)1, &root, &inverse);
    rows[c * length + c] = make(root);
    rows[INVERSE(length, c)] = make(good ? -inverse : (real)0);
    for (int i = c + 1; i < STEP; ++i) rows[i * length + c] = quotients(rows[i * length + c], root, inverse);
    for (int j = c + 1; j < STEP; ++j)
      for (int i = j; i < STEP; ++i)
        rows[i * length + j] = minus_product_conj(rows[i * length + j], rows[i * length + c], rows[j * length + c]);
  }
}

/* The first column of a diagonal block whose pivot failed; STEP if none failed. */
DEVICE int first_bad(LOCAL_POINTER const number* rows, int length) {
  int bad = 0;
  while (bad < STEP && re(rows[INVERSE(length, bad)]) != 0) ++bad;
  return bad;
}

/* Factors one matrix by `lanes` items (a power of two, at least STEP) in their part of local memory. `info` is that of
 * the matrix. Items without a matrix (`here` = 0) read and write nothing but execute the barriers. few_rows: a
 * constant, true if there are four items per row. */
DEVICE void factor_triangle(GLOBAL const number* a, view va, GLOBAL number* l, view vl, GLOBAL idx* info, int here,
                            idx first, int lane, int lanes, int few_rows, int zero, int nan_fill,
                            GLOBAL number* scratch, idx keep, idx b, LOCAL_POINTER number* w) {
  const int m = PADDED((int)va.rows);
  if (here) load_triangle(a, va, w, lane, lanes, /* unit */ 0, /* hermitian */ 1);
  /* Initializes the memory after the rows, because keep copies it. */
  if (here && keep != 0)
    for (int i = lane; i < m; i += lanes)
      for (int e = 0; e < WIDTH; ++e) w[row_at(i) + ROW_END(i) + e] = make(0);
  BARRIER_GLOBAL();
  int failed = 0; /* the order of the failing minor */
  for (int p = 0; p < m; p += STEP) {
    const int alive = here && failed == 0, rows = m - p, length = ROW_LENGTH(p);
    LOCAL_POINTER number* const block = BLOCK(w, p);
    if (alive && p > 0) {
      /* The split depends on the number of items; the rounding is the same. */
      if (few_rows || rows * 4 <= lanes)
        subtract_columns(w, p, m, lane, lanes, 4, 1);
      else if (rows * 2 <= lanes)
        subtract_columns(w, p, m, lane, lanes, 2, 1);
      else
        subtract_columns(w, p, m, lane, lanes, 2, 2);
    }
    BARRIER();
    if (alive && lane == 0 && !factor_diagonal(block, length)) factor_diagonal_carefully(block, length);
    BARRIER();
    if (alive) {
      const int careful = !(re(block[INVERSE(length, 0)]) > 0);
      for (int i = p + STEP + lane; i < m; i += lanes)
        if (careful)
          solve_row_carefully(w + row_at(i) + p, block, length, /* unit */ 0);
        else
          solve_row(w + row_at(i) + p, block, length);
      if (careful && first_bad(block, length) < STEP) failed = p + first_bad(block, length) + 1;
    }
    BARRIER();
  }
  if (!here) return;
  if (lane == 0 && first == 0) info[0] = failed;
  if (lane == 0 && first != 0 && failed != 0) info[0] = first + failed;
  if (keep != 0) {
    GLOBAL vector* const kept = (GLOBAL vector*)(scratch + b * keep);
    COPY_TRIANGLE(kept, ((LOCAL_POINTER const vector*)w), m, lane, lanes)
  }
  store_triangle(w, l, vl, lane, lanes, zero, nan_fill && failed != 0);
}

/* A group factors one matrix or several; `lanes` items share one. Local memory holds as many triangles. */
#define FACTOR_SMALL_ITEMS 64
#define FACTOR_ITEMS 256
#define FACTOR(items)                                                                                  \
  const int lane = ITEM % lanes, slot = ITEM / lanes;                                                  \
  const idx b = GROUP * ((items) / lanes) + slot;                                                      \
  int here = b < count;                                                                                \
  if (here && first != 0) here = info[info_at + b] == 0;                                               \
  factor_triangle(a + va.offset + b * va.stride, va, l + vl.offset + b * vl.stride, vl, info + info_at + b, here, first, \
                  lane, lanes, /* few_rows */ 0, zero, nan_fill, scratch + scratch_at, keep, b, \
                  tile + slot * ROWS_BEFORE(PADDED((int)va.rows)));

KERNEL(FACTOR_SMALL_ITEMS)
potrf_small(GLOBAL const number* a, view va, GLOBAL number* l, view vl, GLOBAL idx* info, idx info_at, idx count,
            idx first, int lanes, int zero, int nan_fill, GLOBAL number* scratch, idx scratch_at,
            idx keep LOCAL_PARAMETER(number, tile)) {
  LOCAL_OF_LAUNCH(number, tile)
  FACTOR(FACTOR_SMALL_ITEMS)
}
KERNEL(FACTOR_ITEMS)
potrf_tile(GLOBAL const number* a, view va, GLOBAL number* l, view vl, GLOBAL idx* info, idx info_at, idx count,
           idx first, int lanes, int zero, int nan_fill, GLOBAL number* scratch, idx scratch_at,
           idx keep LOCAL_PARAMETER(number, tile)) {
  LOCAL_OF_LAUNCH(number, tile)
  FACTOR(FACTOR_ITEMS)
}
