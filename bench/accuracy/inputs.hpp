// The matrices of the suite: from applications, with a prescribed condition number, badly scaled.
//
//     wishart            G·Gᴴ/(2n) for an n × 2n matrix G of independent normal numbers
//     rbf, matern52      covariance of a Gaussian process at n random points of the unit square, plus 16·n·ε·I
//     laplace-1d         2 on the diagonal, −1 beside it
//     laplace-2d         the five-point stencil on a grid of rows of √n points
//     dominant           random numbers between −1 and 1; the diagonal is 1 % larger than the sum of its row
//     hilbert            1/(i + j − 1), plus 16·n·ε·I
//     condition-1e2, condition-root, condition-limit
//                        eigenvalues equally spaced in their logarithm, random directions; the condition number is 100,
//                        ε^-½ (4,096 and 9.5e7), and 1/(32·n·ε) or 100 if that is less
//     scaled             D·A·D: A is a wishart matrix, D has numbers from 1e-15 to 1e15 (float) or 1e-150 to 1e150
//                        (double), equally distributed in their logarithm, in random order
//     elasticity         the leading part of the stiffness matrix of a cantilever beam
//
// All are definite in their type. A complex matrix is P·A·Pᴴ for the real matrix A and random phases P, except for
// wishart, scaled and the prescribed condition numbers, which draw complex numbers. Sample 0 of a matrix without random
// numbers is the matrix itself; the others are multiples of it by random numbers between 1 and 4, because rounding
// errors differ then.
#ifndef POSDEF_BENCH_ACCURACY_INPUTS_HPP
#define POSDEF_BENCH_ACCURACY_INPUTS_HPP

#include <cstdint>
#include <posdef/types.hpp>
#include <string>
#include <vector>

#include "io/memory.hpp"

namespace posdef::bench {

/// The names above, in this order.
const std::vector<std::string>& accuracy_matrices();

/// Sample `sample` of the matrix `name`, n × n, column-major, both triangles; the same in every run. Throws
/// tools::input_error for another name.
template <scalar T>
tools::buffer<T> make_accuracy_matrix(const std::string& name, std::int64_t n, std::int64_t sample);

}  // namespace posdef::bench

#endif
