/* B ← B·L⁻ᴴ for a batch. L, lower of order n <= POSDEF_BLOCK, and a group's rows of B are in local memory.
 *
 *   x(j) = (b(j) − Σ x(k)·conj L(j,k)) / conj L(j,j),  k < j,
 *
 * STEP columns at a time, in the order of rows.h: several items subtract the contribution of earlier steps from a row,
 * then one item solves it. Rows are independent, and a non-finite number in a column of B does not affect the columns
 * before it. `unit`: the diagonal is not read.
 *
 * First, M and the reciprocals of the diagonal blocks are computed. If this fails for one element, all rows of the
 * block are solved with the elements of L. If the block was factored just before (`kept`), both are read from scratch
 * memory, and the rows are bitwise those of a single launch. */
#define SOLVE_ROWS (POSDEF_COMPLEX || POSDEF_DOUBLE ? 32 : 64) /* the same numbers as in engine.hpp */
#define SOLVE_SPLIT (POSDEF_COMPLEX != POSDEF_DOUBLE ? 8 : 4)
#define SOLVE_ITEMS (SOLVE_ROWS * SOLVE_SPLIT)
#define SIDE_LENGTH (POSDEF_BLOCK + WIDTH)

/* Loads `rows` rows of B into local memory, as in triangle.h. */
DEVICE void load_sides(GLOBAL const number* x, view v, LOCAL_POINTER number* s, int rows) {
  const int n = (int)v.cols, down = runs_down(v), m = PADDED(n), along = 32, apart = SOLVE_ITEMS / along;
  const idx fast = down ? v.rs : v.cs, slow = down ? v.cs : v.rs;
  for (int f = ITEM % along; f < (down ? rows : m); f += along)
    for (int o = ITEM / along; o < (down ? m : rows); o += BATCH * apart) {
      GLOBAL const number* at = x + f * fast + o * slow;
      LOCAL_POINTER number* to = s + (down ? f * SIDE_LENGTH + o : o * SIDE_LENGTH + f);
      number y[BATCH];
      UNROLL for (int q = 0; q < BATCH; ++q) {
        const int e = o + q * apart;
        y[q] = make(0);
        if ((down ? e : f) < n && (down || e < rows)) y[q] = v.conj ? conjugate(*at) : *at;
        at += apart * slow;
      }
      UNROLL for (int q = 0; q < BATCH; ++q) {
        if (o + q * apart < (down ? m : rows)) *to = y[q];
        to += down ? apart : apart * SIDE_LENGTH;
      }
    }
}
/* Stores them. */
DEVICE void store_sides(LOCAL_POINTER const number* s, GLOBAL number* x, view v, int rows) {
  const int n = (int)v.cols, down = runs_down(v), along = 32, apart = SOLVE_ITEMS / along;
  const idx fast = down ? v.rs : v.cs, slow = down ? v.cs : v.rs;
  for (int f = ITEM % along; f < (down ? rows : n); f += along)
    for (int o = ITEM / along; o < (down ? n : rows); o += BATCH * apart) {
      GLOBAL number* at = x + f * fast + o * slow;
      LOCAL_POINTER const number* from = s + (down ? f * SIDE_LENGTH + o : o * SIDE_LENGTH + f);
      UNROLL for (int q = 0; q < BATCH; ++q) {
        if (o + q * apart < (down ? n : rows)) *at = v.conj ? conjugate(*from) : *from;
        at += apart * slow;
        from += down ? apart : apart * SIDE_LENGTH;
      }
    }
}

/* Computes M and the reciprocals of the diagonal for solve_row, one element per item. Returns whether this succeeded.
 * (Not DEVICE_APART: PoCL 3.1 then computes wrong solutions.) */
