// The generators: every matrix has the properties that its source file documents.
#include "generate/generate.hpp"

#include <algorithm>

#include "generate/random.hpp"
#include "support.hpp"
#include "textbook.hpp"

namespace posdef::test {
namespace {

using complex = std::complex<double>;
using tools::matrices;

TEST(Random, DependsOnlyOnTheSeed) {
  tools::random_source random(1);
  // The first draw of mt19937_64 with seed 1 is 2469588189546311528, by the C++ standard's recurrence.
  EXPECT_EQ(random.uniform(), static_cast<double>(2469588189546311528u >> 11) * 0x1p-53);
  tools::random_source other(1);
  other.uniform();
  EXPECT_EQ(random.normal(), other.normal());
}

TEST(Random, NormalHasMeanZeroAndVarianceOne) {
  tools::random_source random(3);
  constexpr int draws = 200000;
  double sum = 0, squares = 0, fourth = 0;
  for (int k = 0; k < draws; ++k) {
    const double x = random.normal();
    sum += x;
    squares += x * x;
    fourth += x * x * x * x;
  }
  EXPECT_NEAR(sum / draws, 0, 0.01);
  EXPECT_NEAR(squares / draws, 1, 0.02);
  EXPECT_NEAR(fourth / draws, 3, 0.1);
}

// Displacements of the beam under its load, by textbook loops.
std::vector<double> displacements(const tools::cantilever& beam) {
  const matrices<double> l = textbook_factor(beam.stiffness);
  const std::int64_t n = l.rows;
  std::vector<double> x(beam.load.elements.data(), beam.load.elements.data() + n);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t k = 0; k < i; ++k) x[static_cast<std::size_t>(i)] -= l(0, i, k) * x[static_cast<std::size_t>(k)];
    x[static_cast<std::size_t>(i)] /= l(0, i, i);
  }
  for (std::int64_t i = n - 1; i >= 0; --i) {
    for (std::int64_t k = i + 1; k < n; ++k)
      x[static_cast<std::size_t>(i)] -= l(0, k, i) * x[static_cast<std::size_t>(k)];
    x[static_cast<std::size_t>(i)] /= l(0, i, i);
  }
  return x;
}

TEST(Cantilever, HasTheDocumentedOrder) {
  tools::cantilever_options o;
  EXPECT_EQ(2 * o.nx * (o.ny + 1), 4884);
  o.nx = 7;
  o.ny = 3;
  EXPECT_EQ(tools::generate_cantilever(o).stiffness.rows, 56);
}

TEST(Cantilever, IsSymmetricPositiveDefiniteAndCarriesTheForce) {
  tools::cantilever_options o;
  o.nx = 8;
  o.ny = 4;
  const tools::cantilever beam = tools::generate_cantilever(o);
  EXPECT_TRUE(hermitian(beam.stiffness));
  EXPECT_EQ(first_failure(beam.stiffness), 0);
  double vertical = 0;
  for (std::int64_t i = 0; i < beam.load.rows; ++i) vertical += beam.load(0, i, 0);
  EXPECT_NEAR(vertical, -o.force, 1e-9 * o.force);
}

TEST(Cantilever, RigidDisplacementStrainsOnlyTheClampedElements) {
  tools::cantilever_options o;
  o.nx = 5;
  o.ny = 2;
  const tools::cantilever beam = tools::generate_cantilever(o);
  const std::int64_t n = beam.stiffness.rows;
  for (std::int64_t i = 2 * (o.ny + 1); i < n; ++i) {  // rows of nodes without a clamped neighbour
    double force = 0;
    for (std::int64_t j = 0; j < n; j += 2) force += beam.stiffness(0, i, j);
    EXPECT_NEAR(force, 0, 1e-6 * beam.stiffness(0, i, i));
  }
}

TEST(Cantilever, DeflectionConvergesToTimoshenko) {
  tools::cantilever_options o;
  o.length = 10;
  o.height = 2;
  double before = 1;
  for (const std::int64_t fineness : {2, 4, 8}) {
    o.nx = 5 * fineness;
    o.ny = fineness;
    const tools::cantilever beam = tools::generate_cantilever(o);
    const double deflection = -displacements(beam)[static_cast<std::size_t>(beam.tip)];
    const double error = std::abs(deflection / beam.timoshenko - 1);
    EXPECT_LT(error, before / 2) << "fineness " << fineness;
    before = error;
  }
  EXPECT_LT(before, 0.02);
}

TEST(Cantilever, TheoryAddsShear) {
  const tools::cantilever beam = tools::generate_cantilever({.nx = 2, .ny = 2});
  EXPECT_GT(beam.timoshenko, beam.euler_bernoulli);
  EXPECT_LT(beam.timoshenko, 1.1 * beam.euler_bernoulli);
}

