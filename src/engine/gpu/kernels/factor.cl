/* Cholesky factorization in local memory: A = L·Lᴴ for a batch of blocks of order n <= POSDEF_ORDER.
 *
 * Left-looking, STEP columns at a time. For the columns p .. p+STEP-1 every row subtracts what the finished columns
 * contribute; then every item factors the STEP × STEP diagonal block for itself, in registers, and solves its rows with
 * it, so that a step costs two barriers instead of two for each column.
 *
 * `lanes` items share a matrix (a power of two from STEP to TILE_ITEMS); a group treats TILE_ITEMS / lanes of them.
 *
 *   a, l   the block that is read, lower, and the one that is written; the same memory or none in common
 *   first  0: the block is, or begins, a matrix; info is written, 0 or k. Else the matrices that have failed before are
 *          left alone, and info is written only for a failure: first + k
 *   zero   the other triangle of l becomes zero
 *   nan    the lower triangle of a failed l becomes NaN
 * After a failure at column k the columns before k hold the factor. */
DEVICE void factor_triangles(GLOBAL const number* a, view va, GLOBAL number* l, view vl, GLOBAL idx* info, idx info_at,
                             idx count, idx first, int lanes, int zero, int nan_fill, LOCAL_POINTER number* tile) {
  const int lane = ITEM % lanes, slot = ITEM / lanes;
  const int n = (int)va.rows, m = PADDED(n);
  const idx b = GROUP * (TILE_ITEMS / lanes) + slot;
  LOCAL_POINTER number* w = tile + slot * TRIANGLE(m);
  int here = b < count;
  if (here && first != 0) here = info[info_at + b] == 0;
  if (here) {
    a += va.offset + b * va.stride;
    l += vl.offset + b * vl.stride;
    load_triangle(a, va, w, lane, lanes, /* unit */ 0, /* hermitian */ 1);
  }
  BARRIER_GLOBAL();

  int failed = 0; /* the order of the failing minor */
  for (int p = 0; p < m; p += STEP) {
    const int alive = here && failed == 0;
    if (alive)
      for (int i = p + lane; i < m; i += lanes) {
        LOCAL_POINTER number* row = w + TRIANGLE(i);
        number x[STEP];
        UNROLL for (int c = 0; c < STEP; ++c) x[c] = p + c <= i ? row[p + c] : make(0);
        for (int k = 0; k < p; ++k) {
          const number y = row[k];
          UNROLL for (int c = 0; c < STEP; ++c) x[c] = minus_product_conj(x[c], y, w[TRIANGLE(p + c) + k]);
        }
        UNROLL for (int c = 0; c < STEP; ++c) if (p + c <= i) row[p + c] = x[c];
      }
    BARRIER();
    number d[TRIANGLE(STEP)];
    if (alive) {
      real inverse[STEP];
      int bad = STEP;
      UNROLL for (int i = 0; i < STEP; ++i)
        UNROLL for (int j = 0; j <= i; ++j) d[TRIANGLE(i) + j] = w[TRIANGLE(p + i) + p + j];
      UNROLL for (int c = 0; c < STEP; ++c) {
        const real pivot = re(d[TRIANGLE(c) + c]);
        if (bad == STEP && !(pivot > 0 && pivot < INFINITY)) bad = c;
        const real root = bad == STEP ? sqrt(pivot) : (real)1;
        inverse[c] = bad == STEP ? 1 / root : (real)0;
        d[TRIANGLE(c) + c] = make(root);
        UNROLL for (int i = c + 1; i < STEP; ++i) d[TRIANGLE(i) + c] = scale(d[TRIANGLE(i) + c], inverse[c]);
        UNROLL for (int i = c + 1; i < STEP; ++i)
          UNROLL for (int j = c + 1; j <= i; ++j)
            d[TRIANGLE(i) + j] = minus_product_conj(d[TRIANGLE(i) + j], d[TRIANGLE(i) + c], d[TRIANGLE(j) + c]);
      }
      for (int i = p + STEP + lane; i < m; i += lanes) {
        LOCAL_POINTER number* row = w + TRIANGLE(i);
        number x[STEP];
        UNROLL for (int c = 0; c < STEP; ++c) {
          x[c] = row[p + c];
          UNROLL for (int k = 0; k < c; ++k) x[c] = minus_product_conj(x[c], x[k], d[TRIANGLE(c) + k]);
          x[c] = scale(x[c], inverse[c]);
          row[p + c] = x[c];
        }
      }
      if (bad < STEP) failed = p + bad + 1;
    }
    BARRIER();
    /* Nobody reads these rows again before the end. */
    if (alive)
      UNROLL for (int i = 0; i < STEP; ++i)
        if (lane == i) UNROLL for (int j = 0; j <= i; ++j) w[TRIANGLE(p + i) + p + j] = d[TRIANGLE(i) + j];
  }
  BARRIER();

  if (!here) return;
  if (lane == 0 && first == 0) info[info_at + b] = failed;
  if (lane == 0 && first != 0 && failed != 0) info[info_at + b] = first + failed;
  const int down = runs_down(vl), bury = nan_fill && failed != 0;
  for (int o = 0; o < n; ++o)
    for (int e = lane; down ? e < n - o : e <= o; e += lanes) {
      const int i = down ? o + e : o, j = down ? o : e;
#if POSDEF_COMPLEX
      set(l, vl, i, j, bury ? PAIR(NAN, NAN) : w[TRIANGLE(i) + j]);
#else
      set(l, vl, i, j, bury ? NAN : w[TRIANGLE(i) + j]);
#endif
    }
  if (zero)
    for (int o = 0; o < n; ++o)
      for (int e = lane; down ? e < o : o + 1 + e < n; e += lanes)
        set(l, vl, down ? e : o, down ? o : o + 1 + e, make(0));
}

/* Up to the order of a block, and up to the largest order: little memory lets more groups run at once. */
KERNEL(TILE_ITEMS)
potrf_block(GLOBAL const number* a, view va, GLOBAL number* l, view vl, GLOBAL idx* info, idx info_at, idx count,
            idx first, int lanes, int zero, int nan_fill) {
  LOCAL number tile[TRIANGLE(POSDEF_BLOCK)];
  factor_triangles(a, va, l, vl, info, info_at, count, first, lanes, zero, nan_fill, tile);
}
KERNEL(TILE_ITEMS)
potrf_tile(GLOBAL const number* a, view va, GLOBAL number* l, view vl, GLOBAL idx* info, idx info_at, idx count,
           idx first, int lanes, int zero, int nan_fill) {
  LOCAL number tile[TRIANGLE(POSDEF_ORDER)];
  factor_triangles(a, va, l, vl, info, info_at, count, first, lanes, zero, nan_fill, tile);
}
