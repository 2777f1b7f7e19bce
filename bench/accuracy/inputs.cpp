#include "accuracy/inputs.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "generate/generate.hpp"
#include "generate/random.hpp"
#include "numeric/product.hpp"

namespace posdef::bench {
namespace {

template <class T>
using wide = std::conditional_t<tools::is_complex<T>, std::complex<double>, double>;

struct request {
  std::int64_t n;
  std::int64_t sample;
  double eps;  // half the spacing of numbers at 1 in the type of the result

  std::uint64_t seed() const { return static_cast<std::uint64_t>(sample + 1); }
  double nugget() const { return 16 * static_cast<double>(n) * eps; }
};

template <class W>
tools::matrices<W> wishart(const request& r) {
  const std::int64_t draws = 2 * r.n;
  tools::matrices<W> g(1, r.n, draws), a(1, r.n, r.n);
  tools::random_source random(r.seed());
  for (std::int64_t e = 0; e < r.n * draws; ++e) g.elements.data()[e] = random.standard<W>();
  const auto row = [&](std::int64_t i, std::int64_t k) { return g(0, i, k); };
  const auto copy = [&](const tools::product_view& block, int) {
    for (std::int64_t j = block.j0; j < block.j1; ++j) {
      for (std::int64_t i = std::max(block.i0, j); i < block.i1; ++i) {
        a(0, i, j) = block.at<W>(i, j) / static_cast<double>(draws);
        a(0, j, i) = tools::conjugate(a(0, i, j));
      }
      if (j >= block.i0 && j < block.i1) a(0, j, j) = std::real(a(0, j, j));
    }
  };
  tools::for_each_product_block<W>(r.n, r.n, draws, tools::product_part::lower, false, 1, row, row, copy);
  return a;
}

template <class W>
tools::matrices<W> scaled(const request& r) {
  tools::matrices<W> a = wishart<W>(r);
  const double largest = r.eps > 1e-10 ? 15 : 150;  // the exponents of float end at 38, those of double at 308
  tools::random_source random(r.seed() + 1000);
  std::vector<double> d(static_cast<std::size_t>(r.n));
  for (double& x : d) x = std::pow(10.0, random.uniform(-largest, largest));
  for (std::int64_t j = 0; j < r.n; ++j) {
    for (std::int64_t i = j; i < r.n; ++i) {
      a(0, i, j) = (a(0, i, j) * d[static_cast<std::size_t>(i)]) * d[static_cast<std::size_t>(j)];
      a(0, j, i) = tools::conjugate(a(0, i, j));
    }
  }
  return a;
}

template <class W>
tools::matrices<W> with_condition(const request& r, double condition) {
  return tools::generate_spectrum<W>({.n = r.n, .condition = condition, .seed = r.seed()});
}

tools::matrices<double> kernel(const request& r, tools::gp_kernel which) {
  return tools::generate_gp({.n = r.n, .kernel = which, .noise = r.nugget(), .seed = r.seed()});
}

tools::matrices<double> laplace(std::int64_t n, std::int64_t row_length) {
  tools::matrices<double> a(1, n, n);
  const bool plane = row_length < n;
  for (std::int64_t i = 0; i < n; ++i) {
    a(0, i, i) = plane ? 4 : 2;
    if ((i + 1) % row_length != 0 && i + 1 < n) a(0, i + 1, i) = a(0, i, i + 1) = -1;
    if (plane && i + row_length < n) a(0, i + row_length, i) = a(0, i, i + row_length) = -1;
  }
  return a;
}

tools::matrices<double> dominant(const request& r) {
  tools::matrices<double> a(1, r.n, r.n);
  tools::random_source random(r.seed());
  std::vector<double> sums(static_cast<std::size_t>(r.n));
  for (std::int64_t j = 0; j < r.n; ++j) {
    for (std::int64_t i = j + 1; i < r.n; ++i) {
      a(0, i, j) = a(0, j, i) = random.uniform(-1, 1);
      sums[static_cast<std::size_t>(i)] += std::abs(a(0, i, j));
      sums[static_cast<std::size_t>(j)] += std::abs(a(0, i, j));
    }
  }
  for (std::int64_t i = 0; i < r.n; ++i) a(0, i, i) = 1.01 * sums[static_cast<std::size_t>(i)];
  return a;
}

tools::matrices<double> hilbert(const request& r) {
  tools::matrices<double> a(1, r.n, r.n);
  for (std::int64_t j = 0; j < r.n; ++j) {
    for (std::int64_t i = 0; i < r.n; ++i) a(0, i, j) = 1 / static_cast<double>(i + j + 1);
    a(0, j, j) += r.nugget();
  }
  return a;
}

tools::matrices<double> elasticity(const request& r) {
  tools::cantilever_options o;
  o.ny = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::sqrt(static_cast<double>(r.n) / 10)));
  o.nx = (r.n + 2 * o.ny + 1) / (2 * (o.ny + 1));
  const tools::matrices<double> whole = tools::generate_cantilever(o).stiffness;
  tools::matrices<double> a(1, r.n, r.n);
  for (std::int64_t j = 0; j < r.n; ++j) {
    for (std::int64_t i = 0; i < r.n; ++i) a(0, i, j) = whole(0, i, j);
  }
  return a;
}

