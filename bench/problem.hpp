// The inputs of a cell, and the check of its results.
//
// The base matrix has a known spectrum (condition number 100, random directions); above order 1024 it is that of
// low_rank.hpp, which is generated quickly. Matrix b of a batch is the base times 1 + b/batch. The work area holds
// `copies` whole batches, so that a call of a microsecond is timed in a loop over many different ones. Operations on a
// factor start from the factor of the base, times the square root of the same number.
//
// A result is checked in O(n²) with a vector x of random signs, in double precision:
//
//     cholesky           max_i |((A − L·Lᴴ)·x)_i| / (n·eps·max_j A_jj)
//     cholesky_solve     max_i |(B − A·X)_i| / (n·eps·‖A‖·max|X|)
//     cholesky_inverse   max_i |(x − A·(A⁻¹·x))_i| / (n·eps·‖A‖·max|A⁻¹·x|)
//     inv_triangular        the same with L for A
//     cholesky_logdet            |difference| / (n·eps·(1 + |log det|))
//
// eps is half the spacing of numbers at 1, and ‖A‖ the largest row sum of absolute values. The result is the largest
// over all matrices of all copies. Correct results give about 1 or less; one wrong element is detected if it is
// significant.
#ifndef POSDEF_BENCH_PROBLEM_HPP
#define POSDEF_BENCH_PROBLEM_HPP

#include <memory>

#include "suites.hpp"

namespace posdef::bench {

/// Results with larger residuals are wrong.
constexpr double wrong_residual = 30;

template <scalar T>
class problem {
 public:
  using real = real_type<T>;

  /// Without copies there is no work area: for callers with their own matrices that need only inputs and checks.
  problem(const cell& what, std::int64_t copies);
  ~problem();
  problem(const problem&) = delete;
  problem& operator=(const problem&) = delete;

  /// Restores the inputs that calls overwrite.
  void restore();
  /// The residual of the results in the work area.
  double residual() const { return residual(cell_.uplo); }
  /// The same for results in the triangle `which`: the inputs have both triangles, so either can be factored.
  double residual(posdef::uplo which) const;

  /// Writes elements [begin, end) of a batch of inputs, with several threads if there are many. For cholesky.
  void write_inputs(T* to, std::int64_t begin, std::int64_t end) const;
  /// The residual of one result of cholesky, for matrix b of a batch, at any address.
  double residual_of(const T* factor, std::int64_t b, posdef::uplo which, int threads = 1) const;

  std::int64_t copies() const { return copies_; }
  /// The matrices of one copy: the operand of cholesky and the inverses, the factor of solve and cholesky_logdet.
  T* matrices(std::int64_t copy) { return work_.data() + (reads_factor() ? 0 : copy * batch_elements()); }
  T* right_sides(std::int64_t copy) { return sides_.data() + copy * cell_.batch * cell_.n * cell_.nrhs; }
  real* logdets(std::int64_t copy) { return logs_.data() + copy * cell_.batch; }
  const cell& shape() const { return cell_; }

 private:
  bool reads_factor() const { return cell_.op == operation::cholesky_solve || cell_.op == operation::cholesky_logdet; }
  std::int64_t batch_elements() const { return cell_.batch * cell_.n * cell_.n; }
  double scale(std::int64_t b) const;
  void restore_matrices();
  double residual_in(std::int64_t copy, std::int64_t b, posdef::uplo which, int threads) const;

  struct original;
  const cell cell_;
  const std::int64_t copies_;
  std::shared_ptr<const original> original_;  // cached for the next cell of this order
  tools::buffer<T> work_, sides_;
  tools::buffer<real> logs_;
};

}  // namespace posdef::bench

#endif
