/* Small tiles, for matrices that would not fill a device with large ones (engine.cpp chooses): 64 × 64. */
/* No chunk ends inside a strip. */
#define STRIP_DEPTH(k) ((k) < CHUNK ? (k) : CHUNK)
#define PRODUCT product_small
#define DOWN POSDEF_SIDE
#define ACROSS POSDEF_SIDE
#define ITEM_ROWS 4
#define ITEM_COLS 4
#define DEPTH STRIP_DEPTH(POSDEF_COMPLEX ? 4 : POSDEF_DOUBLE ? 8 : 16)
#define GROUPS (POSDEF_COMPLEX && POSDEF_DOUBLE ? 1 : 2) /* that share a multiprocessor */
