/* C ← C + sign·A·B for a batch, with any strides; B is given transposed.
 *
 * This source is compiled for two tiles (product_small.h, product_large.h). A group of DOWN × ACROSS items computes
 * TILE_ROWS × TILE_COLS elements of C; an item computes ITEM_ROWS × ITEM_COLS of them in registers. Micro-panels of A
 * and of the transposed B, DEPTH columns deep, are copied to local memory with double buffering: while one is used, the
 * next one is loaded into registers. C is loaded into registers before the sums. Each element is summed from zero in
 * ascending k, in chunks of CHUNK with one addition per chunk (rows.h). The rounding does not depend on the tile, the
 * position or the batch.
 *
 *   lower   0: all of C; +1: only elements with i >= j; -1: only elements with i <= j. For ±1 C is Hermitian and its
 *           diagonal becomes real.
 *   wide    C's columns are contiguous, and columns and matrices are whole vectors apart: C can be accessed by vectors
 *           if its start is aligned, which the host does not know
 *   vd      of order 0, or the block at the start of C, to be factored next: the group that has updated it factors it
 *           at once (factor.cl; `first` and info as there)
 *   scratch, scratch_at, keep   where the factored block is kept (factor.cl)
 * The host passes C as a view with contiguous columns that is not conjugated. */
#define PRODUCT_ITEMS (DOWN * ACROSS)
#define TILE_ROWS (DOWN * ITEM_ROWS)
#define TILE_COLS (ACROSS * ITEM_COLS)
#define A_EACH (TILE_ROWS * DEPTH / PRODUCT_ITEMS)
#define B_EACH (TILE_COLS * DEPTH / PRODUCT_ITEMS)
#define A_LENGTH (TILE_ROWS + WIDTH)
#define B_LENGTH (TILE_COLS + WIDTH)
#define SLICES (2 * DEPTH * (A_LENGTH + B_LENGTH))