DEVICE int prepare_element(LOCAL_POINTER number* w, int p, int c, int j) {
  const real most = MOST_SAFE_ELEMENT;
  LOCAL_POINTER number* const rows = w + row_at(p);
  const number d = rows[c * ROW_LENGTH(p) + p + c];
  const real r = 1 / re(d);
  const int normal = real_number(d) && fabs(re(d)) < most && fabs(r) < most;
  if (j == c) rows[p + INVERSE(ROW_LENGTH(p), c)] = make(normal ? r : (real)0);
  if (j > c && normal) {
    const number x = quotients(rows[j * ROW_LENGTH(p) + p + c], re(d), r);
    rows[c * ROW_LENGTH(p) + p + j] = x;
#if POSDEF_COMPLEX
    const real size = fmax(fabs(x.x), fabs(x.y));
#else
    const real size = fabs(x);
#endif
    /* Not smaller than L(j, c), or far from the subnormal range. */
    const int kept = size == 0 ? zero_number(rows[j * ROW_LENGTH(p) + p + c]) : fabs(re(d)) <= 1 || size > LEAST_SAFE_PIVOT;
    return size < most && kept;
  }
  return normal;
}

KERNEL(SOLVE_ITEMS)
trsm_block(GLOBAL const number* l, view vl, GLOBAL number* x, view vx, GLOBAL const idx* info, idx info_at, int when,
           int unit, int groups, GLOBAL const number* scratch, idx scratch_at, idx kept) {
  LOCAL vector triangle[ROWS_BEFORE(POSDEF_BLOCK) / WIDTH], sides[SOLVE_ROWS * SIDE_LENGTH / WIDTH];
  LOCAL_POINTER number* const w = (LOCAL_POINTER number*)triangle;
  LOCAL_POINTER number* const s = (LOCAL_POINTER number*)sides;
  LOCAL int careful;
  const int b = (int)GROUP / groups;
  const idx row0 = (idx)((int)GROUP % groups) * SOLVE_ROWS;
  const int n = (int)vl.rows, m = PADDED(n);
  const int rows = !chosen(when, info + info_at + b) ? 0
                   : vx.rows - row0 < (idx)SOLVE_ROWS ? (int)(vx.rows - row0)
                                                      : SOLVE_ROWS;
  l += vl.offset + b * vl.stride;
  x += vx.offset + b * vx.stride + row0 * vx.rs;
  scratch += scratch_at + b * kept;
  if (rows > 0 && kept != 0) COPY_TRIANGLE(triangle, ((GLOBAL const vector*)scratch), m, ITEM, SOLVE_ITEMS)
  if (rows > 0 && kept == 0) load_triangle(l, vl, w, ITEM, SOLVE_ITEMS, unit, /* hermitian */ 0);
  load_sides(x, vx, s, rows);
  if (ITEM == 0) careful = unit && rows > 0;
  BARRIER();
  for (int e = ITEM; e < m * STEP && rows > 0 && kept == 0; e += SOLVE_ITEMS)
    if (!prepare_element(w, e / (STEP * STEP) * STEP, e / STEP % STEP, e % STEP)) careful = 1;
  BARRIER();
  /* solve_row_carefully expects negated reciprocals. */
  for (int i = ITEM; i < m && careful; i += SOLVE_ITEMS) {
    LOCAL_POINTER number* const r = BLOCK(w, i / STEP * STEP) + INVERSE(ROW_LENGTH(i), i % STEP);
    *r = make(-re(*r));
  }
  BARRIER();
  for (int p = 0; p < m; p += STEP) {
    const int i = ITEM / SOLVE_SPLIT, c0 = p + ITEM % SOLVE_SPLIT * (STEP / SOLVE_SPLIT);
    if (p > 0 && i < rows) {
      LOCAL_POINTER number* row[2];
      int valid[2];
      row[0] = s + i * SIDE_LENGTH;
      valid[0] = 1;
      subtract_products(row, valid, w + row_at(c0), p, c0, STEP / SOLVE_SPLIT, 1);
    }
    BARRIER();
    if (ITEM < rows) {
      LOCAL_POINTER number* const row = s + ITEM * SIDE_LENGTH + p;
      LOCAL_POINTER const number* const block = BLOCK(w, p);
      const int length = ROW_LENGTH(p);
      if (kept != 0 ? !(re(block[INVERSE(length, 0)]) > 0) : careful)
        solve_row_carefully(row, block, length, unit);
      else
        solve_row(row, block, length);
    }
    BARRIER();
  }
  store_sides(s, x, vx, rows);
}
