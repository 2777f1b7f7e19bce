/* The operations on a row when a triangle in local memory is factored or solved with. For STEP columns at a time, the
 * contribution of the finished columns is subtracted; then the row is solved with the diagonal block.
 *
 * The order of operations, which determines the rounding: b(j) minus Σ x(k)·conj L(j, k) over the finished columns k in
 * ascending order, summed from zero in chunks of CHUNK columns with one subtraction per chunk. product.cl uses the same
 * chunks, and blocks start where chunks start. So an element is rounded equally whether its matrix is factored in one
 * launch or by blocks and panels of any width. (One exception: products of complex matrices stored by rows exchange the
 * factors.) In the diagonal block, with D = diag(L) and M = L·D⁻¹, which has ones on its diagonal:
 *
 *   x·Lᴴ = b  as  z·Mᴴ = b,  x = z·D⁻ᴴ
 *
 * one subtraction for each k, then the quotients, each of which depends only on its own z. A division between two
 * columns would take three times as long. M is stored in the upper half of the diagonal block: M(j, c) at (c, j).
 *
 * If an element of M or a reciprocal of the diagonal is out of range, or the diagonal is not real, rows are solved
 * column by column with the elements of L. In a factorization the sign of the reciprocals indicates this: positive for
 * M, negative or zero (no reciprocal) for L. A solve uses a flag. */
#define CHUNK POSDEF_BLOCK
/* A diagonal block is given by its first element and the length of its rows. The block at p of a triangle: */
#define BLOCK(w, p) ((w) + row_at(p) + (p))
/* The reciprocals of the diagonal are stored after the last element of each row. */
#define INVERSE(length, c) ((c) * (length) + STEP)

/* Columns c0 .. c0+width-1 of `rows` rows: subtracts the contribution of the columns before p. pivot_rows: row c0 of
 * the triangle. width and rows are constants. A row that is not `valid` is read but not written. */
DEVICE_APART void subtract_products(LOCAL_POINTER number* const* row, const int* valid,
                                    LOCAL_POINTER const number* pivot_rows, int p, int c0, int width, int rows) {
  const int length = ROW_LENGTH(p);
  number t[2][STEP];
  UNROLL for (int r = 0; r < rows; ++r) UNROLL for (int c = 0; c < width; ++c) t[r][c] = row[r][c0 + c];
  for (int k0 = 0; k0 < p; k0 += CHUNK) {
    const int end = k0 + CHUNK < p ? k0 + CHUNK : p;
    number s[2][STEP];
    UNROLL for (int r = 0; r < rows; ++r) UNROLL for (int c = 0; c < width; ++c) s[r][c] = make(0);
    UNROLL_SOME for (int k = k0; k < end; k += WIDTH) {
      number y[2][WIDTH];
      UNROLL for (int r = 0; r < rows; ++r) unpack(*(LOCAL_POINTER const vector*)(row[r] + k), y[r]);
      UNROLL for (int c = 0; c < width; ++c) {
        number z[WIDTH];
        unpack(*(LOCAL_POINTER const vector*)(pivot_rows + c * length + k), z);
        UNROLL for (int r = 0; r < rows; ++r) UNROLL for (int v = 0; v < WIDTH; ++v) s[r][c] =
            plus_product_conj(s[r][c], y[r][v], z[v]);
      }
    }
    UNROLL for (int r = 0; r < rows; ++r) UNROLL for (int c = 0; c < width; ++c) t[r][c] = minus(t[r][c], s[r][c]);
  }
  UNROLL for (int r = 0; r < rows; ++r) if (valid[r]) UNROLL for (int c = 0; c < width; ++c) row[r][c0 + c] = t[r][c];
}

/* Solves STEP elements of a row with a diagonal block. */
DEVICE_APART void solve_row(LOCAL_POINTER number* row, LOCAL_POINTER const number* block, int length) {
  number x[STEP];
  UNROLL for (int c = 0; c < STEP; c += WIDTH) unpack(*(LOCAL_POINTER const vector*)(row + c), x + c);
  UNROLL for (int c = 0; c < STEP; ++c) {
    LOCAL_POINTER const number* const block_row = block + c * length;
    number m[STEP];
    UNROLL for (int j = c / WIDTH * WIDTH; j < STEP; j += WIDTH)
        unpack(*(LOCAL_POINTER const vector*)(block_row + j), m + j);
    UNROLL for (int j = c + 1; j < STEP; ++j) x[j] = minus_product_conj(x[j], x[c], m[j]);
    x[c] = quotients(x[c], re(m[c]), re(block[INVERSE(length, c)]));
  }
  UNROLL for (int c = 0; c < STEP; c += WIDTH) LOCAL_VECTOR(row + c) = pack(x + c);
}

/* The same column by column. A reciprocal of zero means that there is none. `unit`: the diagonal is one. */
DEVICE_APART void solve_row_carefully(LOCAL_POINTER number* row, LOCAL_POINTER const number* block, int length,
                                      int unit) {
  for (int c = 0; c < STEP; ++c) {
    LOCAL_POINTER const number* const column = block + c;
    const number d = column[c * length];
    const real r = re(block[INVERSE(length, c)]);
    number x = row[c];
    if (!unit) x = r != 0 ? quotients(x, re(d), -r) : divide(x, conjugate(d));
    row[c] = x;
    for (int j = c + 1; j < STEP; ++j) row[j] = minus_product_conj(row[j], x, column[j * length]);
  }
}
