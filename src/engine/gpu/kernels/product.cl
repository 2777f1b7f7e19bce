/* C ← C + sign·A·B for a batch, through any strides.
 *
 * A group computes a square of C of TILE rows, an item REGISTERS × REGISTERS of it in registers, eight apart; strips of A
 * and B of DEPTH columns pass through local memory. Every element is summed over k in order, wherever it lies.
 *
 *   lower   0: all of C; +1: only elements with i >= j are touched; -1: only those with i <= j. Then C is Hermitian and
 *           its diagonal is left real.
 * C's view is not conjugated and runs down its columns; the host sees to that. */
#define SIDE 8
#define REGISTERS POSDEF_REGISTERS
#define TILE (SIDE * REGISTERS)
#define DEPTH (4 * REGISTERS)
/* One more, so that neighbours in k do not fall into one bank. */
#define STRIP (TILE + 1)

/* Rows i0 .. i0+TILE-1 and columns k0 .. k0+DEPTH-1 of a; zero where it has ended. */
DEVICE void load_strip(GLOBAL const number* a, view v, idx i0, idx k0, LOCAL_POINTER number* s) {
  const int down = runs_down(v);
  for (int e = ITEM; e < TILE * DEPTH; e += SIDE * SIDE) {
    const int i = down ? e % TILE : e / DEPTH, k = down ? e / TILE : e % DEPTH;
    number x = make(0);
    if (i0 + i < v.rows && k0 + k < v.cols) x = get(a, v, i0 + i, k0 + k);
    s[k * STRIP + i] = x;
  }
}

KERNEL(SIDE* SIDE)
product(GLOBAL const number* a, view va, GLOBAL const number* bt, view vb, GLOBAL number* c, view vc,
        GLOBAL const idx* info, idx info_at, int when, int sign, int lower) {
  LOCAL number as[DEPTH * STRIP], bs[DEPTH * STRIP];
  const idx down = (vc.rows + TILE - 1) / TILE, across = (vc.cols + TILE - 1) / TILE;
  const idx b = GROUP / (down * across), t = GROUP % (down * across);
  const idx i0 = t % down * TILE, j0 = t / down * TILE;
  if (!chosen(when, info + info_at + b)) return;
  if ((lower > 0 && i0 + TILE - 1 < j0) || (lower < 0 && j0 + TILE - 1 < i0)) return;
  a += va.offset + b * va.stride;
  bt += vb.offset + b * vb.stride;
  c += vc.offset + b * vc.stride;
  const int row = ITEM % SIDE, col = ITEM / SIDE;

  number sum[REGISTERS][REGISTERS];
  UNROLL for (int s = 0; s < REGISTERS; ++s) UNROLL for (int r = 0; r < REGISTERS; ++r) sum[s][r] = make(0);
  for (idx k0 = 0; k0 < va.cols; k0 += DEPTH) {
    load_strip(a, va, i0, k0, as);
    load_strip(bt, vb, j0, k0, bs);
    BARRIER();
    for (int k = 0; k < DEPTH; ++k) {
      number x[REGISTERS];
      UNROLL for (int r = 0; r < REGISTERS; ++r) x[r] = as[k * STRIP + row + r * SIDE];
      UNROLL for (int s = 0; s < REGISTERS; ++s) {
        const number y = bs[k * STRIP + col + s * SIDE];
        UNROLL for (int r = 0; r < REGISTERS; ++r) sum[s][r] = plus_product(sum[s][r], x[r], y);
      }
    }
    BARRIER();
  }
  UNROLL for (int s = 0; s < REGISTERS; ++s) UNROLL for (int r = 0; r < REGISTERS; ++r) {
    const idx i = i0 + row + r * SIDE, j = j0 + col + s * SIDE;
    if (i >= vc.rows || j >= vc.cols || (lower > 0 && i < j) || (lower < 0 && i > j)) continue;
    const number x = add(get(c, vc, i, j), scale(sum[s][r], sign));
    set(c, vc, i, j, lower != 0 && i == j ? make(re(x)) : x);
  }
}
