// Registers the kernels of one type for launching. Included once, at the end of each file that has kernels.
namespace {
[[maybe_unused]] const bool kernels_are_known =
    cuda_on_host::know(potrf_small, potrf_tile, potrf_tiles, trsm_block, product_small, product_large, copy_part,
                       fill_part, check_diagonal, log_diagonal);
}
