/* Cholesky factorization of whole matrices in one launch: A = L·Lᴴ, in place.
 *
 * The lower triangle is divided into tiles of POSDEF_BLOCK × POSDEF_BLOCK. One group computes a tile completely:
 *
 *   X = A(i, k) − Σ L(i, j)·L(k, j)ᴴ,  j < k;   then  L(k, k)·L(k, k)ᴴ = X  if i = k,  else  L(i, k) = X·L(k, k)⁻ᴴ
 *
 * X stays in registers, and a product is computed when its tiles are finished. Groups communicate by counters: done[i]
 * is the number of finished tiles in block row i, which finish in column order. A group takes the next tile when it
 * starts, in the order of block columns. The tiles that it waits for were taken earlier, by running groups. So no group
 * waits forever, for any number of concurrent groups.
 *
 * The order of operations is that of rows.h, so the results are bitwise those of the other schedules.
 *
 * After a failure at column k the columns before k hold the factor; later columns are unspecified. Only the lower
 * triangle is written. */
#define TILE POSDEF_BLOCK
/* The number of rows and columns of X per item; they are as far apart as there are items per column or row. */
#define TILE_COLS_EACH (TILE / POSDEF_SIDE)
#define TILE_ROWS_EACH (TILE_COLS_EACH == 4 ? 8 : TILE_COLS_EACH)
#define TILE_DOWN (TILE / TILE_ROWS_EACH)
#define TILE_ACROSS (TILE / TILE_COLS_EACH)
#define TILE_ITEMS (TILE_DOWN * TILE_ACROSS)
#define TILE_LENGTH (TILE + WIDTH)     /* length of a row in local memory */
#define TILE_NUMBERS (TILE * TILE_LENGTH)
#define EACH_COL(s) UNROLL for (int s = 0; s < TILE_COLS_EACH; ++s)
#define EACH_ROW(r) UNROLL for (int r = 0; r < TILE_ROWS_EACH; ++r)

/* sum(r, c) += Σ u(r, k)·conj v(c, k) over `depth` columns, from the item's first row of u and of v on. Skips columns
 * before `first`, and elements above the diagonal if `lower`. depth and lower are constants. */
DEVICE void add_products(number sum[TILE_COLS_EACH][TILE_ROWS_EACH], LOCAL_POINTER const number* u,
                         LOCAL_POINTER const number* v, int depth, int first, int lower) {
  UNROLL_TWICE for (int k = 0; k < depth; k += WIDTH) {
    number x[TILE_ROWS_EACH][WIDTH], y[TILE_COLS_EACH][WIDTH];
    EACH_ROW(r) unpack(*(LOCAL_POINTER const vector*)(u + r * (TILE_DOWN * TILE_LENGTH) + k), x[r]);
    EACH_COL(s) unpack(*(LOCAL_POINTER const vector*)(v + s * (TILE_ACROSS * TILE_LENGTH) + k), y[s]);
    EACH_COL(s)
      if (s >= first) UNROLL for (int w = 0; w < WIDTH; ++w)
        EACH_ROW(r)
          if (!lower || TILE_DOWN * (r + 1) > TILE_ACROSS * s) sum[s][r] = plus_product_conj(sum[s][r], x[r][w], y[s][w]);
  }
}

/* Moves of a tile between the caller's memory and local memory: by vectors along the caller's memory if it is aligned
 * (`whole`), else by elements. Neighbouring items access neighbouring lines of columns, and neighbouring vectors of
 * rows. This accesses whole memory sectors and different local banks. */
#define LINE (TILE / WIDTH) /* vectors per line */
#define LINES_AT_A_TIME (TILE_ITEMS / LINE)
#define MOVES ((TILE + LINES_AT_A_TIME - 1) / LINES_AT_A_TIME)
#define VECTOR_OF_MOVE(down) ((down) ? ITEM / LINES_AT_A_TIME : ITEM % LINE)
#define LINE_OF_MOVE(down) ((down) ? ITEM % LINES_AT_A_TIME : ITEM / LINE)

