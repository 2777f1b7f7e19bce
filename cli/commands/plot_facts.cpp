#include "commands/plot_facts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "numeric/heat_map.hpp"

namespace posdef::cli {
namespace {

using json = nlohmann::ordered_json;

constexpr std::int64_t most_cells = 512;
constexpr std::int64_t most_groups = 2000;  // of matrices, in the plot over a batch

// A logarithm with three decimals: more are invisible in the plot, and this makes the page a fourth of the size.
json logarithm(double size) {
  if (std::isnan(size)) return "NaN";
  if (size == 0) return nullptr;
  return std::round(std::log10(size) * 1000) / 1000;
}

json to_json(const tools::heat_map& map) {
  json rows = json::array();
  for (std::int64_t i = 0; i < map.cells; ++i) {
    json row = json::array();
    for (std::int64_t j = 0; j < map.cells; ++j) row.push_back(logarithm(map(i, j)));
    rows.push_back(std::move(row));
  }
  return rows;
}

template <scalar T>
json diagonal_of(const tools::matrices<T>& m) {
  constexpr double none = std::numeric_limits<double>::infinity();
  double smallest = none, largest = -none;
  std::int64_t not_finite = 0;
  for (std::int64_t i = 0; i < m.rows; ++i) {
    const double x = static_cast<double>(std::real(m(0, i, i)));
    if (!std::isfinite(x)) {
      ++not_finite;
      continue;
    }
    smallest = std::min(smallest, x);
    largest = std::max(largest, x);
  }
  return {{"smallest", smallest}, {"largest", largest}, {"not_finite", not_finite}};  // infinity is null in JSON
}

// The pivots before the one that failed.
template <scalar T>
std::vector<double> pivots_of(const tools::matrices<T>& factors, std::int64_t b, std::int64_t info) {
  std::vector<double> pivots(static_cast<std::size_t>(info == 0 ? factors.rows : info - 1));
  for (std::size_t i = 0; i < pivots.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    const double root = static_cast<double>(std::real(factors(b, at, at)));
    pivots[i] = std::min(root * root, std::numeric_limits<double>::max());
  }
  return pivots;
}

template <scalar T>
json all_pivots(const tools::matrices<T>& factors, const std::vector<std::int64_t>& info) {
  const std::int64_t group = (factors.batch + most_groups - 1) / most_groups;
  json smallest = json::array(), failed = json::array();
  for (std::int64_t first = 0; first < factors.batch; first += group) {
    double least = std::numeric_limits<double>::infinity();
    std::int64_t failures = 0;
    for (std::int64_t b = first; b < std::min(first + group, factors.batch); ++b) {
      const std::int64_t k = info[static_cast<std::size_t>(b)];
      failures += k != 0;
      if (k != 0) continue;
      for (const double pivot : pivots_of(factors, b, 0)) least = std::min(least, pivot);
    }
    smallest.push_back(least);
    failed.push_back(failures);
  }
  return {{"group", group}, {"smallest", smallest}, {"failed", failed}};
}

}  // namespace

tools::any_matrices single(const tools::any_matrices& all, std::int64_t k) {
  return std::visit([k](const auto& m) -> tools::any_matrices { return tools::single(m, k); }, all);
}

json facts_of(const tools::any_matrices& one, int threads) {
  return std::visit(
      [&](const auto& m) {
        const tools::asymmetry gap = tools::asymmetry_of(one);
        return json{{"n", m.rows},
                    {"dtype", tools::name_of(tools::dtype_of_any(one))},
                    {"heat", to_json(tools::heat_map_of(m, 0, most_cells, threads))},
                    {"diagonal", diagonal_of(m)},
                    {"asymmetry", {{"ratio", gap.ratio}, {"row", gap.row + 1}, {"col", gap.col + 1}}}};
      },
      one);
}

std::string obstacle_to_spectrum(const tools::any_matrices& one, posdef::uplo uplo) {
  return std::visit(
      [&](const auto& m) -> std::string {
        if (m.rows == 0) return "the matrix is empty";
        if (m.rows > spectrum_up_to) return "the order is above " + std::to_string(spectrum_up_to);
        for (std::int64_t i = 0; i < m.rows; ++i) {
          for (std::int64_t j = 0; j <= i; ++j) {
            if (!tools::finite(uplo == posdef::uplo::lower ? m(0, i, j) : m(0, j, i)))
              return "the matrix holds NaN or infinity";
          }
        }
        return "";
      },
      one);
}

std::string_view bytes_of(const tools::any_matrices& one) {
  return std::visit(
      [](const auto& m) {
        return std::string_view(reinterpret_cast<const char*>(m.elements.data()),
                                static_cast<std::size_t>(m.elements.size()) * sizeof *m.elements.data());
      },
      one);
}

template <scalar T>
void add_pivots(json& facts, const tools::matrices<T>& factors, const std::vector<std::int64_t>& info, std::int64_t k) {
  facts["info"] = info[static_cast<std::size_t>(k)];
  facts["pivots"] = pivots_of(factors, k, info[static_cast<std::size_t>(k)]);
  if (factors.batch > 1) facts["all"] = all_pivots(factors, info);
}

template void add_pivots(json&, const tools::matrices<float>&, const std::vector<std::int64_t>&, std::int64_t);
template void add_pivots(json&, const tools::matrices<double>&, const std::vector<std::int64_t>&, std::int64_t);
template void add_pivots(json&, const tools::matrices<std::complex<float>>&, const std::vector<std::int64_t>&,
                         std::int64_t);
template void add_pivots(json&, const tools::matrices<std::complex<double>>&, const std::vector<std::int64_t>&,
                         std::int64_t);

}  // namespace posdef::cli
