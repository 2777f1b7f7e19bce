/* B ← B·L⁻ᴴ for a batch: L lower of order n <= POSDEF_BLOCK, in local memory, and a group's rows of B beside it.
 *
 *   x(j) = (b(j) − Σ x(k)·conj L(j,k)) / conj L(j,j),  k < j,
 *
 * STEP columns at a time, in the order of rows.h: four items subtract from a row what the columns of earlier steps
 * contribute, then one item solves it. A row sees nothing of the others, and what is bad in a column of B never reaches the
 * columns before it. `unit`: the diagonal is not read.
 *
 * A quotient is a product with the reciprocal and a correction where the diagonal element is real and its reciprocal is a
 * normal number, else a division. */
#define SOLVE_ROWS (POSDEF_COMPLEX || POSDEF_DOUBLE ? 32 : 64) /* engine.hpp has the same numbers */
#define SOLVE_SPLIT 4
#define SOLVE_ITEMS (SOLVE_ROWS * SOLVE_SPLIT)
#define SIDE_LENGTH (POSDEF_BLOCK + WIDTH)

/* `rows` rows of B from the caller's memory to local memory; an item has 2·STEP reads under way, as in triangle.h. */
DEVICE void load_sides(GLOBAL const number* x, view v, LOCAL_POINTER number* s, int rows) {
  const int n = (int)v.cols, down = runs_down(v), m = PADDED(n), along = 32;
  const idx fast = down ? v.rs : v.cs, slow = down ? v.cs : v.rs;
  const int lines = down ? n : rows, length = down ? rows : n;
  for (int o = ITEM / along * STEP; o < (down ? m : rows); o += SOLVE_ITEMS / along * STEP)
    for (int f0 = ITEM % along; f0 < (down ? rows : m); f0 += 2 * along) {
      number y[2][STEP];
      UNROLL for (int h = 0; h < 2; ++h) {
        const int f = f0 + h * along;
        GLOBAL const number* at = x + f * fast + o * slow;
        UNROLL for (int u = 0; u < STEP; ++u) {
          y[h][u] = make(0);
          if (f < length && o + u < lines) y[h][u] = v.conj ? conjugate(*at) : *at;
          at += slow;
        }
      }
      UNROLL for (int h = 0; h < 2; ++h) {
        const int f = f0 + h * along;
        LOCAL_POINTER number* const to = s + (down ? f * SIDE_LENGTH + o : o * SIDE_LENGTH + f);
        UNROLL for (int u = 0; u < STEP; ++u)
          if (down ? f < rows : f < m && o + u < rows) to[down ? u : u * SIDE_LENGTH] = y[h][u];
      }
    }
}
/* And back. */
DEVICE void store_sides(LOCAL_POINTER const number* s, GLOBAL number* x, view v, int rows) {
  const int n = (int)v.cols, down = runs_down(v), along = 32;
  const idx fast = down ? v.rs : v.cs, slow = down ? v.cs : v.rs;
  const int lines = down ? n : rows, length = down ? rows : n;
  for (int o = ITEM / along * STEP; o < lines; o += SOLVE_ITEMS / along * STEP)
    for (int f = ITEM % along; f < length; f += along) {
      LOCAL_POINTER const number* const from = s + (down ? f * SIDE_LENGTH + o : o * SIDE_LENGTH + f);
      GLOBAL number* at = x + f * fast + o * slow;
      UNROLL for (int u = 0; u < STEP; ++u) {
        if (o + u < lines) {
          const number y = from[down ? u : u * SIDE_LENGTH];
          *at = v.conj ? conjugate(y) : y;
        }
        at += slow;
      }
    }
}

KERNEL(SOLVE_ITEMS)
trsm_block(GLOBAL const number* l, view vl, GLOBAL number* x, view vx, GLOBAL const idx* info, idx info_at, int when,
           int unit) {
  LOCAL vector triangle[ROWS_BEFORE(POSDEF_BLOCK) / WIDTH], sides[SOLVE_ROWS * SIDE_LENGTH / WIDTH];
  LOCAL_POINTER number* const w = (LOCAL_POINTER number*)triangle;
  LOCAL_POINTER number* const s = (LOCAL_POINTER number*)sides;
  LOCAL int divides; /* whether some diagonal element has no reciprocal */
  const idx groups = (vx.rows + SOLVE_ROWS - 1) / SOLVE_ROWS;
  const idx b = GROUP / groups, row0 = GROUP % groups * SOLVE_ROWS;
  const int n = (int)vl.rows, m = PADDED(n);
  const int rows = !chosen(when, info + info_at + b)    ? 0
                   : vx.rows - row0 < (idx)SOLVE_ROWS ? (int)(vx.rows - row0)
                                                      : SOLVE_ROWS;
  l += vl.offset + b * vl.stride;
  x += vx.offset + b * vx.stride + row0 * vx.rs;
  if (rows > 0) load_triangle(l, vl, w, ITEM, SOLVE_ITEMS, unit, /* hermitian */ 0);
  load_sides(x, vx, s, rows);
  if (ITEM == 0) divides = 0;
  BARRIER();
  for (int i = ITEM; i < m && rows > 0; i += SOLVE_ITEMS) {
    const number d = w[row_at(i) + i];
    const real r = 1 / re(d), most = POSDEF_DOUBLE ? (real)4e307 : (real)8e37;
    const int normal = real_number(d) && fabs(r) < most && fabs(re(d)) < most;
    w[row_at(i / STEP * STEP) + INVERSE(i / STEP * STEP, i % STEP)] = make(normal ? r : (real)0);
    if (!normal && !unit) divides = 1;
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
      if (divides || unit)
        solve_row(s + ITEM * SIDE_LENGTH, w + row_at(p), p, 1, unit);
      else
        solve_row(s + ITEM * SIDE_LENGTH, w + row_at(p), p, 0, 0);
    }
    BARRIER();
  }
  store_sides(s, x, vx, rows);
}
