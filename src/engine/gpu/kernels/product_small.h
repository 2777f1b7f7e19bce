/* Small tiles, for matrices that would not fill a device with large ones (engine.cpp chooses): 64 × 64. */
#define SIDE POSDEF_SIDE
#define PRODUCT product_small
#define ITEM_ROWS 4
#define ITEM_COLS 4
#define DEPTH (POSDEF_COMPLEX && POSDEF_DOUBLE ? 4 : POSDEF_COMPLEX || POSDEF_DOUBLE ? 8 : 16)
