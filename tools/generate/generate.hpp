// Generators of matrices from applications, with known properties. One generator per file; the head of the file gives
// its mathematics. All matrices are f64 or c128 (convert() makes the narrower types) with both triangles filled. The
// same arguments and seed give the same matrix on every machine, up to the last digits of the machine's log and exp.
//
// Every function throws input_error if a parameter is out of range or the result does not fit into memory.
#ifndef POSDEF_TOOLS_GENERATE_GENERATE_HPP
#define POSDEF_TOOLS_GENERATE_GENERATE_HPP

#include <complex>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "io/matrices.hpp"

namespace posdef::tools {

/// A cantilever beam under a load at its tip, by 2-D finite elements: stiffness · displacement = load.
struct cantilever {
  matrices<double> stiffness;  ///< n × n, n = 2·nx·(ny+1)
  matrices<double> load;       ///< n × 1, in newton
  std::int64_t tip = 0;        ///< index, from 0, of the vertical displacement in the middle of the tip
  double euler_bernoulli = 0;  ///< its value in metres by beam theory, without shear
  double timoshenko = 0;       ///< the same, with shear
};
struct cantilever_options {
  std::int64_t nx = 111;   ///< elements along the beam
  std::int64_t ny = 21;    ///< elements through its height
  double length = 10;      ///< m
  double height = 1.9;     ///< m
  double thickness = 0.1;  ///< m
  double young = 210e9;    ///< Pa; steel
  double poisson = 0.3;
  double force = 1e5;  ///< N, downwards at the tip
};
cantilever generate_cantilever(const cantilever_options& o);

/// Covariance of a Gaussian process at n points.
enum class gp_kernel { rbf, matern32, matern52 };
enum class gp_points { uniform, grid };
struct gp_options {
  std::int64_t n = 1000;
  std::int64_t dimension = 2;
  gp_kernel kernel = gp_kernel::rbf;
  gp_points points = gp_points::uniform;
  double length_scale = 0.2;
  double variance = 1;
  double noise = 1e-2;  ///< variance of the noise, added to the diagonal
  std::uint64_t seed = 1;
};
matrices<double> generate_gp(const gp_options& o);

/// Sample covariance of `samples` draws of n variables, neighbours correlated by `correlation`.
struct sample_covariance_options {
  std::int64_t n = 500;
  std::int64_t samples = 2000;
  double correlation = 0;
  std::uint64_t seed = 1;
};
matrices<double> generate_sample_covariance(const sample_covariance_options& o);

/// Covariances of `batch` Kalman filters that track objects of constant velocity; n = 2·dimension.
struct kalman_options {
  std::int64_t batch = 10000;
  std::int64_t dimension = 3;  ///< 1, 2 or 3
  std::int64_t steps = 20;
  std::uint64_t seed = 1;
};
matrices<double> generate_kalman(const kalman_options& o);

/// Covariance of the signals at n antennas: H·Hᴴ + σ²I for a random channel H of n × users.
struct mimo_options {
  std::int64_t n = 64;
  std::int64_t users = 16;
  std::int64_t batch = 1;
  double noise = 0.1;  ///< σ²
  std::uint64_t seed = 1;
};
matrices<std::complex<double>> generate_mimo(const mimo_options& o);

/// Eigenvalues from 1 down to 1/condition, equally spaced in their logarithm, in random directions.
struct spectrum_options {
  std::int64_t n = 500;
  double condition = 100;
  std::int64_t reflections = 64;  ///< Householder reflections that define the directions
  std::uint64_t seed = 1;
};
template <class W>
matrices<W> generate_spectrum(const spectrum_options& o);

/// The leading minor of order k is the first that is not positive definite: info = k, exactly.
struct indefinite_options {
  std::int64_t n = 100;
  std::int64_t k = 50;  ///< from 1
  std::uint64_t seed = 1;
};
template <class W>
matrices<W> generate_indefinite(const indefinite_options& o);

/// A positive definite matrix with one NaN or infinity: info = max(row, col).
struct planted_options {
  std::int64_t n = 100;
  std::int64_t row = 50;  ///< from 1
  std::int64_t col = 20;  ///< from 1
  double value = std::numeric_limits<double>::quiet_NaN();
  std::uint64_t seed = 1;
};
matrices<double> generate_planted(const planted_options& o);

/// Throws input_error unless the condition holds.
inline void require(bool holds, const std::string& expected) {
  if (!holds) throw input_error("generate: expected " + expected);
}

}  // namespace posdef::tools

#endif
