/* Large tiles for real numbers: 128 × 64. Complex numbers fill the registers with small ones. */
#define PRODUCT product_large
#define ITEM_ROWS (POSDEF_COMPLEX ? 4 : 8)
#define ITEM_COLS 4
#define DEPTH STRIP_DEPTH(POSDEF_COMPLEX ? 4 : POSDEF_DOUBLE ? 8 : 16)
#define GROUPS (POSDEF_DOUBLE ? 1 : 2)
