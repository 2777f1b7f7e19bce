/* B ← B·L⁻ᴴ for a batch: L lower of order n <= POSDEF_BLOCK, in local memory; an item takes a row of B.
 *
 *   x(j) = (b(j) − Σ x(k)·conj L(j,k)) / conj L(j,j),  k < j,
 *
 * STEP columns at a time, so that an element x(k) that is read serves STEP of them; summed from zero over the columns of
 * earlier steps, then one subtraction for each k of its own. A row is one item's own, so there is nothing to wait for,
 * and what is bad in a column of B never reaches the columns before it. `unit`: the diagonal is not read.
 *
 * A quotient is a product with the reciprocal and a correction where the diagonal element is real and its reciprocal is a
 * normal number, else a division. */
#define SOLVE_ITEMS (POSDEF_COMPLEX || POSDEF_DOUBLE ? 32 : 64) /* engine.hpp has the same number */
#define SIDE_LENGTH (POSDEF_BLOCK + WIDTH)

/* `rows` rows of B from the caller's memory to local memory; an item has STEP reads under way. */
DEVICE void load_sides(GLOBAL const number* x, view v, LOCAL_POINTER number* s, int rows) {
  const int n = (int)v.cols, down = runs_down(v), m = PADDED(n), along = 32;
  for (int o = ITEM / along * STEP; o < (down ? m : rows); o += SOLVE_ITEMS / along * STEP)
    for (int f = ITEM % along; f < (down ? rows : m); f += along) {
      number y[STEP];
      UNROLL for (int u = 0; u < STEP; ++u) {
        const int i = down ? f : o + u, j = down ? o + u : f;
        y[u] = make(0);
        if (i < rows && j < n) y[u] = get(x, v, i, j);
      }
      UNROLL for (int u = 0; u < STEP; ++u) {
        const int i = down ? f : o + u, j = down ? o + u : f;
        if (i < rows) s[i * SIDE_LENGTH + j] = y[u];
      }
    }
}
/* And back. */
DEVICE void store_sides(LOCAL_POINTER const number* s, GLOBAL number* x, view v, int rows) {
  const int n = (int)v.cols, down = runs_down(v), along = 32;
  for (int o = ITEM / along; o < (down ? n : rows); o += SOLVE_ITEMS / along)
    for (int f = ITEM % along; f < (down ? rows : n); f += along) {
      const int i = down ? f : o, j = down ? o : f;
      set(x, v, i, j, s[i * SIDE_LENGTH + j]);
    }
}

KERNEL(SOLVE_ITEMS)
trsm_block(GLOBAL const number* l, view vl, GLOBAL number* x, view vx, GLOBAL const idx* info, idx info_at, int when,
           int unit) {
  LOCAL vector triangle[ROWS_BEFORE(POSDEF_BLOCK) / WIDTH], sides[SOLVE_ITEMS * SIDE_LENGTH / WIDTH];
  LOCAL real inverse[POSDEF_BLOCK]; /* 0: divide */
  LOCAL_POINTER number* const w = (LOCAL_POINTER number*)triangle;
  LOCAL_POINTER number* const row = (LOCAL_POINTER number*)sides + ITEM * SIDE_LENGTH;
  const idx groups = (vx.rows + SOLVE_ITEMS - 1) / SOLVE_ITEMS;
  const idx b = GROUP / groups, row0 = GROUP % groups * SOLVE_ITEMS;
  const int n = (int)vl.rows, m = PADDED(n);
  const int rows = !chosen(when, info + info_at + b)       ? 0
                   : vx.rows - row0 < (idx)SOLVE_ITEMS ? (int)(vx.rows - row0)
                                                       : SOLVE_ITEMS;
  l += vl.offset + b * vl.stride;
  x += vx.offset + b * vx.stride + row0 * vx.rs;
  if (rows > 0) load_triangle(l, vl, w, ITEM, SOLVE_ITEMS, unit, /* hermitian */ 0);
  load_sides(x, vx, (LOCAL_POINTER number*)sides, rows);
  BARRIER();
  for (int i = ITEM; i < m && rows > 0; i += SOLVE_ITEMS) {
    const number d = w[row_at(i) + i];
    const real r = 1 / re(d), most = POSDEF_DOUBLE ? (real)4e307 : (real)8e37;
    inverse[i] = real_number(d) && fabs(r) < most && fabs(re(d)) < most ? r : (real)0;
  }
  BARRIER();
  if (ITEM < rows)
    for (int p = 0; p < m; p += STEP) {
      LOCAL_POINTER const number* const block = w + row_at(p);
      number y[STEP], s[STEP];
      UNROLL for (int c = 0; c < STEP; ++c) s[c] = make(0);
      for (int k = 0; k < p; k += WIDTH) {
        number z[WIDTH];
        unpack(*(LOCAL_POINTER const vector*)(row + k), z);
        UNROLL for (int c = 0; c < STEP; ++c) {
          number t[WIDTH];
          unpack(*(LOCAL_POINTER const vector*)(block + c * ROW_LENGTH(p) + k), t);
          UNROLL for (int v = 0; v < WIDTH; ++v) s[c] = plus_product_conj(s[c], z[v], t[v]);
        }
      }
      UNROLL for (int c = 0; c < STEP; c += WIDTH) unpack(*(LOCAL_POINTER const vector*)(row + p + c), y + c);
      UNROLL for (int c = 0; c < STEP; ++c) y[c] = minus(y[c], s[c]);
      UNROLL for (int c = 0; c < STEP; ++c) {
        const number d = block[c * ROW_LENGTH(p) + p + c];
        const real r = inverse[p + c];
        if (!unit) y[c] = r != 0 ? quotients(y[c], re(d), r) : divide(y[c], conjugate(d));
        UNROLL for (int j = c + 1; j < STEP; ++j)
          y[j] = minus_product_conj(y[j], y[c], block[j * ROW_LENGTH(p) + p + c]);
      }
      UNROLL for (int c = 0; c < STEP; c += WIDTH) LOCAL_VECTOR(row + p + c) = pack(y + c);
    }
  BARRIER();
  store_sides((LOCAL_POINTER const number*)sides, x, vx, rows);
}
