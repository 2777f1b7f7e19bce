// Behind the kernels of one type: they may be launched. Included once in each file that has kernels.
namespace {
[[maybe_unused]] const bool kernels_are_known =
    cuda_on_host::know(potrf_small, potrf_tile, potrf_tiles, trsm_block, product_small, product_large, copy_part,
                       fill_part, check_diagonal, log_diagonal);
}
