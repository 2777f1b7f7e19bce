// The stiffness matrix of a cantilever beam: plane-stress elasticity on nx × ny bilinear quadrilaterals ("Q4").
//
// An element of width a, height b and thickness t contributes  Ke = t·∫ Bᵀ·D·B dA  (2 × 2 Gauss points, exact), where
// B maps its 8 nodal displacements to the strains and
//     D = E/(1 − ν²) · [1 ν 0; ν 1 0; 0 0 (1 − ν)/2]       is Hooke's law in plane stress.
// The nodes at x = 0 are clamped and omitted, which makes K positive definite: n = 2·nx·(ny + 1) unknowns, numbered
// column of nodes by column of nodes, x before y. The force P acts on the tip as a parabolic shear, the exact traction
// of beam theory, which predicts the deflection (I = t·h³/12, A = t·h, G = E/(2(1 + ν)), κ = 5/6):
//     Euler-Bernoulli   P·l³/(3·E·I)             Timoshenko   P·l³/(3·E·I) + P·l/(κ·G·A)
// Sources: Cook et al., Concepts and Applications of Finite Element Analysis, 4th ed., chapter 6; Timoshenko &
// Goodier, Theory of Elasticity, 3rd ed., article 21.
#include <array>
#include <cmath>

#include "generate/generate.hpp"

namespace posdef::tools {
namespace {

using element_matrix = std::array<std::array<double, 8>, 8>;

element_matrix element_stiffness(const cantilever_options& o, double a, double b) {
  const double c = o.young / (1 - o.poisson * o.poisson);
  const double hooke[3][3] = {{c, c * o.poisson, 0}, {c * o.poisson, c, 0}, {0, 0, c * (1 - o.poisson) / 2}};
  constexpr double corner[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
  const double gauss = 1 / std::sqrt(3.0);

  element_matrix ke{};
  for (const auto& point : corner) {
    const double xi = point[0] * gauss;
    const double eta = point[1] * gauss;
    double strain[3][8] = {};
    for (int m = 0; m < 4; ++m) {
      const double dx = corner[m][0] * (1 + corner[m][1] * eta) / 4 * (2 / a);
      const double dy = corner[m][1] * (1 + corner[m][0] * xi) / 4 * (2 / b);
      strain[0][2 * m] = dx;
      strain[1][2 * m + 1] = dy;
      strain[2][2 * m] = dy;
      strain[2][2 * m + 1] = dx;
    }
    const double weight = o.thickness * a * b / 4;
    for (std::size_t r = 0; r < 8; ++r) {
      for (std::size_t s = 0; s <= r; ++s) {
        double sum = 0;
        for (int x = 0; x < 3; ++x) {
          for (int y = 0; y < 3; ++y) sum += strain[x][r] * hooke[x][y] * strain[y][s];
        }
        ke[r][s] += weight * sum;
      }
    }
  }
  for (std::size_t r = 0; r < 8; ++r) {
    for (std::size_t s = r + 1; s < 8; ++s) ke[r][s] = ke[s][r];
  }
  return ke;
}

// The number of a node's x displacement; negative for a clamped node (ix = 0).
std::int64_t unknown(const cantilever_options& o, std::int64_t ix, std::int64_t iy) {
  return 2 * ((ix - 1) * (o.ny + 1) + iy);
}

}  // namespace

cantilever generate_cantilever(const cantilever_options& o) {
  constexpr std::int64_t many = 1 << 24;
  require(o.nx >= 1 && o.nx <= many && o.ny >= 1 && o.ny <= many, "nx and ny from 1 to 16777216");
  require(o.length > 0 && o.height > 0 && o.thickness > 0, "a length, height and thickness above 0");
  require(o.young > 0 && o.poisson > -1 && o.poisson < 0.5, "a Young's modulus above 0, a Poisson ratio in (-1, 0.5)");
  const std::int64_t n = 2 * o.nx * (o.ny + 1);
  const double a = o.length / static_cast<double>(o.nx);
  const double b = o.height / static_cast<double>(o.ny);

  cantilever out;
  out.stiffness = matrices<double>(1, n, n);
  out.load = matrices<double>(1, n, 1);
  const element_matrix ke = element_stiffness(o, a, b);
  for (std::int64_t ix = 0; ix < o.nx; ++ix) {
    for (std::int64_t iy = 0; iy < o.ny; ++iy) {
      const std::int64_t nodes[4] = {unknown(o, ix, iy), unknown(o, ix + 1, iy), unknown(o, ix + 1, iy + 1),
                                     unknown(o, ix, iy + 1)};
      for (std::size_t r = 0; r < 8; ++r) {
        for (std::size_t s = 0; s < 8; ++s) {
          const std::int64_t row = nodes[r / 2];
          const std::int64_t col = nodes[s / 2];
          if (row < 0 || col < 0) continue;
          out.stiffness(0, row + static_cast<std::int64_t>(r % 2), col + static_cast<std::int64_t>(s % 2)) += ke[r][s];
        }
      }
    }
  }

  // Shear traction 3P/(2h)·(1 − s²), s from -1 to 1 over the height, times the two hat functions of each edge.
  for (std::int64_t iy = 0; iy < o.ny; ++iy) {
    const double gauss = 1 / std::sqrt(3.0);
    for (const double eta : {-gauss, gauss}) {
      const double s = 2 * (static_cast<double>(iy) + (1 + eta) / 2) / static_cast<double>(o.ny) - 1;
      const double traction = 1.5 * o.force / o.height * (1 - s * s) * b / 2;
      out.load(0, unknown(o, o.nx, iy) + 1, 0) -= traction * (1 - eta) / 2;
      out.load(0, unknown(o, o.nx, iy + 1) + 1, 0) -= traction * (1 + eta) / 2;
    }
  }

  out.tip = unknown(o, o.nx, (o.ny + 1) / 2) + 1;
  const double area = o.thickness * o.height;
  const double inertia = area * o.height * o.height / 12;
  const double shear_modulus = o.young / (2 * (1 + o.poisson));
  out.euler_bernoulli = o.force * o.length * o.length * o.length / (3 * o.young * inertia);
  out.timoshenko = out.euler_bernoulli + o.force * o.length / (5.0 / 6 * shear_modulus * area);
  return out;
}

}  // namespace posdef::tools
