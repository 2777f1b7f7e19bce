// posdef factor: A = L·Lᴴ, with a check of the residual.
#include "commands/verify.hpp"

namespace posdef::cli {
namespace {

template <scalar T>
int run(const common_options& o, tools::matrices<T> a) {
  const output to = open_output(o, a.batch);
  report r = new_report("factor " + o.file, o, a);
  options library = o.library();
  library.other = other_triangle::zero;

  const verification check = chosen_verification(o, a.rows, a.batch, sizeof(T));
  tools::matrices<T> copy;
  tools::matrices<T>& l = place_for_factor(check, a, copy);
  r.seconds = factor("factoring", a, l, r.info, library);
  r.operations = cube(r.n) / 3 * tools::cost_factor<T> * static_cast<double>(r.batch);
  raise_if_asked(o, r.info);
  verify_factor(r, check, a, l, library.uplo);
  return finish(o, r, to, std::move(l), tools::structure::general);
}

}  // namespace

void add_factor(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("factor", "Factor A = L L^H (or U^H U), check it and write the factor");
  const auto o = std::make_shared<common_options>();
  add_common(*command, *o, "the factor",
             "Writes L, or U with --uplo upper; the other triangle is zero.\n"
             "`seconds` in the JSON is the time of the factorization alone.");
  command->callback([o, &status] { status = std::visit([&](auto&& a) { return run(*o, std::move(a)); }, load(*o)); });
}

}  // namespace posdef::cli