DEVICE int whole_vectors(GLOBAL const number* a, view v) {
  const idx slow = runs_down(v) ? v.cs : v.rs;
  return (runs_down(v) ? v.rs : v.cs) == 1 && slow % WIDTH == 0 && (size_t)a % sizeof(vector) == 0;
}

/* Reads the first `rows` rows of the tile at a; the others become zero. */
DEVICE void read_tile(vector x[MOVES], GLOBAL const number* a, view v, int rows, int whole) {
  const int down = runs_down(v), f = VECTOR_OF_MOVE(down) * WIDTH, o = LINE_OF_MOVE(down);
  const idx fast = down ? v.rs : v.cs, slow = down ? v.cs : v.rs;
  GLOBAL const number* at = a + f * fast + o * slow;
  UNROLL for (int q = 0; q < MOVES; ++q) {
    const int line = o + q * LINES_AT_A_TIME;
    if (whole && rows == TILE && line < TILE) {
      x[q] = *(GLOBAL const vector*)at;
    } else {
      number y[WIDTH];
      UNROLL for (int e = 0; e < WIDTH; ++e) {
        y[e] = make(0);
        if (line < TILE && (down ? f + e : line) < rows) y[e] = at[e * fast];
      }
      x[q] = pack(y);
    }
    at += LINES_AT_A_TIME * slow;
  }
}
DEVICE void keep_tile(const vector x[MOVES], LOCAL_POINTER number* to, view v) {
  const int down = runs_down(v), f = VECTOR_OF_MOVE(down) * WIDTH, o = LINE_OF_MOVE(down);
  UNROLL for (int q = 0; q < MOVES; ++q) {
    const int line = o + q * LINES_AT_A_TIME;
    number y[WIDTH];
    unpack(x[q], y);
    if (line < TILE && !down) LOCAL_VECTOR(to + line * TILE_LENGTH + f) = x[q];
    if (line < TILE && down) UNROLL for (int e = 0; e < WIDTH; ++e) to[(f + e) * TILE_LENGTH + line] = y[e];
  }
}
/* Stores rows × cols of it; of a diagonal tile, only the lower triangle. */
DEVICE void store_tile(LOCAL_POINTER const number* from, GLOBAL number* a, view v, int rows, int cols, int diagonal,
                       int whole) {
  const int down = runs_down(v), f = VECTOR_OF_MOVE(down) * WIDTH, o = LINE_OF_MOVE(down);
  const idx fast = down ? v.rs : v.cs, slow = down ? v.cs : v.rs;
  GLOBAL number* at = a + f * fast + o * slow;
  UNROLL for (int q = 0; q < MOVES; ++q) {
    const int line = o + q * LINES_AT_A_TIME;
    number y[WIDTH];
    UNROLL for (int e = 0; e < WIDTH; ++e) {
      y[e] = make(0);
      if (line < TILE) y[e] = down ? from[(f + e) * TILE_LENGTH + line] : from[line * TILE_LENGTH + f + e];
    }
    if (whole && rows == TILE && cols == TILE && !diagonal && line < TILE) {
      *(GLOBAL vector*)at = pack(y);
    } else {
      UNROLL for (int e = 0; e < WIDTH; ++e) {
        const int row = down ? f + e : line, col = down ? line : f + e;
        if (row < rows && col < cols && (!diagonal || row >= col)) at[e * fast] = y[e];
      }
    }
    at += LINES_AT_A_TIME * slow;
  }
}

/* Copies a diagonal tile in its local layout to or from scratch memory. */
#define KEPT_EACH ((TILE_NUMBERS / WIDTH + TILE_ITEMS - 1) / TILE_ITEMS)
#define COPY_KEPT(to, from)                                          \
  {                                                                  \
    vector x[KEPT_EACH];                                             \
    UNROLL for (int q = 0; q < KEPT_EACH; ++q)                       \
      if (ITEM + q * TILE_ITEMS < TILE_NUMBERS / WIDTH) x[q] = (from)[ITEM + q * TILE_ITEMS]; \
    UNROLL for (int q = 0; q < KEPT_EACH; ++q)                       \
      if (ITEM + q * TILE_ITEMS < TILE_NUMBERS / WIDTH) (to)[ITEM + q * TILE_ITEMS] = x[q];   \
  }

