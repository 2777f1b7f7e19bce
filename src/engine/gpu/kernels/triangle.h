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

/* The lower triangle of a block; `unit`: the diagonal is not read. Imaginary parts of the diagonal are dropped if
 * `hermitian`. An item takes STEP lines across memory, in two places, and has all these reads under way before it stores the
 * first of them. The lines o .. o+STEP-1 are columns or rows; f counts along them. */
DEVICE void load_triangle(GLOBAL const number* a, view v, LOCAL_POINTER number* w, int lane, int lanes, int unit,
                          int hermitian) {
  const int n = (int)v.rows, m = PADDED(n), down = runs_down(v), along = lanes_along(lanes);
  const idx fast = down ? v.rs : v.cs, slow = down ? v.cs : v.rs;
  for (int o = lane / along * STEP; o < m; o += lanes / along * STEP) {
    const int end = down ? m : o + STEP;
    for (int f0 = lane % along + (down ? o / along * along : 0); f0 < end; f0 += 2 * along) {
      number x[2][STEP];
      UNROLL for (int h = 0; h < 2; ++h) {
        const int f = f0 + h * along, diagonal = f - o;
        /* The lines that have an element here. */
        const int first = down ? 0 : diagonal + unit, last = !down ? n - 1 - o : f < n ? diagonal - unit : -1;
        GLOBAL const number* at = a + f * fast + o * slow;
        UNROLL for (int u = 0; u < STEP; ++u) {
          x[h][u] = make(u == diagonal ? 1 : 0);
          if (u >= first && u <= last) x[h][u] = v.conj ? conjugate(*at) : *at;
          if (hermitian && u == diagonal) x[h][u] = make(re(x[h][u]));
          at += slow;
        }
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
  const idx fast = down ? v.rs : v.cs, slow = down ? v.cs : v.rs;
  for (int o = lane / along * STEP; o < n; o += lanes / along * STEP) {
    const int from = !zero && down ? o / along * along : 0, end = !zero && !down && o + STEP < n ? o + STEP : n;
    for (int f = lane % along + from; f < end; f += along) {
      number x[STEP];
      const int diagonal = f - o;
      GLOBAL number* at = l + f * fast + o * slow;
      UNROLL for (int u = 0; u < STEP; ++u) x[u] = make(0);
      if (down && f >= o) {
        LOCAL_POINTER const number* row = w + row_at(f) + o;
        UNROLL for (int u = 0; u < STEP; u += WIDTH) unpack(*(LOCAL_POINTER const vector*)(row + u), x + u);
      }
      if (!down && f < o + STEP) {
        LOCAL_POINTER const number* line = w + row_at(o) + f;
        UNROLL for (int u = 0; u < STEP; ++u) x[u] = line[u * ROW_LENGTH(o)];
      }
      UNROLL for (int u = 0; u < STEP; ++u) {
        const int lower = down ? u <= diagonal : u >= diagonal;
#if POSDEF_COMPLEX
        const number y = !lower ? make(0) : bury ? PAIR(NAN, NAN) : v.conj ? conjugate(x[u]) : x[u];
#else
        const number y = !lower ? make(0) : bury ? (real)NAN : x[u];
#endif
        if (o + u < n && (lower || zero)) *at = y;
        at += slow;
      }
    }
  }
}
