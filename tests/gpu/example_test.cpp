// The guide's example engine supports every operation; complex products from real ones are accurate.
#include "gpu/complex_product.hpp"
#include "gpu/example_engine.hpp"
#include "gpu/problems.hpp"

namespace posdef::internal {
namespace {

/// Every operation at orders around the block of 8, both layouts, in place and out of place, with and without failures.
template <class T, class Run>
void every_operation(const Run& run) {
  const auto spoil = [](const auto& a) {
    const index k = a.rows / 2;
    a[1].at(k, k) = T(0);
  };
  for (const index n : {1, 7, 8, 9, 21, 40})
    for (const bool adjoint : {false, true})
      for (const bool in_place : {false, true}) {
        for (const operation what : {operation::cholesky, operation::cholesky_inverse, operation::inv_triangular})
          for (const auto other : {other_triangle::keep, other_triangle::zero}) {
            compare_with_reference<T>(run, what, n, 3, adjoint, in_place, spoil_nothing, 0, other);
            compare_with_reference<T>(run, what, n, 3, adjoint, in_place, spoil, 0, other);
            compare_with_reference<T>(run, what, n, 3, adjoint, in_place, spoil, 0, other, true);
          }
        for (const operation what : {operation::cholesky_solve, operation::solve_triangular}) {
          compare_with_reference<T>(run, what, n, 3, adjoint, in_place, spoil_nothing, 5);
          compare_with_reference<T>(run, what, n, 3, adjoint, in_place, spoil, 5);
        }
        compare_with_reference<T>(run, operation::cholesky_logdet, n, 3, adjoint, true, spoil);
      }
}

template <class T>
void run_on_example(const problem<T>& p) {
  example::executor<T> e;
  e.reserve(p.a.rows, p.b.cols, p.a.count, p.in_place);
  e.run(p, p.a.rows, p.b.cols, team(), nullptr);
}

TEST(ExampleEngine, EveryOperation) {
  every_operation<float>(run_on_example<float>);
  every_operation<double>(run_on_example<double>);
  every_operation<std::complex<float>>(run_on_example<std::complex<float>>);
  every_operation<std::complex<double>>(run_on_example<std::complex<double>>);
}

TEST(ComplexProducts, EveryConjugation) {
  using T = std::complex<double>;
  const reference::engine<T> whole(nullptr, 0);
  const reference::engine<double> real(nullptr, 0);
  for (int flags = 0; flags < 8; ++flags)
    for (const part which : {part::full, part::lower}) {
      random_batch<T> a(5, 3, 1, false, 1), b(3, 5, 1, true, 2), c(5, 5, 1, false, 3), d = c;
      a.view.conj = (flags & 1) != 0;
      b.view.conj = (flags & 2) != 0;
      c.view.conj = d.view.conj = (flags & 4) != 0;
      whole.gemm(-1, a.input()[0], b.input()[0], c.view[0], which);
      gemm_of_planes(real, -1, a.input()[0], b.input()[0], d.view[0], which);
      EXPECT_TRUE(near(c.memory, d.memory)) << flags;
    }
}

}  // namespace
}  // namespace posdef::internal
