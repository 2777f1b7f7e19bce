// posdef logdet: log det A = 2·Σ log L(i,i), one number per matrix; NaN for a matrix without a factor.
#include "commands/verify.hpp"

namespace posdef::cli {
namespace {

template <scalar T>
int run(const common_options& o, tools::matrices<T> a) {
  report r = new_report("logdet " + o.file, o, a);
  options library = o.library();
  library.on_failure = on_failure::nan;  // so that the logarithm of a failed factor is NaN

  const verification check = chosen_verification(o, a.rows, a.batch, sizeof(T));
  tools::matrices<T> copy;
  tools::matrices<T>& l = place_for_factor(check, a, copy);

  if (!o.factored) r.seconds = factor("factoring", a, l, r.info, library);
  raise_if_asked(o, r.info);
  const stopwatch clock;
  // Of empty matrices only as many as the text shows: a file of a few bytes can declare billions of them.
  const std::int64_t count = r.n == 0 && !o.json ? std::min(a.batch, shown_logarithms + 1) : a.batch;
  std::vector<real_type<T>> logarithms(static_cast<std::size_t>(count));
  std::vector<std::int64_t> singular(r.info.size());
  if (r.n > 0) try_cholesky_logdet(std::as_const(l).view(), std::span<real_type<T>>(logarithms), singular, library);
  r.logdet.emplace(logarithms.begin(), logarithms.end());
  if (o.factored) {
    r.info = singular;
    r.seconds = clock.seconds();
    raise_if_asked(o, r.info);
  }
  r.operations = o.factored ? 0 : cube(r.n) / 3 * tools::cost_factor<T> * static_cast<double>(r.batch);
  verify_factor(r, check, a, l, library.uplo);
  return finish(o, r, output{}, std::move(l), tools::structure::general);
}

}  // namespace

void add_logdet(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("logdet", "Compute the logarithm of the determinant of A");
  const auto o = std::make_shared<common_options>();
  add_common(*command, *o, "",
             "The natural logarithm, one number per matrix; NaN where a matrix is not positive definite.\n"
             "`seconds` in the JSON is the time of the factorization alone.");
  add_factored(*command, *o);
  command->callback([o, &status] { status = std::visit([&](auto&& a) { return run(*o, std::move(a)); }, load(*o)); });
}

}  // namespace posdef::cli
