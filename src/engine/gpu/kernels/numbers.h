/* Numbers and views, used by all kernels.
 *
 * One source serves the four types. A number is a real or a pair (x + i·y); the functions below hide the difference. A
 * view describes a batch of blocks in a buffer, like engine/gpu/matrices.hpp on the host: element (i, j) of matrix b is
 * at offset + b·stride + i·rs + j·cs, conjugated if `conj`. */
typedef struct {
  idx offset, stride, rows, cols, rs, cs;
  int conj, unused;
} view;

/* The elements of a block, and the matrices of a batch, that a kernel processes (same numbers as matrices.hpp). */
#define PART_FULL 0
#define PART_LOWER 1
#define PART_STRICT_LOWER 2
#define PART_DIAGONAL 3
#define WHEN_ALWAYS 0
#define WHEN_GOOD 1
#define WHEN_FAILED 2

/* The safe range of pivots (factor.cl), and of elements and reciprocals (solve.cl). */
#if POSDEF_DOUBLE
#define LEAST_SAFE_PIVOT 1e-280
#define MOST_SAFE_ELEMENT 1e150
#else
#define LEAST_SAFE_PIVOT 1e-30f
#define MOST_SAFE_ELEMENT 1e18f
#endif

/* Products use fma: one rounding, the same in every kernel, independent of the compiler's contraction of a·b + c. */
#if POSDEF_COMPLEX
typedef pair number;
DEVICE number make(real x) { return PAIR(x, 0); }
DEVICE real re(number x) { return x.x; }
DEVICE number conjugate(number x) { return PAIR(x.x, -x.y); }
DEVICE number minus(number a, number b) { return PAIR(a.x - b.x, a.y - b.y); }
DEVICE number scale(number a, real s) { return PAIR(a.x * s, a.y * s); }
/* c + a·s */
DEVICE number plus_scaled(number c, number a, real s) { return PAIR(fma(a.x, s, c.x), fma(a.y, s, c.y)); }
/* c + a·b, c + a·conj(b) and c − a·conj(b) */
DEVICE number plus_product(number c, number a, number b) {
  return PAIR(fma(-a.y, b.y, fma(a.x, b.x, c.x)), fma(a.y, b.x, fma(a.x, b.y, c.y)));
}
DEVICE number plus_product_conj(number c, number a, number b) {
  return PAIR(fma(a.y, b.y, fma(a.x, b.x, c.x)), fma(a.y, b.x, fma(-a.x, b.y, c.y)));
}
DEVICE number minus_product_conj(number c, number a, number b) {
  return PAIR(fma(-a.y, b.y, fma(-a.x, b.x, c.x)), fma(-a.y, b.x, fma(a.x, b.y, c.y)));
}
/* a/b without intermediate overflow (Smith's division). */
DEVICE number divide(number a, number b) {
  if (b.y == 0) return PAIR(a.x / b.x, a.y / b.x);
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
DEVICE number minus(number a, number b) { return a - b; }
DEVICE number scale(number a, real s) { return a * s; }
DEVICE number plus_scaled(number c, number a, real s) { return fma(a, s, c); }
DEVICE number plus_product(number c, number a, number b) { return fma(a, b, c); }
DEVICE number plus_product_conj(number c, number a, number b) { return fma(a, b, c); }
DEVICE number minus_product_conj(number c, number a, number b) { return fma(-a, b, c); }
DEVICE number divide(number a, number b) { return a / b; }
DEVICE int finite_number(number x) { return isfinite(x); }
DEVICE int zero_number(number x) { return x == 0; }
DEVICE int real_number(number x) { return 1; }
#endif

/* d = √p and r = 1/d from the device's approximation of 1/√p and one step of Newton's method for each. The errors are
 * about 1/2 and 1 ulp, in a quarter of the time of a root and a division. p is positive and finite.
 */
DEVICE void root_and_inverse(real p, real* d, real* r) {
  const real about = RECIPROCAL_ROOT(p), root = p * about;
  const real better = fma(fma(-root, root, p), 0.5f * about, root);
  *d = better;
  *r = fma(fma(-better, about, (real)1), about, about);
}
/* t/d, where r is 1/d up to rounding and t·r is finite: t·r and one correction, which almost always rounds
 * correctly. */
DEVICE real finite_quotient(real t, real d, real r) {
  const real q = t * r;
  return fma(fma(-q, d, t), r, q);
}
/* The same for any t; an infinite quotient stays infinite. */
DEVICE real quotient(real t, real d, real r) {
  const real q = t * r;
  return fabs(q) < INFINITY ? finite_quotient(t, d, r) : q;
}
DEVICE number quotients(number t, real d, real r) {
#if POSDEF_COMPLEX
  return PAIR(quotient(t.x, d, r), quotient(t.y, d, r));
#else
  return quotient(t, d, r);
#endif
}
DEVICE number finite_quotients(number t, real d, real r) {
#if POSDEF_COMPLEX
  return PAIR(finite_quotient(t.x, d, r), finite_quotient(t.y, d, r));
#else
  return finite_quotient(t, d, r);
#endif
}

/* The WIDTH numbers of a vector. */
#if POSDEF_COMPLEX && POSDEF_DOUBLE
#define WIDTH 1
DEVICE void unpack(vector v, number* x) { x[0] = v; }
DEVICE vector pack(const number* x) { return x[0]; }
#elif POSDEF_COMPLEX
#define WIDTH 2
DEVICE void unpack(vector v, number* x) {
  x[0] = PAIR(v.x, v.y);
  x[1] = PAIR(v.z, v.w);
}
DEVICE vector pack(const number* x) { return FOUR(x[0].x, x[0].y, x[1].x, x[1].y); }
#elif POSDEF_DOUBLE
#define WIDTH 2
DEVICE void unpack(vector v, number* x) {
  x[0] = v.x;
  x[1] = v.y;
}
DEVICE vector pack(const number* x) { return PAIR(x[0], x[1]); }
#else
#define WIDTH 4
DEVICE void unpack(vector v, number* x) {
  x[0] = v.x;
  x[1] = v.y;
  x[2] = v.z;
  x[3] = v.w;
}
DEVICE vector pack(const number* x) { return FOUR(x[0], x[1], x[2], x[3]); }
#endif
#define LOCAL_VECTOR(p) (*(LOCAL_POINTER vector*)(p))

/* Element (i, j) of the matrix that starts at p. */
DEVICE number get(GLOBAL const number* p, view v, idx i, idx j) {
  const number x = p[i * v.rs + j * v.cs];
  return v.conj ? conjugate(x) : x;
}
DEVICE void set(GLOBAL number* p, view v, idx i, idx j, number x) {
  p[i * v.rs + j * v.cs] = v.conj ? conjugate(x) : x;
}
/* Whether columns run along memory: |rs| <= |cs|. */
DEVICE int runs_down(view v) {
  const idx r = v.rs < 0 ? -v.rs : v.rs, c = v.cs < 0 ? -v.cs : v.cs;
  return r <= c;
}
DEVICE int in_part(int part, idx i, idx j) {
  return part == PART_FULL || (part == PART_LOWER && i >= j) || (part == PART_STRICT_LOWER && i > j) ||
         (part == PART_DIAGONAL && i == j);
}
/* Whether the matrix with this info is processed. */
DEVICE int chosen(int when, GLOBAL const idx* info) {
  if (when == WHEN_ALWAYS) return 1;
  return (info[0] == 0) == (when == WHEN_GOOD);
}