/* The column of tile t, counted down the block columns of a triangle of `down` × `down` tiles. */
DEVICE int column_of_tile(int t, int down) {
  const float side = 2 * down + 1;
  int k = (int)((side - sqrt(side * side - 8.0f * t)) / 2);
  while (k > 0 && k * down - k * (k - 1) / 2 > t) --k;
  while ((k + 1) * down - (k + 1) * k / 2 <= t) ++k;
  return k;
}

/* state: 0 before the launch. It holds the number of the next tile; then for each matrix the order of the failing
 * minor, and `down` counters. kept: for each matrix `down` diagonal tiles in their local layout. */
KERNEL_SHARING(TILE_ITEMS, 2)
potrf_tiles(GLOBAL number* a, view va, GLOBAL idx* info, idx info_at, idx count, GLOBAL int* state, idx state_at,
            GLOBAL number* kept, idx kept_at LOCAL_PARAMETER(number, memory)) {
  LOCAL_OF_LAUNCH(number, memory)
  LOCAL_POINTER number* const own = memory;                   /* L(i, j), or the tile itself */
  LOCAL_POINTER number* const other = memory + TILE_NUMBERS;  /* L(k, j), or L(k, k) */
  LOCAL int task;
  const int n = (int)va.rows, down = (n + TILE - 1) / TILE;
  state += state_at;
  if (ITEM == 0) task = NEXT(state);
  BARRIER();
  const int b = task % (int)count, k = column_of_tile(task / (int)count, down);
  const int i = task / (int)count - (k * down - k * (k - 1) / 2) + k;
  const int diagonal = i == k, rows = n - i * TILE < TILE ? n - i * TILE : TILE;
  const int cols = n - k * TILE < TILE ? n - k * TILE : TILE;
  GLOBAL int* const failed = state + 1 + b * (idx)(down + 1);
  GLOBAL int* const done = failed + 1;
  const int runs = runs_down(va);
  const int row = runs ? PLACE_DOWN(TILE_DOWN) : PLACE_ACROSS(TILE_ACROSS);
  const int col = runs ? PLACE_ACROSS(TILE_DOWN) : PLACE_DOWN(TILE_ACROSS);
  a += va.offset + b * va.stride;
  kept += kept_at + (b * (idx)down + k) * TILE_NUMBERS;
  const idx down_step = TILE * va.rs, across_step = TILE * va.cs;
  GLOBAL number* const to = a + i * down_step + k * across_step;

  number x[TILE_COLS_EACH][TILE_ROWS_EACH], sum[TILE_COLS_EACH][TILE_ROWS_EACH];
  EACH_COL(s) EACH_ROW(r) {
    const int y = row + r * TILE_DOWN, z = col + s * TILE_ACROSS;
    x[s][r] = make(diagonal && y == z);
    if (y < rows && z < cols && (!diagonal || y >= z)) x[s][r] = to[y * va.rs + z * va.cs];
    if (diagonal && y == z) x[s][r] = make(re(x[s][r]));
  }

  LOCAL_POINTER const number* const u = own + row * TILE_LENGTH;
  LOCAL_POINTER const number* const v = (diagonal ? own : other) + col * TILE_LENGTH;
  const int whole = whole_vectors(a, va);
  const int together = sizeof(number) == 4; /* the other types do not have enough registers to prefetch both tiles */
  int ready = 0; /* the number of finished tiles in rows i and k that item 0 has seen */
  for (int j = 0; j < k; ++j) {
    while (ITEM == 0 && ready <= j) {
      const int p = WATCH(done + i), q = WATCH(done + k);
      ready = p < q ? p : q;
    }
    BARRIER();
    {
      vector y[MOVES], z[MOVES];
      read_tile(y, a + i * down_step + j * across_step, va, rows, whole);
      if (!together) keep_tile(y, own, va);
      if (!diagonal) read_tile(z, a + k * down_step + j * across_step, va, TILE, whole);
      if (together) keep_tile(y, own, va);
      if (!diagonal) keep_tile(z, other, va);
    }
    BARRIER();
    EACH_COL(s) EACH_ROW(r) sum[s][r] = make(0);
    if (diagonal)
      add_products(sum, u, v, TILE, 0, 1);
    else
      add_products(sum, u, v, TILE, 0, 0);
    EACH_COL(s) EACH_ROW(r) x[s][r] = minus(x[s][r], sum[s][r]);
  }
  BARRIER();
  EACH_COL(s) EACH_ROW(r) own[(row + r * TILE_DOWN) * TILE_LENGTH + col + s * TILE_ACROSS] = x[s][r];
  /* Initializes the memory after the rows, because the tile is kept with it. */
  if (ITEM < TILE)
    for (int e = 0; e < WIDTH; ++e) own[ITEM * TILE_LENGTH + TILE + e] = make(0);
  while (ITEM == 0 && !diagonal && WATCH(done + k) <= k) {}
  BARRIER_GLOBAL();
  if (!diagonal) COPY_KEPT((LOCAL_POINTER vector*)other, (GLOBAL const vector*)kept)
  BARRIER();

  LOCAL_POINTER number* const triangle = diagonal ? own : other;
  int failure = 0; /* the order of the failing minor of this tile */
  EACH_COL(s) EACH_ROW(r) sum[s][r] = make(0);
  for (int p = 0; p < PADDED(cols); p += STEP) {
    LOCAL_POINTER number* const block = triangle + p * TILE_LENGTH + p;
    const int z = p / TILE_ACROSS * TILE_ACROSS + col;
    if (z >= p && z < p + STEP) {
      LOCAL_POINTER number* const at = own + row * TILE_LENGTH + z;
      number t[TILE_ROWS_EACH];
      EACH_ROW(r) t[r] = make(0);
      /* Selects the sum of this column without indexing, so that sums stay in registers. */
      EACH_COL(s) EACH_ROW(r) t[r] = z >= s * TILE_ACROSS ? sum[s][r] : t[r];
      EACH_ROW(r) t[r] = minus(at[r * (TILE_DOWN * TILE_LENGTH)], t[r]);
      EACH_ROW(r)
        if (!diagonal || row + r * TILE_DOWN >= p) at[r * (TILE_DOWN * TILE_LENGTH)] = t[r];
    }
    BARRIER();
    if (diagonal && ITEM == 0 && !factor_diagonal(block, TILE_LENGTH)) {
      factor_diagonal_carefully(block, TILE_LENGTH);
      if (failure == 0 && first_bad(block, TILE_LENGTH) < STEP) failure = p + first_bad(block, TILE_LENGTH) + 1;
    }
    if (diagonal) BARRIER();
    if (ITEM < TILE && (!diagonal || ITEM >= p + STEP)) {
      LOCAL_POINTER number* const at = own + ITEM * TILE_LENGTH + p;
      if (re(block[INVERSE(TILE_LENGTH, 0)]) > 0)
        solve_row(at, block, TILE_LENGTH);
      else
        solve_row_carefully(at, block, TILE_LENGTH, /* unit */ 0);
    }
    BARRIER();
    add_products(sum, u + p, triangle + col * TILE_LENGTH + p, STEP, (p + STEP) / TILE_ACROSS, 0);
  }
  BARRIER();
  if (diagonal)
    COPY_KEPT((GLOBAL vector*)kept, (LOCAL_POINTER const vector*)own)
  else
    store_tile(own, to, va, rows, cols, 0, whole);
  BARRIER_GLOBAL();
  if (ITEM == 0) {
    if (diagonal && (failure != 0 || k == down - 1)) {
      const int before = WATCH(failed);
      failure = before != 0 || failure == 0 ? before : k * TILE + failure;
      if (failure != before) { PUBLISH(failed, failure) }
      if (k == down - 1) info[info_at + b] = failure;
    }
    RELEASE();
    PUBLISH(done + i, k + 1)
  }
  if (diagonal) store_tile(own, to, va, rows, cols, 1, whole);
}
