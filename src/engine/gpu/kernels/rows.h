/* What a row goes through when a triangle in local memory is factored, or solved with: STEP columns at a time it loses
 * what the finished columns contribute, then it is solved with the diagonal block.
 *
 * The order of operations, which fixes the bits: b(j) minus Σ x(k)·conj L(j, k) over the finished columns k in ascending
 * order, summed from zero in chunks of CHUNK columns with one subtraction for each; inside the diagonal block one
 * subtraction for each k; then the quotient by the diagonal element. */
#define CHUNK 64
/* Where the rows of the diagonal block at p keep reciprocals of the diagonal: behind their last element. */
#define INVERSE(p, c) ((c) * ROW_LENGTH(p) + (p) + STEP)

/* Columns c0 .. c0+width-1 of `rows` rows: minus what the columns before p contribute. pivot_rows: row c0 of the triangle.
 * width and rows are constants where this is called. A row that is not `valid` is read but not written. */
DEVICE void subtract_products(LOCAL_POINTER number* const* row, const int* valid, LOCAL_POINTER const number* pivot_rows,
                              int p, int c0, int width, int rows) {
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
        UNROLL for (int r = 0; r < rows; ++r)
          UNROLL for (int v = 0; v < WIDTH; ++v) s[r][c] = plus_product_conj(s[r][c], y[r][v], z[v]);
      }
    }
    UNROLL for (int r = 0; r < rows; ++r) UNROLL for (int c = 0; c < width; ++c) t[r][c] = minus(t[r][c], s[r][c]);
  }
  UNROLL for (int r = 0; r < rows; ++r)
    if (valid[r]) UNROLL for (int c = 0; c < width; ++c) row[r][c0 + c] = t[r][c];
}

/* Columns p .. p+STEP-1 of a row, solved with the diagonal block whose rows begin at pivot_rows. `divides`: where the
 * reciprocal is zero, which says that there is none; `unit`: the diagonal is one. */
DEVICE void solve_row(LOCAL_POINTER number* row, LOCAL_POINTER const number* pivot_rows, int p, int divides, int unit) {
  number x[STEP];
  UNROLL for (int c = 0; c < STEP; c += WIDTH) unpack(*(LOCAL_POINTER const vector*)(row + p + c), x + c);
  UNROLL for (int c = 0; c < STEP; ++c) {
    LOCAL_POINTER const number* const column = pivot_rows + p + c;
    const number d = column[c * ROW_LENGTH(p)];
    const real r = re(pivot_rows[INVERSE(p, c)]);
    if (!divides || (!unit && r != 0))
      x[c] = quotients(x[c], re(d), r);
    else if (!unit)
      x[c] = divide(x[c], conjugate(d));
    UNROLL for (int j = c + 1; j < STEP; ++j) x[j] = minus_product_conj(x[j], x[c], column[j * ROW_LENGTH(p)]);
  }
  UNROLL for (int c = 0; c < STEP; c += WIDTH) LOCAL_VECTOR(row + p + c) = pack(x + c);
}