KERNEL_SHARING(PRODUCT_ITEMS, GROUPS)
PRODUCT(GLOBAL const number* a, view va, GLOBAL const number* bt, view vb, GLOBAL number* c, view vc, GLOBAL idx* info,
        idx info_at, idx count, int when, int sign, int lower, int wide, view vd, idx first, GLOBAL number* scratch,
        idx scratch_at, idx keep) {
  LOCAL vector memory[(SLICES > ROWS_BEFORE(POSDEF_BLOCK) ? SLICES : ROWS_BEFORE(POSDEF_BLOCK)) / WIDTH];
  LOCAL_POINTER number* const as = (LOCAL_POINTER number*)memory;
  LOCAL_POINTER number* const bs = as + 2 * DEPTH * A_LENGTH;
  /* The first tiles of all matrices are processed first, because the next launch needs their diagonal blocks. */
  const int m = (int)vc.rows, n = (int)vc.cols, down = (m + TILE_ROWS - 1) / TILE_ROWS;
  int b = (int)GROUP % (int)count, t = (int)GROUP / (int)count, i0 = t % down * TILE_ROWS, j0 = t / down * TILE_COLS;
  const int row = PLACE_DOWN(DOWN), col = PLACE_ACROSS(DOWN);
  /* A group without work executes the barriers with empty micro-panels, because CPU drivers compile conditional
   * barriers twice. */
  const int other = (lower > 0 && i0 + TILE_ROWS - 1 < j0) || (lower < 0 && j0 + TILE_COLS - 1 < i0);
  int on = !other && chosen(when, info + info_at + b);
  /* Stored in local memory until the end of the sums, to save registers. */
  LOCAL int matrix, tile;
  if (ITEM == 0) matrix = b, tile = on ? t : -1;

  /* The elements that an item moves: A_EACH and B_EACH elements of a micro-panel, contiguous across items. The first
   * one is (ai, ak); the next ones follow along the index that is not contiguous in memory. */
  const int a_down = runs_down(va), b_down = runs_down(vb), depth = on ? (int)va.cols : 0;
  const int ai = a_down ? ITEM % TILE_ROWS : ITEM / DEPTH, ak = a_down ? ITEM / TILE_ROWS : ITEM % DEPTH;
  const int bi = b_down ? ITEM % TILE_COLS : ITEM / DEPTH, bk = b_down ? ITEM / TILE_COLS : ITEM % DEPTH;
  const int a_apart = PRODUCT_ITEMS / (a_down ? TILE_ROWS : DEPTH), b_apart = PRODUCT_ITEMS / (b_down ? TILE_COLS : DEPTH);
  const idx a_step = a_apart * (a_down ? va.cs : va.rs), b_step = b_apart * (b_down ? vb.cs : vb.rs);
  const int a_rows = m - i0 < TILE_ROWS ? m - i0 : TILE_ROWS, b_rows = n - j0 < TILE_COLS ? n - j0 : TILE_COLS;
  LOCAL_POINTER number* const a_at = as + ak * A_LENGTH + ai;
  LOCAL_POINTER number* const b_at = bs + bk * B_LENGTH + bi;
  const int a_local = a_apart * (a_down ? A_LENGTH : 1), b_local = b_apart * (b_down ? B_LENGTH : 1);
  a += va.offset + b * va.stride + (i0 + ai) * va.rs + ak * va.cs;
  bt += vb.offset + b * vb.stride + (j0 + bi) * vb.rs + bk * vb.cs;

  number x[ITEM_COLS][ITEM_ROWS], sum[ITEM_COLS][ITEM_ROWS], ra[A_EACH], rb[B_EACH];
#define READ(k0, down, i, k, rows, apart, step, each, from, to)           \
  {                                                                       \
    const int left = depth - (k0), here = down ? i < rows : k < left;     \
    const int first = down ? k : i, end = !here ? 0 : down ? left : rows; \
    GLOBAL const number* at = from;                                       \
    UNROLL for (int q = 0; q < each; ++q) {                               \
      to[q] = make(0);                                                    \
      if (first + q * apart < end) to[q] = *at;                           \
      at += step;                                                         \
    }                                                                     \
  }
#define READ_SLICES(k0)                                              \
  READ(k0, a_down, ai, ak, a_rows, a_apart, a_step, A_EACH, a, ra)   \
  READ(k0, b_down, bi, bk, b_rows, b_apart, b_step, B_EACH, bt, rb)  \
  a += DEPTH * va.cs;                                                \
  bt += DEPTH * vb.cs;
#define STORE_SLICES(stage)                                                                                     \
  UNROLL for (int q = 0; q < A_EACH; ++q)                                                                        \
      a_at[(stage) * (DEPTH * A_LENGTH) + q * a_local] = va.conj ? conjugate(ra[q]) : ra[q];                     \
  UNROLL for (int q = 0; q < B_EACH; ++q)                                                                        \
      b_at[(stage) * (DEPTH * B_LENGTH) + q * b_local] = vb.conj ? conjugate(rb[q]) : rb[q];

  GLOBAL number* to = c + vc.offset + b * vc.stride;
  /* Element r of column s of an item. */
#define ROW(r) (i0 + (r) / WIDTH * (WIDTH * DOWN) + row * WIDTH + (r) % WIDTH)
#define COL(s) (j0 + (s) / WIDTH * (WIDTH * ACROSS) + col * WIDTH + (s) % WIDTH)
  /* The rows of a column that are computed. */
#define FIRST(s) (lower > 0 ? COL(s) : 0)
#define END(s) (!on || COL(s) >= n ? 0 : lower < 0 && COL(s) + 1 < m ? COL(s) + 1 : m)
  /* A whole tile that is accessed by vectors. */
#define WHOLE                                                                                           \
  (on && wide && (size_t)to % sizeof(vector) == 0 && i0 + TILE_ROWS <= m && j0 + TILE_COLS <= n &&         \
   (lower == 0 || (lower > 0 ? i0 >= j0 + TILE_COLS : j0 >= i0 + TILE_ROWS)))
  const int whole = WHOLE;
  READ_SLICES(0)
  UNROLL for (int s = 0; s < ITEM_COLS; ++s) {
    GLOBAL const number* const column = to + COL(s) * vc.cs;
    if (whole) {
      UNROLL for (int r = 0; r < ITEM_ROWS; r += WIDTH) unpack(*(GLOBAL const vector*)(column + ROW(r)), x[s] + r);
    } else {
      UNROLL for (int r = 0; r < ITEM_ROWS; ++r) {
        x[s][r] = make(0);
        if (ROW(r) >= FIRST(s) && ROW(r) < END(s)) x[s][r] = column[ROW(r) * vc.rs];
      }
    }
    UNROLL for (int r = 0; r < ITEM_ROWS; ++r) sum[s][r] = make(0);
  }
  STORE_SLICES(0)
  BARRIER();
  for (int k0 = 0, stage = 0; k0 < depth; k0 += DEPTH, stage ^= 1) {
    const int more = k0 + DEPTH < depth;
    if (more) { READ_SLICES(k0 + DEPTH) }
    UNROLL_DEEP for (int k = 0; k < DEPTH; ++k) {
      number u[ITEM_ROWS], v[ITEM_COLS];
      UNROLL for (int r = 0; r < ITEM_ROWS; r += WIDTH)
        unpack(LOCAL_VECTOR(as + (stage * DEPTH + k) * A_LENGTH + r * DOWN + row * WIDTH), u + r);
      UNROLL for (int s = 0; s < ITEM_COLS; s += WIDTH)
        unpack(LOCAL_VECTOR(bs + (stage * DEPTH + k) * B_LENGTH + s * ACROSS + col * WIDTH), v + s);
      UNROLL for (int s = 0; s < ITEM_COLS; ++s)
        UNROLL for (int r = 0; r < ITEM_ROWS; ++r) sum[s][r] = plus_product(sum[s][r], u[r], v[s]);
    }
    if (!more || (k0 + DEPTH) % CHUNK == 0)
      UNROLL for (int s = 0; s < ITEM_COLS; ++s) UNROLL for (int r = 0; r < ITEM_ROWS; ++r) {
        x[s][r] = plus_scaled(x[s][r], sum[s][r], sign);
        sum[s][r] = make(0);
      }
    if (more) { STORE_SLICES(stage ^ 1) }
    BARRIER();
  }
#undef READ
#undef READ_SLICES
#undef STORE_SLICES

  b = matrix;
  t = tile;
  on = t >= 0;
  i0 = t % down * TILE_ROWS;
  j0 = t / down * TILE_COLS;
  to = c + vc.offset + b * vc.stride;
  const int still_whole = WHOLE;
  UNROLL for (int s = 0; s < ITEM_COLS; ++s) {
    GLOBAL number* const column = to + COL(s) * vc.cs;
    if (still_whole) {
      UNROLL for (int r = 0; r < ITEM_ROWS; r += WIDTH) *(GLOBAL vector*)(column + ROW(r)) = pack(x[s] + r);
    } else {
      UNROLL for (int r = 0; r < ITEM_ROWS; ++r) {
        if (lower != 0 && ROW(r) == COL(s)) x[s][r] = make(re(x[s][r]));
        if (ROW(r) >= FIRST(s) && ROW(r) < END(s)) column[ROW(r) * vc.rs] = x[s][r];
      }
    }
  }
#undef WHOLE
#undef ROW
#undef COL
#undef FIRST
#undef END
  if (t != 0) vd.rows = 0;
  BARRIER_GLOBAL();
  c += vd.offset + b * vd.stride;
  factor_triangle(c, vd, c, vd, info + info_at + b, vd.rows > 0 && info[info_at + b] == 0, first, ITEM, ITEMS(PRODUCT_ITEMS),
                  /* few_rows */ 1, 0, 0, scratch + scratch_at, keep, b, as);
}
#undef PRODUCT_ITEMS
#undef TILE_ROWS
#undef TILE_COLS
#undef A_EACH
#undef B_EACH
#undef A_LENGTH
#undef B_LENGTH
#undef SLICES
#undef PRODUCT
#undef GROUPS
#undef DOWN
#undef ACROSS
#undef ITEM_ROWS
#undef ITEM_COLS
#undef DEPTH
