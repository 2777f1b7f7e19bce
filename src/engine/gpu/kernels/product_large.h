/* Large tiles, of at least a block: 128 × 64 for real numbers; for complex ones 64 × 64, by half as many items. */
#define PRODUCT product_large
#define HALF_SIDE (POSDEF_SIDE < 16 ? POSDEF_SIDE : POSDEF_SIDE / 2) /* an item at least for every row of a tile */
#define DOWN (POSDEF_COMPLEX && !POSDEF_DOUBLE ? HALF_SIDE : POSDEF_SIDE)
#define ACROSS (POSDEF_COMPLEX == POSDEF_DOUBLE ? HALF_SIDE : POSDEF_SIDE)
#define ITEM_ROWS (POSDEF_COMPLEX && POSDEF_DOUBLE ? 4 : 8)
#define ITEM_COLS (POSDEF_COMPLEX || POSDEF_DOUBLE ? 4 : 8)
#define DEPTH STRIP_DEPTH(POSDEF_COMPLEX ? 8 : POSDEF_DOUBLE ? 8 : 16)
#define GROUPS (POSDEF_DOUBLE ? 1 : 2)
