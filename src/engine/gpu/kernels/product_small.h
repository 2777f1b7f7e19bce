/* Small tiles of 64 × 64, if large tiles would not occupy the whole device (engine.cpp chooses). */
/* A chunk always ends at the end of a micro-panel. */
#define SLICE_DEPTH(k) ((k) < CHUNK ? (k) : CHUNK)
#define PRODUCT product_small
#define DOWN POSDEF_SIDE
#define ACROSS POSDEF_SIDE
#define ITEM_ROWS 4
#define ITEM_COLS 4
#define DEPTH SLICE_DEPTH(POSDEF_COMPLEX ? 4 : POSDEF_DOUBLE ? 8 : 16)
#define GROUPS (POSDEF_COMPLEX && POSDEF_DOUBLE ? 1 : 2) /* groups per multiprocessor */
