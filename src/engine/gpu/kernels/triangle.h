/* The layout of a lower triangle by rows in local memory, and copies from and to the caller's memory.
 *
 * The order is padded to a multiple of STEP with the identity, so that loops need no bounds checks. The STEP rows from
 * a multiple of STEP on have one length: to the end of their diagonal block, whose upper half stores data of a
 * factorization or solve (rows.h), plus one vector. So every row starts at a vector, and vectors in the same column of
 * neighbouring rows are in different banks. */
#define STEP (POSDEF_COMPLEX && POSDEF_DOUBLE ? 4 : 8)
#define PADDED(n) (((n) + STEP - 1) / STEP * STEP)
#define ROW_LENGTH(i) ((i) / STEP * STEP + STEP + WIDTH)
/* The numbers before row i, a multiple of STEP; equals the size of a triangle of order i. */
#define ROWS_BEFORE(i) ((i) * ((i) + STEP) / 2 + (i)*WIDTH)
DEVICE int row_at(int i) {
  const int first = i / STEP * STEP;
  return ROWS_BEFORE(first) + (i - first) * ROW_LENGTH(first);
}

/* Arranges the items of a group as a rectangle with `side` items along its first index. Two neighbouring items have the
 * same first index, and neighbouring pairs have the same second index. So 16 items read 16 bytes each from local memory
 * in one cycle, whichever index selects the address. */
#define PLACE_DOWN(side) (ITEM / 2 % (side))
#define PLACE_ACROSS(side) (ITEM % 2 + ITEM / (2 * (side)) * 2)

#define ROW_END(i) ((i) / STEP * STEP + STEP)

/* Copies a triangle in its local layout to or from scratch memory. */
#define COPY_TRIANGLE(to, from, m, lane, lanes) \
  for (int e = lane; e < ROWS_BEFORE(m) / WIDTH; e += lanes) to[e] = from[e];

/* The number of items that access contiguous memory when `lanes` items move a triangle. Each item moves BATCH elements
 * of its line at a time: it issues all reads before the first store. */
#define BATCH 8
DEVICE int lanes_along(int lanes) { return lanes < 32 ? lanes : 32; }

/* Loads the lower triangle of a block. `unit`: the diagonal is not read. `hermitian`: imaginary parts of the diagonal
 * become zero. */
DEVICE_APART void load_triangle(GLOBAL const number* a, view v, LOCAL_POINTER number* w, int lane, int lanes, int unit,
                                int hermitian) {
  const int n = (int)v.rows, m = PADDED(n), down = runs_down(v), along = lanes_along(lanes), apart = lanes / along;
  const idx fast = down ? v.rs : v.cs, slow = down ? v.cs : v.rs;
  for (int f = lane % along; f < m; f += along)
    /* Contiguous columns: row f and its columns. Otherwise column f and its rows, from its diagonal block on. */
    for (int o = (down ? 0 : f / STEP * STEP) + lane / along; o < (down ? ROW_END(f) : m); o += BATCH * apart) {
      GLOBAL const number* at = a + f * fast + o * slow;
      number x[BATCH];
      UNROLL for (int q = 0; q < BATCH; ++q) {
        const int s = o + q * apart, below = down ? f - s : s - f;
        x[q] = make(below == 0 ? 1 : 0);
        if ((down ? f : s) < n && below >= unit) x[q] = v.conj ? conjugate(*at) : *at;
        if (hermitian && below == 0) x[q] = make(re(x[q]));
        at += apart * slow;
      }
      UNROLL for (int q = 0; q < BATCH; ++q) {
        const int s = o + q * apart;
        if (s < (down ? ROW_END(f) : m)) w[down ? row_at(f) + s : row_at(s) + f] = x[q];
      }
    }
}

/* Stores the triangle to a block. `zero`: zeros the other triangle. `bury`: stores NaN instead of the triangle. */
DEVICE_APART void store_triangle(LOCAL_POINTER const number* w, GLOBAL number* l, view v, int lane, int lanes, int zero,
                                 int bury) {
  const int n = (int)v.rows, down = runs_down(v), along = lanes_along(lanes), apart = lanes / along;
  const idx fast = down ? v.rs : v.cs, slow = down ? v.cs : v.rs;
  for (int f = lane % along; f < n; f += along) {
    const int first = down || zero ? 0 : f / STEP * STEP, end = down && !zero ? f + 1 : n;
    for (int o = first + lane / along; o < end; o += BATCH * apart) {
      GLOBAL number* at = l + f * fast + o * slow;
      UNROLL for (int q = 0; q < BATCH; ++q) {
        const int s = o + q * apart, lower = down ? s <= f : s >= f;
        if (s < end && (lower || zero)) {
          number x = make(0);
          if (lower) x = w[down ? row_at(f) + s : row_at(s) + f];
#if POSDEF_COMPLEX
          if (v.conj) x = conjugate(x);
          if (lower && bury) x = PAIR(NAN, NAN);
#else
          if (lower && bury) x = NAN;
#endif
          *at = x;
        }
        at += apart * slow;
      }
    }
  }
}
