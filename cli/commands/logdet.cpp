// posdef logdet: log det A = 2·Σ log L(i,i), one number per matrix; NaN where there is no factor.
#include "commands/run.hpp"
#include "numeric/residual.hpp"

namespace posdef::cli {
namespace {

template <scalar T>
int run(const common_options& o, tools::matrices<T> a) {
  report r = new_report("logdet " + o.file, o, a);
  options library = o.library();
  library.on_failure = on_failure::nan;  // then every failed factor is NaN, and so is its logarithm

  const bool verify = wants_verification(o, a.rows, a.batch, sizeof(T));
  tools::matrices<T> separate;
  if (verify) separate = tools::matrices<T>(a.batch, a.rows, a.cols, a.order);
  tools::matrices<T>& l = verify ? separate : a;

  r.seconds = factor("factoring", a, l, r.info, library);
  raise_if_asked(o, r.info);
  std::vector<real_type<T>> logarithms(r.info.size());
  std::vector<std::int64_t> singular(r.info.size());
  try_log_det(std::as_const(l).view(), std::span<real_type<T>>(logarithms), singular, library);
  r.log_det.emplace(logarithms.begin(), logarithms.end());
  r.operations = cube(r.n) / 3 * tools::cost_factor<T> * static_cast<double>(r.batch);
  if (verify) {
    const progress bar("computing the residual");
    r.ratios =
        tools::factor_residuals<T>(std::as_const(a).view(), std::as_const(l).view(), library.uplo, r.info, r.threads);
    r.residual_formula = "of the factor";
  }
  return finish(o, r, nullptr, std::move(l), tools::structure::general);
}

}  // namespace

void add_logdet(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("logdet", "Compute the logarithm of the determinant of A");
  const auto o = std::make_shared<common_options>();
  add_common(*command, *o, "",
             "The natural logarithm, one number per matrix; NaN where a matrix is not positive definite.\n"
             "`seconds` in the JSON is the factorization alone, without reading, checking or writing.");
  command->callback([o, &status] { status = std::visit([&](auto&& a) { return run(*o, std::move(a)); }, load(*o)); });
}

}  // namespace posdef::cli