TEST(GaussianProcess, IsPositiveDefiniteWithTheDocumentedDiagonal) {
  for (const auto kernel : {tools::gp_kernel::rbf, tools::gp_kernel::matern32, tools::gp_kernel::matern52}) {
    for (const auto points : {tools::gp_points::uniform, tools::gp_points::grid}) {
      tools::gp_options o;
      o.n = 90;
      o.kernel = kernel;
      o.points = points;
      o.variance = 2;
      o.noise = 0.5;
      const auto a = tools::generate_gp(o);
      EXPECT_TRUE(hermitian(a));
      EXPECT_EQ(a(0, 17, 17), 2.5);
      EXPECT_EQ(eigenvalues_below(a, 0.5 - 1e-9), 0) << "no eigenvalue lies below the noise";
      EXPECT_EQ(eigenvalues_below(a, 90 * 2 + 0.5), 90);
    }
  }
}

TEST(GaussianProcess, KernelValuesAtOneLengthScale) {
  tools::gp_options o;
  o.n = 2;
  o.dimension = 1;
  o.points = tools::gp_points::grid;  // 0 and 1
  o.length_scale = 1;
  o.noise = 0;
  const auto value = [&](tools::gp_kernel kernel) {
    o.kernel = kernel;
    return tools::generate_gp(o)(0, 1, 0);
  };
  EXPECT_NEAR(value(tools::gp_kernel::rbf), 0.6065306597126334, 1e-15);
  EXPECT_NEAR(value(tools::gp_kernel::matern32), 0.4833577245965077, 1e-15);
  EXPECT_NEAR(value(tools::gp_kernel::matern52), 0.5239941088318203, 1e-15);
}

TEST(SampleCovariance, FillsTheMarchenkoPasturInterval) {
  tools::sample_covariance_options o;
  o.n = 200;
  o.samples = 800;  // n/m = 1/4: from 1/4 to 9/4
  const auto a = tools::generate_sample_covariance(o);
  EXPECT_TRUE(hermitian(a));
  EXPECT_EQ(eigenvalues_below(a, 0.2), 0);
  EXPECT_GT(eigenvalues_below(a, 0.4), 0);
  EXPECT_EQ(eigenvalues_below(a, 2.4), 200);
  EXPECT_LT(eigenvalues_below(a, 2.0), 200);
}

TEST(SampleCovariance, HasTheRequestedCorrelation) {
  tools::sample_covariance_options o;
  o.n = 5;
  o.samples = 20000;
  o.correlation = 0.5;
  const auto a = tools::generate_sample_covariance(o);
  EXPECT_NEAR(a(0, 2, 2), 1, 0.05);
  EXPECT_NEAR(a(0, 2, 1), 0.5, 0.05);
  EXPECT_NEAR(a(0, 4, 2), 0.25, 0.05);
}

TEST(Kalman, EveryCovarianceIsPositiveDefiniteAndDifferent) {
  for (const std::int64_t dimension : {1, 2, 3}) {
    const auto a = tools::generate_kalman({.batch = 50, .dimension = dimension});
    EXPECT_EQ(a.rows, 2 * dimension);
    EXPECT_TRUE(hermitian(a));
    for (std::int64_t b = 0; b < a.batch; ++b) EXPECT_EQ(first_failure(a, b), 0);
    EXPECT_NE(a(0, 0, 0), a(1, 0, 0));
    EXPECT_NE(a(0, 1, 0), 0) << "position and velocity, or two axes, depend on each other";
  }
}

TEST(Kalman, MeasurementsReduceTheVariance) {
  const auto before = tools::generate_kalman({.batch = 1, .steps = 0});
  const auto after = tools::generate_kalman({.batch = 1, .steps = 20});
  EXPECT_EQ(before(0, 0, 0), 1e4);
  for (std::int64_t i = 0; i < 6; ++i) EXPECT_LT(after(0, i, i), before(0, i, i));
  for (std::int64_t i = 0; i < 3; ++i) EXPECT_LT(after(0, i, i), 900) << "better than one measurement of 30 m";
}

TEST(Kalman, OneStepInOneDimensionMatchesTheScalarFormula) {
  const auto p = tools::generate_kalman({.batch = 1, .dimension = 1, .steps = 1, .seed = 5});
  tools::random_source random(5);
  const double t = random.uniform(0.1, 2), q = random.uniform(0.1, 5), sigma = random.uniform(3, 30);
  const double r = sigma * sigma;
  const double position = 1e4 + t * t * 1e2 + q * t * t * t / 3;  // predicted
  const double mixed = t * 1e2 + q * t * t / 2;
  const double velocity = 1e2 + q * t;
  EXPECT_NEAR(p(0, 0, 0), position * r / (position + r), 1e-9);
  EXPECT_NEAR(p(0, 1, 0), mixed * r / (position + r), 1e-9);
  EXPECT_NEAR(p(0, 1, 1), velocity - mixed * mixed / (position + r), 1e-9);
}

