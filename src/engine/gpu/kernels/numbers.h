/* Numbers and views: what every kernel is written in.
 *
 * One text serves the four types. A number is a real or a pair (x + i·y); the functions below hide which. A view says
 * how a batch of blocks lies in a buffer, as engine/gpu/matrices.hpp does on the host: element (i, j) of matrix b is at
 * offset + b·stride + i·rs + j·cs, and its complex conjugate is meant if `conj`. */
typedef struct {
  idx offset, stride, rows, cols, rs, cs;
  int conj, unused;
} view;

/* Which elements of a block, and which matrices of the batch, a kernel touches (matrices.hpp has the same numbers). */
#define PART_FULL 0
#define PART_LOWER 1
#define PART_STRICT_LOWER 2
#define PART_DIAGONAL 3
#define WHEN_ALWAYS 0
#define WHEN_GOOD 1
#define WHEN_FAILED 2

#if POSDEF_COMPLEX
typedef pair number;
DEVICE number make(real x) { return PAIR(x, 0); }
DEVICE real re(number x) { return x.x; }
DEVICE number conjugate(number x) { return PAIR(x.x, -x.y); }
DEVICE number add(number a, number b) { return PAIR(a.x + b.x, a.y + b.y); }
DEVICE number scale(number a, real s) { return PAIR(a.x * s, a.y * s); }
/* c + a·b and c − a·conj(b) */
DEVICE number plus_product(number c, number a, number b) {
  return PAIR(c.x + a.x * b.x - a.y * b.y, c.y + a.x * b.y + a.y * b.x);
}
DEVICE number minus_product_conj(number c, number a, number b) {
  return PAIR(c.x - a.x * b.x - a.y * b.y, c.y + a.x * b.y - a.y * b.x);
}
/* a/b without overflow in between (Smith's division). */
DEVICE number divide(number a, number b) {
  if (fabs(b.x) >= fabs(b.y)) {
    const real q = b.y / b.x, d = b.x + b.y * q;
    return PAIR((a.x + a.y * q) / d, (a.y - a.x * q) / d);
  }
  {
    const real q = b.x / b.y, d = b.x * q + b.y;
    return PAIR((a.x * q + a.y) / d, (a.y * q - a.x) / d);
  }
}
DEVICE int finite_number(number x) { return isfinite(x.x) && isfinite(x.y); }
DEVICE int zero_number(number x) { return x.x == 0 && x.y == 0; }
DEVICE int real_number(number x) { return x.y == 0; }
#else
typedef real number;
DEVICE number make(real x) { return x; }
DEVICE real re(number x) { return x; }
DEVICE number conjugate(number x) { return x; }
DEVICE number add(number a, number b) { return a + b; }
DEVICE number scale(number a, real s) { return a * s; }
DEVICE number plus_product(number c, number a, number b) { return c + a * b; }
DEVICE number minus_product_conj(number c, number a, number b) { return c - a * b; }
DEVICE number divide(number a, number b) { return a / b; }
DEVICE int finite_number(number x) { return isfinite(x); }
DEVICE int zero_number(number x) { return x == 0; }
DEVICE int real_number(number x) { return 1; }
#endif

/* Element (i, j) of the matrix that begins at p. */
DEVICE number get(GLOBAL const number* p, view v, idx i, idx j) {
  const number x = p[i * v.rs + j * v.cs];
  return v.conj ? conjugate(x) : x;
}
DEVICE void set(GLOBAL number* p, view v, idx i, idx j, number x) {
  p[i * v.rs + j * v.cs] = v.conj ? conjugate(x) : x;
}
/* Whether the first index runs along memory. */
DEVICE int runs_down(view v) {
  const idx r = v.rs < 0 ? -v.rs : v.rs, c = v.cs < 0 ? -v.cs : v.cs;
  return r <= c;
}
DEVICE int in_part(int part, idx i, idx j) {
  return part == PART_FULL || (part == PART_LOWER && i >= j) || (part == PART_STRICT_LOWER && i > j) ||
         (part == PART_DIAGONAL && i == j);
}
/* Whether the matrix of this info is to be treated. */
DEVICE int chosen(int when, GLOBAL const idx* info) {
  if (when == WHEN_ALWAYS) return 1;
  return (info[0] == 0) == (when == WHEN_GOOD);
}

/* A triangle in local memory: row i, of i + 1 elements, at TRIANGLE(i). Its order is a multiple of STEP; what is past
 * the end of a block is filled with the unit matrix, so that no loop over it has to look for the end. */
#define TRIANGLE(i) ((i) * ((i) + 1) / 2)
#define STEP (POSDEF_COMPLEX && POSDEF_DOUBLE ? 4 : 8)
#define TILE_ITEMS 64
#define PADDED(n) (((n) + STEP - 1) / STEP * STEP)

/* Row or column `lane`, lane + lanes, ... of the lower triangle of a block into local memory; `unit`: the diagonal is
 * not read. Imaginary parts of the diagonal are dropped if `hermitian`. */
DEVICE void load_triangle(GLOBAL const number* a, view v, LOCAL_POINTER number* w, int lane, int lanes, int unit,
                          int hermitian) {
  const int n = (int)v.rows, m = PADDED(n), down = runs_down(v);
  for (int o = 0; o < n; ++o)
    for (int e = lane; down ? e < n - o : e <= o; e += lanes) {
      const int i = down ? o + e : o, j = down ? o : e;
      number x = make(1);
      if (i != j || !unit) x = get(a, v, i, j);
      if (i == j && hermitian) x = make(re(x));
      w[TRIANGLE(i) + j] = x;
    }
  for (int i = n; i < m; ++i)
    for (int j = lane; j <= i; j += lanes) w[TRIANGLE(i) + j] = make(i == j ? 1 : 0);
}
