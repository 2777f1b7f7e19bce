// posdef inverse: A⁻¹, the whole of it, by way of the factor.
#include "commands/run.hpp"
#include "numeric/residual.hpp"

namespace posdef::cli {
namespace {

template <scalar T>
int run(const common_options& o, tools::matrices<T> a) {
  const auto file = open_output(o, a.batch);
  report r = new_report("inverse " + o.file, o, a);
  options library = o.library();

  const bool verify = wants_verification(o, a.rows, a.batch, sizeof(T));
  tools::matrices<T> separate;
  if (verify) separate = tools::matrices<T>(a.batch, a.rows, a.cols, a.order);
  tools::matrices<T>& x = verify ? separate : a;

  r.seconds = factor("factoring", a, x, r.info, library);
  raise_if_asked(o, r.info);
  {
    const progress bar("inverting");
    const stopwatch clock;
    library.other = other_triangle::mirror;
    std::vector<std::int64_t> inverted(r.info.size());
    try_cholesky_inverse<T>(x.view(), inverted, library);
    r.seconds += clock.seconds();
  }
  r.operations = cube(r.n) * tools::cost_factor<T> * static_cast<double>(r.batch);
  if (verify) {
    const progress bar("computing the residual");
    r.ratios =
        tools::inverse_residuals<T>(std::as_const(a).view(), std::as_const(x).view(), library.uplo, r.info, r.threads);
    r.residual_formula = "|I - A A^-1| / (n |A| |A^-1| eps)";
  }
  r.not_finite = not_finite(x, r.info);
  return finish(o, r, file.get(), std::move(x), tools::structure::hermitian);
}

}  // namespace

void add_inverse(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("inverse", "Compute the inverse of A");
  const auto o = std::make_shared<common_options>();
  add_common(
      *command, *o, "the inverse",
      "Writes the whole inverse, both triangles. To solve with few right-hand sides, `posdef solve` is faster and\n"
      "more accurate.\n"
      "`seconds` in the JSON is factorization and inversion, without reading, checking or writing.");
  command->callback([o, &status] { status = std::visit([&](auto&& a) { return run(*o, std::move(a)); }, load(*o)); });
}

}  // namespace posdef::cli