TEST(Mimo, SmallestEigenvalueIsTheNoise) {
  const auto a = tools::generate_mimo({.n = 20, .users = 8, .batch = 3, .noise = 0.25});
  EXPECT_TRUE(hermitian(a));
  for (std::int64_t b = 0; b < 3; ++b) {
    EXPECT_EQ(eigenvalues_below(a, 0.25 - 1e-9, b), 0);
    EXPECT_EQ(eigenvalues_below(a, 0.25 + 1e-9, b), 12) << "n - users of them";
    EXPECT_GT(std::abs(a(b, 1, 0).imag()), 0);
  }
  EXPECT_NE(a(0, 1, 0), a(1, 1, 0));
}

template <class W>
void expect_spectrum() {
  tools::spectrum_options o;
  o.n = 60;
  o.condition = 1e4;
  const auto a = tools::generate_spectrum<W>(o);
  EXPECT_TRUE(hermitian(a));
  for (std::int64_t i = 0; i < o.n; ++i) {
    const double eigenvalue = std::pow(1e4, -static_cast<double>(i) / 59);
    EXPECT_EQ(eigenvalues_below(a, eigenvalue * 1.000001), o.n - i);
    EXPECT_EQ(eigenvalues_below(a, eigenvalue * 0.999999), o.n - i - 1);
  }
  EXPECT_GT(std::abs(a(0, 59, 0)), 1e-6) << "dense";
}
TEST(Spectrum, HasThePrescribedEigenvalues) { expect_spectrum<double>(); }
TEST(Spectrum, HasThePrescribedEigenvaluesComplex) { expect_spectrum<complex>(); }

TEST(Spectrum, SmallOrders) {
  EXPECT_EQ(tools::generate_spectrum<double>({.n = 0}).rows, 0);
  EXPECT_EQ((tools::generate_spectrum<double>({.n = 1})(0, 0, 0)), 1);
}

template <class W>
void expect_exact_failure() {
  for (const std::int64_t n : {1, 2, 50, 250}) {
    for (const std::int64_t k : {std::int64_t{1}, n / 2 + 1, n}) {
      EXPECT_EQ(first_failure(tools::generate_indefinite<W>({.n = n, .k = k})), k);
    }
  }
  EXPECT_TRUE(hermitian(tools::generate_indefinite<W>({.n = 250, .k = 3})));
}
TEST(Indefinite, FailsAtExactlyK) { expect_exact_failure<double>(); }
TEST(Indefinite, FailsAtExactlyKComplex) { expect_exact_failure<complex>(); }

TEST(Planted, FailsAtTheLargerOfRowAndColumn) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const double value : {std::numeric_limits<double>::quiet_NaN(), infinity, -infinity}) {
    EXPECT_EQ(first_failure(tools::generate_planted({.n = 40, .row = 30, .col = 7, .value = value})), 30);
    EXPECT_EQ(first_failure(tools::generate_planted({.n = 40, .row = 5, .col = 7, .value = value})), 7);
    EXPECT_EQ(first_failure(tools::generate_planted({.n = 40, .row = 9, .col = 9, .value = value})), 9);
  }
}

TEST(Planted, IsInBothTriangles) {
  const auto a = tools::generate_planted({.n = 40, .row = 30, .col = 7});
  EXPECT_TRUE(std::isnan(a(0, 29, 6)));
  EXPECT_TRUE(std::isnan(a(0, 6, 29)));
}

TEST(Generators, RejectInvalidParameters) {
  const auto refuses = [](const auto& action) { return complaint(action).find("expected") != std::string::npos; };
  EXPECT_TRUE(refuses([] { tools::generate_cantilever({.nx = 0}); }));
  EXPECT_TRUE(refuses([] { tools::generate_cantilever({.height = -1}); }));
  EXPECT_TRUE(refuses([] { tools::generate_cantilever({.poisson = 0.5}); }));
  EXPECT_TRUE(refuses([] { tools::generate_gp({.n = -1}); }));
  EXPECT_TRUE(refuses([] { tools::generate_gp({.length_scale = 0}); }));
  EXPECT_TRUE(refuses([] { tools::generate_sample_covariance({.samples = 1}); }));
  EXPECT_TRUE(refuses([] { tools::generate_kalman({.dimension = 4}); }));
  EXPECT_TRUE(refuses([] { tools::generate_mimo({.users = 0}); }));
  EXPECT_TRUE(refuses([] { tools::generate_spectrum<double>({.condition = 0.5}); }));
  EXPECT_TRUE(refuses([] { tools::generate_indefinite<double>({.n = 5, .k = 6}); }));
  EXPECT_TRUE(refuses([] { tools::generate_planted({.n = 5, .row = 1, .col = 1, .value = 3}); }));
}

TEST(Generators, RejectResultsLargerThanMemory) {
  EXPECT_NE(complaint([] { tools::generate_gp({.n = 100000000}); }).find("of memory"), std::string::npos);
  EXPECT_NE(complaint([] { tools::generate_cantilever({.nx = 1 << 20, .ny = 1 << 20}); }).find("of memory"),
            std::string::npos);
  EXPECT_NE(complaint([] { tools::generate_kalman({.batch = std::int64_t{1} << 60}); }).find("of memory"),
            std::string::npos);
}

}  // namespace
}  // namespace posdef::test
