// posdef inverse: A⁻¹, both triangles, from the factor.
#include "commands/verify.hpp"

namespace posdef::cli {
namespace {

template <scalar T>
int run(const common_options& o, tools::matrices<T> a) {
  const output to = open_output(o, a.batch);
  report r = new_report("inverse " + o.file, o, a);
  options library = o.library();

  const verification check = chosen_verification(o, a.rows, a.batch, sizeof(T));
  tools::matrices<T> copy;
  tools::matrices<T>& x = place_for_factor(check, a, copy);

  if (!o.factored) r.seconds = factor("factoring", a, x, r.info, library);
  raise_if_asked(o, r.info);
  if (r.n > 0) {
    const progress bar("inverting");
    const stopwatch clock;
    library.other = other_triangle::mirror;
    std::vector<std::int64_t> inverted(r.info.size());
    try_cholesky_inverse<T>(x.view(), inverted, library);
    r.seconds += clock.seconds();
    if (o.factored) r.info = inverted;
  }
  raise_if_asked(o, r.info);
  r.operations = cube(r.n) * (o.factored ? 2.0 / 3 : 1) * tools::cost_factor<T> * static_cast<double>(r.batch);
  verify_inverse(r, check, a, x, library.uplo);
  r.not_finite = not_finite(x, r.info);
  return finish(o, r, to, std::move(x), tools::structure::hermitian);
}

}  // namespace

void add_inverse(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("inverse", "Compute the inverse of A");
  const auto o = std::make_shared<common_options>();
  add_common(*command, *o, "the inverse",
             "Writes both triangles of the inverse. To solve with few right-hand sides, `posdef solve` is faster and\n"
             "more accurate. With --factor no residual is computed, because the matrix itself is not available.\n"
             "`seconds` in the JSON is the time of factorization and inversion alone.");
  add_factored(*command, *o);
  command->callback([o, &status] { status = std::visit([&](auto&& a) { return run(*o, std::move(a)); }, load(*o)); });
}

}  // namespace posdef::cli
