/* A lower triangle in local memory, in rows, and its way from and to the caller's memory.
 *
 * Its order is a multiple of STEP; what is past the end of a matrix is filled with the unit matrix, so that no loop has
 * to look for the end. The STEP rows that begin at a multiple of STEP have one length: up to the end of their diagonal
 * block, whose upper half is free for what a factorization or a solve keeps there (rows.h), and one vector more. So
 * every row begins on a vector, and the vectors at one place in neighbouring rows lie in different banks. */
#define STEP (POSDEF_COMPLEX && POSDEF_DOUBLE ? 4 : 8)
#define PADDED(n) (((n) + STEP - 1) / STEP * STEP)
#define ROW_LENGTH(i) ((i) / STEP * STEP + STEP + WIDTH)
/* Numbers before row i, where i is a multiple of STEP; of a triangle of order i, therefore. */
#define ROWS_BEFORE(i) ((i) * ((i) + STEP) / 2 + (i)*WIDTH)
DEVICE int row_at(int i) {
  const int first = i / STEP * STEP;
  return ROWS_BEFORE(first) + (i - first) * ROW_LENGTH(first);
}

/* A group's items as a rectangle with `side` of them along its first index. Neighbours in pairs have the same first
 * index, and pairs beside each other the same second one: so 16 items read 16 bytes each from local memory in one
 * cycle, whichever index says where. */
#define PLACE_DOWN(side) (ITEM / 2 % (side))
#define PLACE_ACROSS(side) (ITEM % 2 + ITEM / (2 * (side)) * 2)

#define ROW_END(i) ((i) / STEP * STEP + STEP)

/* A triangle as it lies in local memory, to or from the caller's scratch memory. */
#define COPY_TRIANGLE(to, from, m, lane, lanes) \
  for (int e = lane; e < ROWS_BEFORE(m) / WIDTH; e += lanes) to[e] = from[e];

/* Items that stand side by side along the caller's memory when `lanes` of them move a triangle; each of them moves
 * BATCH elements of its line at a time: all reads are under way before the first of them is stored. */
#define BATCH 8
DEVICE int lanes_along(int lanes) { return lanes < 32 ? lanes : 32; }

/* The lower triangle of a block; `unit`: the diagonal is not read. Imaginary parts of the diagonal are dropped if
 * `hermitian`. */
DEVICE_APART void load_triangle(GLOBAL const number* a, view v, LOCAL_POINTER number* w, int lane, int lanes, int unit,
                                int hermitian) {
  const int n = (int)v.rows, m = PADDED(n), down = runs_down(v), along = lanes_along(lanes), apart = lanes / along;
  const idx fast = down ? v.rs : v.cs, slow = down ? v.cs : v.rs;
  for (int f = lane % along; f < m; f += along)
    /* Down: row f and its columns. Else column f and its rows, from its diagonal block on. */
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

/* The triangle to a block; `zero`: zeros to the block's other triangle; `bury`: NaN in place of the triangle. */
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
