/* Large tiles, at least of block order: 128 × 64 for real numbers; 64 × 64 by half as many items for complex ones. */
#define PRODUCT product_large
#define HALF_SIDE (POSDEF_SIDE < 16 ? POSDEF_SIDE : POSDEF_SIDE / 2) /* at least one item per row of a tile */
#define DOWN (POSDEF_COMPLEX && !POSDEF_DOUBLE ? HALF_SIDE : POSDEF_SIDE)
#define ACROSS (POSDEF_COMPLEX == POSDEF_DOUBLE ? HALF_SIDE : POSDEF_SIDE)
#define ITEM_ROWS (POSDEF_COMPLEX && POSDEF_DOUBLE ? 4 : 8)
#define ITEM_COLS (POSDEF_COMPLEX || POSDEF_DOUBLE ? 4 : 8)
#define DEPTH SLICE_DEPTH(POSDEF_COMPLEX ? 8 : POSDEF_DOUBLE ? 8 : 16)
#define GROUPS (POSDEF_DOUBLE ? 1 : 2)
