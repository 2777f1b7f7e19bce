// posdef check: is A positive definite, how well conditioned is it, and which jitter makes it positive definite?
//
// The pivots d(k) are the squares of the factor's diagonal. κ₁(A) = ‖A‖₁·‖A⁻¹‖₁ says how many digits a solution loses;
// κ₁ of the matrix with its diagonal scaled to one says the same independently of the units of the variables.
#include <cmath>

#include "commands/json_text.hpp"
#include "commands/run.hpp"
#include "io/hermitian.hpp"
#include "numeric/condition.hpp"
#include "numeric/scaled_matrix.hpp"

namespace posdef::cli {
namespace {

// The results for one matrix.
struct finding {
  std::int64_t info = 0;
  double smallest_pivot = 0, largest_pivot = 0;
  std::int64_t smallest_at = 0;  ///< from 1
  double condition = 1, scaled_condition = 1;
  std::string defect;            ///< describes an element that no positive definite matrix has
  bool not_finite = false;       ///< that element is NaN or infinity
  std::optional<double> jitter;  ///< the power of ten that makes it positive definite
};

template <scalar T>
void record_pivots(finding& f, const tools::matrices<T>& l, std::int64_t b) {
  for (std::int64_t k = 0; k < l.rows; ++k) {
    const double root = static_cast<double>(std::real(l(b, k, k))), pivot = root * root;
    if (k == 0 || pivot < f.smallest_pivot) {
      f.smallest_pivot = pivot;
      f.smallest_at = k + 1;
    }
    f.largest_pivot = std::max(f.largest_pivot, pivot);
  }
}

// x ← A⁻¹·x with the factor, in the factor's type.
template <scalar T>
void solve_with(const tools::matrices<T>& l, std::int64_t b, std::vector<std::complex<double>>& x, const options& o) {
  tools::matrices<T> column(1, l.rows, 1);
  for (std::int64_t i = 0; i < l.rows; ++i) {
    const std::complex<double> value = x[static_cast<std::size_t>(i)];
    if constexpr (tools::is_complex<T>) {
      column(0, i, 0) = T(value);
    } else {
      column(0, i, 0) = static_cast<T>(value.real());
    }
  }
  std::int64_t info = 0;
  try_cholesky_solve<T>(slice(l.view(), b, 1), column.view(), info_span(&info, 1), o);
  for (std::int64_t i = 0; i < l.rows; ++i) x[static_cast<std::size_t>(i)] = std::complex<double>(column(0, i, 0));
}

template <scalar T>
void estimate_condition(finding& f, const tools::matrices<T>& a, const tools::matrices<T>& l, std::int64_t b,
                        const options& o) {
  const std::int64_t n = a.rows;
  const tools::strided<T> stored = tools::element_of(a.view(), b);
  const tools::scales s(stored, n);
  const std::vector<double> ones(static_cast<std::size_t>(n), 1.0);
  const tools::hermitian_of<T> whole{{stored, o.uplo}, ones.data()}, scaled{{stored, o.uplo}, s.d.data()};
  f.condition = tools::norm1(whole, n) *
                tools::estimate_inverse_norm(n, [&](std::vector<std::complex<double>>& x) { solve_with(l, b, x, o); });
  f.scaled_condition =
      tools::norm1(scaled, n) * tools::estimate_inverse_norm(n, [&](std::vector<std::complex<double>>& x) {
        for (std::size_t i = 0; i < x.size(); ++i) x[i] *= s.inverse[i];  // (D·A·D)⁻¹ = D⁻¹·A⁻¹·D⁻¹
        solve_with(l, b, x, o);
        for (std::size_t i = 0; i < x.size(); ++i) x[i] *= s.inverse[i];
      });
}

// Describes the first element of the triangle that is not finite, or the first diagonal element that is not positive.
template <scalar T>
void find_defect(finding& f, const tools::matrices<T>& a, std::int64_t b, uplo which) {
  for (std::int64_t j = 0; j < a.cols; ++j) {
    for (std::int64_t i = j; i < a.rows; ++i) {
      const auto [row, col] = which == uplo::lower ? std::pair(i, j) : std::pair(j, i);
      if (tools::finite(a(b, row, col))) continue;
      f.defect = "element " + tools::place_text(row, col) + " is not finite";
      f.not_finite = true;
      return;
    }
    const double diagonal = static_cast<double>(std::real(a(b, j, j)));
    if (f.defect.empty() && !(diagonal > 0))
      f.defect = "diagonal element " + tools::place_text(j, j) + " is " + short_number(diagonal);
  }
}

// The smallest power of ten that, times the mean of the diagonal and added to the diagonal, makes matrix b positive
// definite; by bisection of the exponent.
template <scalar T>
std::optional<double> find_jitter(const tools::matrices<T>& a, std::int64_t b, const options& o) {
  const auto succeeds = [&](int exponent) {
    tools::any_matrices any = tools::single(a, b);
    tools::add_jitter(any, std::pow(10.0, exponent));
    std::int64_t info = 0;
    try_cholesky<T>(std::get<tools::matrices<T>>(any).view(), info_span(&info, 1), o);
    return info == 0;
  };
  int fails = -17, works = 2;
  if (!succeeds(works)) return std::nullopt;
  while (works - fails > 1) {
    const int middle = (works + fails) / 2;
    (succeeds(middle) ? works : fails) = middle;
  }
  return std::pow(10.0, works);
}

template <scalar T>
std::vector<finding> examine(const common_options& o, const tools::matrices<T>& a, report& r) {
  const options library = o.library();
  tools::matrices<T> l = tools::zeros_like<T>(a);
  r.seconds = factor("factoring", a, l, r.info, library);
  std::vector<finding> all(r.info.size());
  progress bar("estimating conditions");
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (all.size() > 1) bar.set_fraction(static_cast<double>(k) / static_cast<double>(all.size()));
    finding& f = all[k];
    const auto b = static_cast<std::int64_t>(k);
    f.info = r.info[k];
    if (f.info == 0) {
      record_pivots(f, l, b);
      estimate_condition(f, a, l, b, library);
    } else {
      find_defect(f, a, b, library.uplo);
      if (!f.not_finite) f.jitter = find_jitter(a, b, library);
    }
  }
  return all;
}

std::string advice(const finding& f, double eps) {
  if (f.info != 0) {
    std::string text = f.defect.empty() ? "" : f.defect + "; ";
    if (f.not_finite) return f.defect;
    if (!f.jitter) return text + "no jitter up to 100 times the mean of the diagonal makes it positive definite";
    return text + "--jitter " + short_number(*f.jitter, 1) + " makes it positive definite" +
           (*f.jitter > 1e-3 ? ", but changes it much: the matrix may be truly indefinite" : "");
  }
  const double lost = f.condition * eps, lost_scaled = f.scaled_condition * eps;
  if (lost < 1e-3) return "well conditioned";
  if (lost_scaled < lost / 1000)
    return "badly scaled: the factor is accurate, and errors of solutions are relative to the size of each variable";
  const double digits = std::log10(f.condition);
  return "ill conditioned: a solution loses about " + std::to_string(std::lround(digits)) + " of " +
         std::to_string(std::lround(-std::log10(eps))) + " digits" +
         (eps > 1e-10 ? "; f64 or c128 keeps more of them" : "");
}

void print_text(const report& r, const std::vector<finding>& all, double eps) {
  constexpr std::size_t shown_at_most = 10;
  std::cout << r.title << '\n'
            << "  input     " << (r.batch == 1 ? "one matrix, " : std::to_string(r.batch) + " matrices, ")
            << tools::shape_text(1, r.n, r.n) << ", " << tools::name_of(r.type) << '\n'
            << "  engine    " << engine_text(r.device, r.threads) << '\n';
  const auto good = std::count(r.info.begin(), r.info.end(), 0);
  if (r.batch != 1) std::cout << "  result    " << good << " of " << r.info.size() << " positive definite\n";
  for (std::size_t b = 0; b < std::min(all.size(), shown_at_most); ++b) {
    const finding& f = all[b];
    if (r.batch != 1) std::cout << "  matrix " << b << '\n';
    if (f.info != 0) {
      std::cout << "  result    NOT positive definite: leading minor of order " << f.info << '\n';
    } else {
      if (r.batch == 1) std::cout << "  result    positive definite\n";
      std::cout << "  pivots    " << short_number(f.smallest_pivot) << " (number " << f.smallest_at << ") to "
                << short_number(f.largest_pivot) << '\n'
                << "  condition about " << short_number(f.condition) << "; with the diagonal scaled to one about "
                << short_number(f.scaled_condition) << '\n';
    }
    std::cout << "  advice    " << advice(f, eps) << '\n';
  }
  if (all.size() > shown_at_most) std::cout << "  ...       --json lists all of them\n";
}

void print_json(const report& r, const std::vector<finding>& all, double eps) {
  std::vector<std::string> matrices;
  for (const finding& f : all) {
    const auto if_good = [&](auto x) { return f.info == 0 ? std::optional(x) : std::nullopt; };
    json_object m;
    m.add("info", f.info).add("smallest_pivot", if_good(f.smallest_pivot));
    m.add("smallest_pivot_at", if_good(f.smallest_at)).add("largest_pivot", if_good(f.largest_pivot));
    m.add("condition", if_good(f.condition)).add("scaled_condition", if_good(f.scaled_condition));
    m.add("jitter", f.jitter).add("advice", advice(f, eps));
    matrices.push_back(m.text());
  }
  json_object o;
  o.add("n", r.n).add("batch", r.batch).add("dtype", tools::name_of(r.type)).add("device", r.device.name());
  o.add("threads", static_cast<std::int64_t>(r.threads)).add("positive_definite", !any_failed(r.info));
  o.add_text("matrices", json_array(matrices));
  std::cout << o.text() << '\n';
}

template <scalar T>
int run(const common_options& o, const tools::matrices<T>& a) {
  report r = new_report("check " + o.file, o, a);
  const std::vector<finding> all = examine(o, a, r);
  const double eps = static_cast<double>(std::numeric_limits<real_type<T>>::epsilon()) / 2;
  o.json ? print_json(r, all, eps) : print_text(r, all, eps);
  return any_failed(r.info) ? not_positive_definite_found : success_status;
}

}  // namespace

void add_check(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand(
      "check", "Report whether A is positive definite, its condition, and the jitter that makes it so");
  const auto o = std::make_shared<common_options>();
  add_input(*command, *o);
  command->add_flag("--json", o->json, "Print one JSON object");
  command->footer(
      "Writes no file. Pivots are the squares of the factor's diagonal, in order; conditions are estimates of\n"
      "|A| |A^-1| in the 1-norm. For a matrix that is not positive definite, the command reports the smallest power\n"
      "of ten with which --jitter makes it positive definite.\n"
      "In the JSON, `matrices` has one entry per matrix; info and smallest_pivot_at count from 1; 0 and null mean\n"
      "none.\n"
      "Exit status: 0 all are positive definite, 1 at least one is not, 2 bad usage or input.");
  command->callback([o, &status] { status = std::visit([&](const auto& a) { return run(*o, a); }, load(*o)); });
}

}  // namespace posdef::cli
