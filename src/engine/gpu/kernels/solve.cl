/* B ← B·L⁻ᴴ for a batch: L lower of order n <= POSDEF_BLOCK, in local memory; an item takes a row of B.
 *
 *   x(j) = (b(j) − Σ x(k)·conj L(j,k)) / conj L(j,j),  k < j,
 *
 * STEP columns at a time, so that an element x(k) that is read serves STEP of them. A row is one item's own, so there is
 * nothing to wait for, and what is bad in a column of B never reaches the columns before it. It divides rather than
 * multiplying by a reciprocal, which may not be representable. `unit`: the diagonal is not read. */
KERNEL(TILE_ITEMS)
trsm_block(GLOBAL const number* l, view vl, GLOBAL number* x, view vx, GLOBAL const idx* info, idx info_at, int when,
           int unit) {
  LOCAL number w[TRIANGLE(POSDEF_BLOCK)];
  const idx groups = (vx.rows + TILE_ITEMS - 1) / TILE_ITEMS;
  const idx b = GROUP / groups, row = (GROUP % groups) * TILE_ITEMS + ITEM;
  const int n = (int)vl.rows, m = PADDED(n);
  if (!chosen(when, info + info_at + b)) return;
  l += vl.offset + b * vl.stride;
  x += vx.offset + b * vx.stride;
  load_triangle(l, vl, w, ITEM, TILE_ITEMS, unit, /* hermitian */ 0);
  BARRIER();
  if (row >= vx.rows) return;
  for (int p = 0; p < m; p += STEP) {
    number y[STEP];
    UNROLL for (int c = 0; c < STEP; ++c) y[c] = p + c < n ? get(x, vx, row, p + c) : make(0);
    for (int k = 0; k < p; ++k) {
      const number z = get(x, vx, row, k);
      UNROLL for (int c = 0; c < STEP; ++c) y[c] = minus_product_conj(y[c], z, w[TRIANGLE(p + c) + k]);
    }
    UNROLL for (int c = 0; c < STEP; ++c) {
      UNROLL for (int k = 0; k < c; ++k) y[c] = minus_product_conj(y[c], y[k], w[TRIANGLE(p + c) + p + k]);
      if (!unit) y[c] = divide(y[c], conjugate(w[TRIANGLE(p + c) + p + c]));
      if (p + c < n) set(x, vx, row, p + c, y[c]);
    }
  }
}