void vary(tools::matrices<double>& a, const request& r) {
  if (r.sample == 0) return;
  const double by = tools::random_source(r.seed()).uniform(1, 4);
  for (std::int64_t e = 0; e < r.n * r.n; ++e) a.elements.data()[e] *= by;
}

tools::matrices<double> real_matrix(const std::string& name, const request& r) {
  if (name == "rbf") return kernel(r, tools::gp_kernel::rbf);
  if (name == "matern52") return kernel(r, tools::gp_kernel::matern52);
  if (name == "dominant") return dominant(r);
  tools::matrices<double> a;
  if (name == "laplace-1d") {
    a = laplace(r.n, r.n);
  } else if (name == "laplace-2d") {
    a = laplace(r.n, static_cast<std::int64_t>(std::sqrt(static_cast<double>(r.n))));
  } else if (name == "hilbert") {
    a = hilbert(r);
  } else if (name == "elasticity") {
    a = elasticity(r);
  } else {
    throw tools::input_error("unknown matrix \"" + name + "\"");
  }
  vary(a, r);
  return a;
}

template <class W>
tools::matrices<W> with_phases(tools::matrices<double> a, const request& r) {
  if constexpr (!tools::is_complex<W>) {
    return a;
  } else {
    tools::matrices<W> out(1, r.n, r.n);
    tools::random_source random(r.seed() + 2000);
    std::vector<W> phase(static_cast<std::size_t>(r.n));
    for (W& p : phase) {
      p = random.standard<W>();
      p /= std::abs(p);
    }
    for (std::int64_t j = 0; j < r.n; ++j) {
      for (std::int64_t i = j + 1; i < r.n; ++i) {
        out(0, i, j) =
            a(0, i, j) * (phase[static_cast<std::size_t>(i)] * std::conj(phase[static_cast<std::size_t>(j)]));
        out(0, j, i) = std::conj(out(0, i, j));
      }
      out(0, j, j) = a(0, j, j);
    }
    return out;
  }
}

template <class W>
tools::matrices<W> make(const std::string& name, const request& r) {
  if (name == "wishart") return wishart<W>(r);
  if (name == "scaled") return scaled<W>(r);
  if (name == "condition-1e2") return with_condition<W>(r, 100);
  if (name == "condition-root") return with_condition<W>(r, 1 / std::sqrt(r.eps));
  if (name == "condition-limit")
    return with_condition<W>(r, std::max(100.0, 1 / (32 * static_cast<double>(r.n) * r.eps)));
  return with_phases<W>(real_matrix(name, r), r);
}

}  // namespace

const std::vector<std::string>& accuracy_matrices() {
  static const std::vector<std::string> names = {
      "wishart", "rbf",           "matern52",       "laplace-1d",      "laplace-2d", "dominant",
      "hilbert", "condition-1e2", "condition-root", "condition-limit", "scaled",     "elasticity"};
  return names;
}

template <scalar T>
tools::buffer<T> make_accuracy_matrix(const std::string& name, std::int64_t n, std::int64_t sample) {
  const double eps = static_cast<double>(std::numeric_limits<real_type<T>>::epsilon()) / 2;
  const tools::matrices<wide<T>> exact = make<wide<T>>(name, {n, sample, eps});
  tools::buffer<T> a(n * n);
  for (std::int64_t e = 0; e < n * n; ++e) a.data()[e] = static_cast<T>(exact.elements.data()[e]);
  return a;
}

template tools::buffer<float> make_accuracy_matrix(const std::string&, std::int64_t, std::int64_t);
template tools::buffer<double> make_accuracy_matrix(const std::string&, std::int64_t, std::int64_t);
template tools::buffer<std::complex<float>> make_accuracy_matrix(const std::string&, std::int64_t, std::int64_t);
template tools::buffer<std::complex<double>> make_accuracy_matrix(const std::string&, std::int64_t, std::int64_t);

}  // namespace posdef::bench
