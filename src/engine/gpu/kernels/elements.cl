/* Elementwise kernels: copies, fills, and operations on a diagonal. */
#define ELEMENT_ITEMS 64
#define ELEMENTS_EACH 4

/* The k-th element (i, j) of this item in a block. Returns 0 past the end. */
DEVICE int element(view v, idx k, idx* i, idx* j) {
  const idx groups = (v.rows * v.cols + ELEMENT_ITEMS * ELEMENTS_EACH - 1) / (ELEMENT_ITEMS * ELEMENTS_EACH);
  const idx e = (GROUP % groups) * ELEMENT_ITEMS * ELEMENTS_EACH + k * ELEMENT_ITEMS + ITEM;
  if (e >= v.rows * v.cols) return 0;
  *i = runs_down(v) ? e % v.rows : e / v.cols;
  *j = runs_down(v) ? e / v.rows : e % v.cols;
  return 1;
}
DEVICE idx matrix_of_group(view v) {
  return GROUP / ((v.rows * v.cols + ELEMENT_ITEMS * ELEMENTS_EACH - 1) / (ELEMENT_ITEMS * ELEMENTS_EACH));
}

/* B ← sign·A on a part; A and B may be the same view. */
KERNEL(ELEMENT_ITEMS)
copy_part(GLOBAL const number* a, view va, GLOBAL number* b, view vb, GLOBAL const idx* info, idx info_at, int when,
          int sign, int part) {
  const idx m = matrix_of_group(vb);
  idx i = 0, j = 0;
  if (!chosen(when, info + info_at + m)) return;
  a += va.offset + m * va.stride;
  b += vb.offset + m * vb.stride;
  for (int k = 0; k < ELEMENTS_EACH; ++k)
    if (element(vb, k, &i, &j) && in_part(part, i, j)) set(b, vb, i, j, scale(get(a, va, i, j), sign));
}

/* A ← x + i·y on a part. */
KERNEL(ELEMENT_ITEMS)
fill_part(GLOBAL number* a, view va, GLOBAL const idx* info, idx info_at, int when, real x, real y, int part) {
  const idx m = matrix_of_group(va);
  idx i = 0, j = 0;
  if (!chosen(when, info + info_at + m)) return;
  a += va.offset + m * va.stride;
  for (int k = 0; k < ELEMENTS_EACH; ++k)
    if (element(va, k, &i, &j) && in_part(part, i, j)) {
#if POSDEF_COMPLEX
      set(a, va, i, j, PAIR(x, y));
#else
      set(a, va, i, j, x);
#endif
    }
}

/* info ← 0, or k for the first diagonal element that is zero or not finite (`positive`: that is not a positive finite
 * real number). One group per matrix. */
KERNEL(ELEMENT_ITEMS)
check_diagonal(GLOBAL const number* l, view v, GLOBAL idx* info, idx info_at, int positive) {
  LOCAL idx found[ELEMENT_ITEMS];
  const idx b = GROUP;
  idx first = v.rows;
  l += v.offset + b * v.stride;
  for (idx i = ITEM; i < first; i += ELEMENT_ITEMS) {
    const number d = get(l, v, i, i);
    const int good = finite_number(d) && (positive ? re(d) > 0 && real_number(d) : !zero_number(d));
    if (!good) first = i;
  }
  found[ITEM] = first;
  BARRIER();
  if (ITEM != 0) return;
  for (int i = 1; i < ELEMENT_ITEMS; ++i) first = found[i] < first ? found[i] : first;
  info[info_at + b] = first == v.rows ? 0 : first + 1;
}

/* value ← 2·Σ log L(i,i), NaN if info is not 0. One group per matrix. Partial sums are compensated (Kahan), because a
 * device may have no wider type. */
KERNEL(ELEMENT_ITEMS)
log_diagonal(GLOBAL const number* l, view v, GLOBAL real* value, idx value_at, GLOBAL const idx* info, idx info_at) {
  LOCAL real sums[ELEMENT_ITEMS];
  const idx b = GROUP;
  const int good = info[info_at + b] == 0;
  real sum = 0, lost = 0;
  l += v.offset + b * v.stride;
  if (good)
    for (idx i = ITEM; i < v.rows; i += ELEMENT_ITEMS) {
      const real term = log(re(get(l, v, i, i))) - lost, next = sum + term;
      lost = (next - sum) - term;
      sum = next;
    }
  sums[ITEM] = sum;
  BARRIER();
  if (ITEM != 0) return;
  lost = 0;
  for (int i = 1; i < ELEMENT_ITEMS; ++i) {
    const real term = sums[i] - lost, next = sum + term;
    lost = (next - sum) - term;
    sum = next;
  }
  value[value_at + b] = good ? 2 * sum : (real)NAN;
}
