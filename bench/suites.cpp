#include "suites.hpp"

#include <initializer_list>
#include <utility>

namespace posdef::bench {
namespace {

using tools::dtype;
constexpr dtype every_type[] = {dtype::f32, dtype::f64, dtype::c64, dtype::c128};

bool is_complex(dtype type) { return type == dtype::c64 || type == dtype::c128; }

// The shapes of real users.
std::vector<cell> seeds(bool quick) {
  struct shape {
    std::int64_t batch, n;
  };
  const std::pair<dtype, std::vector<shape>> lists[] = {
      {dtype::f32, {{1, 64}, {1, 256}, {1, 1024}, {1, 3000}, {32, 64}, {16, 512}, {32, 3000}}},
      {dtype::c64, {{1, 16}, {1, 64}, {1, 128}, {1, 3000}, {32, 16}, {32, 64}, {32, 128}, {4, 1024}, {32, 3000}}}};
  std::vector<cell> all;
  for (const auto& [type, shapes] : lists) {
    for (const shape& s : shapes) {
      if (quick && s.batch * s.n >= 32 * 3000) continue;
      all.push_back({.suite = "seeds", .type = type, .batch = s.batch, .n = s.n});
    }
  }
  return all;
}

std::vector<cell> tiny() {
  std::vector<cell> all;
  for (const dtype type : every_type) {
    for (const std::int64_t n : {2, 3, 4, 6, 8, 12, 16, 24, 32}) {
      all.push_back({.suite = "tiny", .type = type, .batch = 1000, .n = n});
    }
  }
  return all;
}

// Orders from 8 to 2048: powers of two, values between them, and values next to block boundaries.
std::vector<cell> sweep() {
  std::vector<cell> all;
  for (const dtype type : every_type) {
    for (const std::int64_t n : {8,   12,  16,  17,  24,  32,  33,  48,  64,   96,   100,  128,  129, 192,
                                 200, 256, 300, 384, 500, 512, 513, 768, 1000, 1024, 1025, 1500, 2048}) {
      for (const uplo which : {uplo::lower, uplo::upper}) {
        for (const layout order : {layout::col_major, layout::row_major}) {
          all.push_back({.suite = "sweep", .type = type, .uplo = which, .layout = order, .n = n});
        }
      }
    }
  }
  return all;
}

std::vector<cell> large() {
  std::vector<cell> all;
  for (const dtype type : every_type) {
    for (const std::int64_t n : {4096, 8192, 16384}) all.push_back({.suite = "large", .type = type, .n = n});
  }
  return all;
}

// Orders times batches, in powers of two and of four: for a map of ratios. A call takes at most 64 MiB of matrices.
std::vector<cell> grid(bool quick) {
  constexpr double most_bytes = 64 << 20, most_bytes_if_quick = 1 << 20;
  std::vector<cell> all;
  for (const dtype type : every_type) {
    for (std::int64_t n = 2; n <= 2048; n *= 2) {
      for (std::int64_t batch = 1; batch <= 1024; batch *= 4) {
        const cell c{.suite = "grid", .type = type, .batch = batch, .n = n};
        if (batch == 1 || c.bytes() <= (quick ? most_bytes_if_quick : most_bytes)) all.push_back(c);
      }
    }
  }
  return all;
}

// The shapes of a public contest for batched Cholesky on a GPU: GPU MODE's reference-kernels,
// problems/linalg/cholesky_py.
std::vector<cell> contest() {
  constexpr std::pair<std::int64_t, std::int64_t> shapes[] = {
      {4096, 32}, {1024, 64}, {256, 128}, {64, 256}, {16, 512}, {640, 512}, {4, 1024}, {60, 1024},
      {2, 2048},  {8, 2048},  {1, 4096},  {2, 4096}, {1, 8192}, {1, 16384}, {1, 32768}};
  std::vector<cell> all;
  for (const auto& [batch, n] : shapes) {
    all.push_back({.suite = "contest", .type = dtype::f32, .batch = batch, .n = n});
  }
  return all;
}

// Operations on a factor. Cells with the same factor are adjacent, so that it is computed once.
std::vector<cell> ops() {
  constexpr std::pair<std::int64_t, std::int64_t> shapes[] = {{1, 16},   {1, 64},    {1, 256}, {1, 1024},
                                                              {1000, 8}, {1000, 32}, {32, 128}};
  std::vector<cell> all;
  for (const dtype type : every_type) {
    for (const auto& [batch, n] : shapes) {
      const cell shape{.suite = "ops", .op = operation::cholesky_solve, .type = type, .batch = batch, .n = n};
      all.push_back(shape);
      all.push_back(shape);
      all.back().nrhs = 64;
      for (const operation op : {operation::cholesky_inverse, operation::inv_triangular, operation::cholesky_logdet}) {
        all.push_back(shape);
        all.back().op = op;
      }
    }
  }
  return all;
}

}  // namespace

std::string name_of(operation op) {
  switch (op) {
    case operation::cholesky: return "cholesky";
    case operation::cholesky_solve: return "cholesky_solve";
    case operation::cholesky_inverse: return "cholesky_inverse";
    case operation::inv_triangular: return "inv_triangular";
    default: return "cholesky_logdet";
  }
}

std::string cell::text() const {
  std::string words = std::string(tools::name_of(type)) + " " + std::to_string(batch) + "x" + std::to_string(n);
  if (op != operation::cholesky) words += " " + name_of(op);
  if (op == operation::cholesky_solve) words += " nrhs=" + std::to_string(nrhs);
  if (uplo == posdef::uplo::upper) words += " upper";
  if (layout == posdef::layout::row_major) words += " row-major";
  return words;
}

double cell::operations() const {
  const double order = static_cast<double>(n);
  const double cost = (is_complex(type) ? 4 : 1) * static_cast<double>(batch);
  switch (op) {
    case operation::cholesky:
    case operation::inv_triangular: return cost * order * order * order / 3;
    case operation::cholesky_inverse: return cost * order * order * order * 2 / 3;
    case operation::cholesky_solve: return cost * order * order * 2 * static_cast<double>(nrhs);
    default: return order * static_cast<double>(batch);
  }
}

double cell::bytes() const {
  constexpr double sizes[] = {4, 8, 8, 16};
  const auto count = static_cast<double>(batch) * static_cast<double>(n);
  const auto columns = static_cast<double>(n) + (op == operation::cholesky_solve ? static_cast<double>(nrhs) : 0);
  return sizes[static_cast<int>(type)] * count * columns;
}

const std::vector<std::string>& suite_names() {
  static const std::vector<std::string> names = {"seeds", "tiny", "sweep", "grid", "large", "contest", "ops"};
  return names;
}

std::vector<cell> cells_of(const std::string& suite, bool quick) {
  if (suite == "seeds") return seeds(quick);
  if (suite == "tiny") return tiny();
  if (suite == "sweep") return sweep();
  if (suite == "grid") return grid(quick);
  if (suite == "large") return large();
  if (suite == "contest") return contest();
  if (suite == "ops") return ops();
  throw tools::input_error("unknown suite \"" + suite + "\"; expected seeds, tiny, sweep, grid, large, contest or ops");
}

}  // namespace posdef::bench
