// The numbers that a cell is measured on, and whether a result is right.
//
// The base matrix has a known spectrum (condition number 100, random directions), beyond order 1024 it is the one of
// low_rank.hpp, which is made quickly; matrix b of a batch is the base times 1 + b/batch. The work area holds `copies`
// whole batches, so that a call of a microsecond is timed as a loop over many distinct ones. Operations on a factor
// start from the factor of the base, times the root of the same number.
//
// A result is checked in O(n²) by a vector x of random signs, in double precision:
//
//     cholesky           max_i |((A − L·Lᴴ)·x)_i| / (n·eps·max_j A_jj)
//     cholesky_solve     max_i |(B − A·X)_i| / (n·eps·‖A‖·max|X|)
//     cholesky_inverse   max_i |(x − A·(A⁻¹·x))_i| / (n·eps·‖A‖·max|A⁻¹·x|)
//     inv_triangular        the same with L for A
//     cholesky_logdet            |difference| / (n·eps·(1 + |log det|))
//
// eps is half the spacing of numbers at 1 and ‖A‖ the largest sum of moduli in a row. Every matrix of every copy
// counts, the largest wins. Right results are about 1 or below; one wrong element is seen as soon as it matters.
#ifndef POSDEF_BENCH_PROBLEM_HPP
#define POSDEF_BENCH_PROBLEM_HPP

#include <memory>

#include "suites.hpp"

namespace posdef::bench {

/// Residuals above this are wrong results.
constexpr double wrong_residual = 30;

template <scalar T>
class problem {
 public:
  using real = real_type<T>;

  /// Without copies there is no work area: for whoever has matrices of his own, and asks for inputs and checks alone.
  problem(const cell& what, std::int64_t copies);
  ~problem();
  problem(const problem&) = delete;
  problem& operator=(const problem&) = delete;

  /// Puts the inputs back that calls overwrite.
  void restore();
  /// Of what stands in the work area after each copy was processed.
  double residual() const { return residual(cell_.uplo); }
  /// The same where the result is in the triangle `which`: the matrices are whole, so that either can be factored.
  double residual(posdef::uplo which) const;

  /// Elements [begin, end) of a batch of inputs, by several threads where they are many. For cholesky.
  void write_inputs(T* to, std::int64_t begin, std::int64_t end) const;
  /// Of one result of cholesky, for matrix b of a batch, wherever it is.
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
  std::shared_ptr<const original> original_;  // kept for the next cell of this order
  tools::buffer<T> work_, sides_;
  tools::buffer<real> logs_;
};

}  // namespace posdef::bench

#endif
