// C = P·Qᴴ block by block, in double precision, for the residual checks and some generators.
//
// C is never stored completely: each block is computed and passed to a visitor, which compares it with another matrix
// or copies it. Elements of P and Q come from functions p(i, k), q(j, k), so any layout, type or triangle can be
// multiplied. A complex product is two real ones of twice the depth:
//     Re C = [Pr  Pi]·[Qr Qi]ᵀ        Im C = [Pi -Pr]·[Qr Qi]ᵀ
#ifndef POSDEF_TOOLS_NUMERIC_PRODUCT_HPP
#define POSDEF_TOOLS_NUMERIC_PRODUCT_HPP

#include <algorithm>
#include <complex>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "io/memory.hpp"
#include "numeric/parallel.hpp"

namespace posdef::tools {

/// Adds P·Qᵀ to a tile of C, for packed strips: P `rows` numbers per k, Q `cols` numbers per k, C column-major.
struct product_kernel {
  std::int64_t rows, cols;
  void (*add)(std::int64_t depth, const double* p, const double* q, double* c, std::int64_t ldc);
};
/// The fastest kernel for this processor.
const product_kernel& best_product_kernel();

constexpr std::int64_t product_block = 192;  // a multiple of every kernel's rows and columns
constexpr std::int64_t product_depth = 192;

/// A computed block of C: rows [i0, i1), columns [j0, j1).
struct product_view {
  std::int64_t i0, i1, j0, j1;
  const double* re;
  const double* im;
  template <class W>
  W at(std::int64_t i, std::int64_t j) const {
    const std::int64_t e = (i - i0) + (j - j0) * product_block;
    if constexpr (std::is_same_v<W, double>) {
      return re[e];
    } else {
      return W(re[e], im[e]);
    }
  }
};

/// Workspace of one thread. W is double or complex<double>.
template <class W>
class product_workspace {
  static constexpr std::int64_t planes = std::is_same_v<W, double> ? 1 : 2;

 public:
  product_workspace()
      : p_(planes * planes * product_block * product_depth),
        q_(planes * product_block * product_depth),
        c_(planes * product_block * product_block) {}

  /// The block [i0, i1) × [j0, j1) of P·Qᴴ with k in [0, depth); i1 - i0 and j1 - j0 at most product_block.
  template <class P, class Q>
  product_view compute(std::int64_t i0, std::int64_t i1, std::int64_t j0, std::int64_t j1, std::int64_t depth,
                       const P& p, const Q& q) {
    const product_kernel& kernel = best_product_kernel();
    constexpr std::int64_t plane = product_block * product_block;
    for (std::int64_t h = 0; h < planes; ++h) {
      std::fill_n(c_.data() + h * plane, (j1 - j0 + kernel.cols - 1) / kernel.cols * kernel.cols * product_block, 0.0);
    }
    for (std::int64_t k0 = 0; k0 < depth; k0 += product_depth) {
      const std::int64_t k1 = std::min(depth, k0 + product_depth);
      pack(i0, i1, k0, k1, kernel.rows, p, p_.data(), p_.data() + planes * product_block * product_depth);
      pack(j0, j1, k0, k1, kernel.cols, q, q_.data(), nullptr);
      const std::int64_t packed_depth = planes * (k1 - k0);
      for (std::int64_t h = 0; h < planes; ++h) {
        const double* const packed_p = p_.data() + h * planes * product_block * product_depth;
        for (std::int64_t j = 0; j < j1 - j0; j += kernel.cols) {
          for (std::int64_t i = 0; i < i1 - i0; i += kernel.rows) {
            kernel.add(packed_depth, packed_p + i * packed_depth, q_.data() + j * packed_depth,
                       c_.data() + h * plane + i + j * product_block, product_block);
          }
        }
      }
    }
    return {i0, i1, j0, j1, c_.data(), c_.data() + (planes - 1) * plane};
  }

 private:
  // Packs rows [r0, r1) into strips of `width`, all k of a strip contiguous: [re | im], and [im | -re] into `turned`.
  template <class Get>
  static void pack(std::int64_t r0, std::int64_t r1, std::int64_t k0, std::int64_t k1, std::int64_t width,
                   const Get& get, double* out, [[maybe_unused]] double* turned) {
    const std::int64_t depth = k1 - k0;
    for (std::int64_t r = r0; r < r1; r += width) {
      for (std::int64_t k = 0; k < depth; ++k) {
        for (std::int64_t x = 0; x < width; ++x) {
          const W value = r + x < r1 ? W(get(r + x, k0 + k)) : W(0);
          const std::int64_t re = k * width + x;
          if constexpr (planes == 1) {
            out[re] = value;
          } else {
            const std::int64_t im = re + depth * width;
            out[re] = value.real();
            out[im] = value.imag();
            if (turned != nullptr) {
              turned[re] = value.imag();
              turned[im] = -value.real();
            }
          }
        }
      }
      out += planes * depth * width;
      if (turned != nullptr) turned += planes * depth * width;
    }
  }

  buffer<double> p_, q_, c_;
};

enum class product_part { all, lower };

/// Passes every block of C (rows × cols), or every one that touches the lower triangle, to visit(block, worker).
/// `lower_factors` means that p(i, k) and q(i, k) are 0 for k > i, which saves work.
template <class W, class P, class Q, class Visit>
void for_each_product_block(std::int64_t rows, std::int64_t cols, std::int64_t depth, product_part part,
                            bool lower_factors, int threads, const P& p, const Q& q, const Visit& visit) {
  struct corner {
    std::int64_t i, j;
  };
  std::vector<corner> corners;
  for (std::int64_t i = 0; i < rows; i += product_block) {
    for (std::int64_t j = 0; j < cols; j += product_block) {
      if (part == product_part::all || j <= i) corners.push_back({i, j});
    }
  }
  // The last blocks of lower factors have the most work: start with them, so that the threads end together.
  std::reverse(corners.begin(), corners.end());
  const auto count = static_cast<std::int64_t>(corners.size());
  std::vector<product_workspace<W>> workspaces(static_cast<std::size_t>(std::min<std::int64_t>(threads, count)));
  parallel_for(count, threads, [&](std::int64_t c, int worker) {
    const auto [i0, j0] = corners[static_cast<std::size_t>(c)];
    const std::int64_t i1 = std::min(rows, i0 + product_block);
    const std::int64_t j1 = std::min(cols, j0 + product_block);
    const std::int64_t end = lower_factors ? std::min({depth, i1, j1}) : depth;
    visit(workspaces[static_cast<std::size_t>(worker)].compute(i0, i1, j0, j1, end, p, q), worker);
  });
}

}  // namespace posdef::tools

#endif
