/* Large tiles for real numbers: 128 × 128 in float, 128 × 64 in double. Complex numbers fill the registers with small
 * ones. */
#define PRODUCT product_large
#define ITEM_ROWS (POSDEF_COMPLEX ? 4 : 8)
#define ITEM_COLS (POSDEF_COMPLEX || POSDEF_DOUBLE ? 4 : 8)
#define DEPTH (POSDEF_COMPLEX ? 4 : 8)
