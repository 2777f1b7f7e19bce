/* A lower triangle in local memory, in rows, and its way from and to the caller's memory.
 *
 * Its order is a multiple of STEP; what is past the end of a matrix is filled with the unit matrix, so that no loop has
 * to look for the end. The STEP rows that begin at a multiple of STEP have one length: up to their diagonal block, whose
 * upper half is zero, and one vector more. So every row begins on a vector, and the vectors at one place in neighbouring
 * rows lie in different banks. */
#define STEP (POSDEF_COMPLEX && POSDEF_DOUBLE ? 4 : 8)
#define PADDED(n) (((n) + STEP - 1) / STEP * STEP)
#define ROW_LENGTH(i) ((i) / STEP * STEP + STEP + WIDTH)
/* Numbers before row i, where i is a multiple of STEP; of a triangle of order i, therefore. */
#define ROWS_BEFORE(i) ((i) * ((i) + STEP) / 2 + (i) * WIDTH)
DEVICE int row_at(int i) {
  const int first = i / STEP * STEP;
  return ROWS_BEFORE(first) + (i - first) * ROW_LENGTH(first);
}

/* Items that stand side by side along the caller's memory when `lanes` of them move a triangle. */
DEVICE int lanes_along(int lanes) { return lanes < 32 ? lanes : 32; }

/* What the triangle has at (i, j) of a block of order n, where the memory does not. */
DEVICE int in_memory(int i, int j, int n, int unit) { return i < n && (unit ? j < i : j <= i); }

/* The lower triangle of a block; `unit`: the diagonal is not read. Imaginary parts of the diagonal are dropped if
 * `hermitian`. An item has 2·STEP reads under way before it stores the first of them. */
DEVICE void load_triangle(GLOBAL const number* a, view v, LOCAL_POINTER number* w, int lane, int lanes, int unit,
                          int hermitian) {
  const int n = (int)v.rows, m = PADDED(n), down = runs_down(v), along = lanes_along(lanes);
  for (int o = lane / along * STEP; o < m; o += lanes / along * STEP) {
    const int end = down ? m : o + STEP;
    for (int f0 = lane % along + (down ? o / along * along : 0); f0 < end; f0 += 2 * along) {
      number x[2][STEP];
      UNROLL for (int h = 0; h < 2; ++h) UNROLL for (int u = 0; u < STEP; ++u) {
        const int f = f0 + h * along, i = down ? f : o + u, j = down ? o + u : f;
        x[h][u] = make(i == j ? 1 : 0);
        if (in_memory(i, j, n, unit)) x[h][u] = get(a, v, i, j);
        if (hermitian && i == j) x[h][u] = make(re(x[h][u]));
      }
      UNROLL for (int h = 0; h < 2; ++h) {
        const int f = f0 + h * along;
        if (f >= end || (down && f < o)) continue;
        if (down) {
          LOCAL_POINTER number* row = w + row_at(f) + o;
          UNROLL for (int u = 0; u < STEP; u += WIDTH) LOCAL_VECTOR(row + u) = pack(x[h] + u);
        } else {
          LOCAL_POINTER number* at = w + row_at(o) + f;
          UNROLL for (int u = 0; u < STEP; ++u) at[u * ROW_LENGTH(o)] = x[h][u];
        }
      }
    }
  }
}

/* The triangle to a block; `zero`: zeros to the block's other triangle; `bury`: NaN in place of the triangle. */
DEVICE void store_triangle(LOCAL_POINTER const number* w, GLOBAL number* l, view v, int lane, int lanes, int zero,
                           int bury) {
  const int n = (int)v.rows, down = runs_down(v), along = lanes_along(lanes);
  for (int o = lane / along * STEP; o < n; o += lanes / along * STEP)
    for (int f = lane % along; f < n; f += along) {
      number x[STEP];
      if (!zero && (down ? f < o : f >= o + STEP)) continue;
      UNROLL for (int u = 0; u < STEP; ++u) x[u] = make(0);
      if (down && f >= o) {
        LOCAL_POINTER const number* row = w + row_at(f) + o;
        UNROLL for (int u = 0; u < STEP; u += WIDTH) unpack(*(LOCAL_POINTER const vector*)(row + u), x + u);
      }
      if (!down && f < o + STEP) {
        LOCAL_POINTER const number* at = w + row_at(o) + f;
        UNROLL for (int u = 0; u < STEP; ++u) x[u] = at[u * ROW_LENGTH(o)];
      }
      UNROLL for (int u = 0; u < STEP; ++u) {
        const int i = down ? f : o + u, j = down ? o + u : f;
        if (o + u >= n) continue;
        if (i >= j) {
#if POSDEF_COMPLEX
          set(l, v, i, j, bury ? PAIR(NAN, NAN) : x[u]);
#else
          set(l, v, i, j, bury ? (real)NAN : x[u]);
#endif
        } else if (zero) {
          set(l, v, i, j, make(0));
        }
      }
    }
}
