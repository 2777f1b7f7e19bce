// posdef solve: X = A⁻¹·B with the factor.
#include "commands/verify.hpp"

namespace posdef::cli {
namespace {

struct solve_options : common_options {
  std::string right_hand_side;
  std::string right_hand_side_array;
  bool ones = false;
  std::int64_t unit = 0;
};

// B: from a file, all ones, or column K of the identity.
template <scalar T>
tools::matrices<T> right_hand_side(const solve_options& o, const tools::matrices<T>& a) {
  if (o.right_hand_side.empty()) {
    tools::matrices<T> b(1, a.rows, 1);
    if (!o.ones && (o.unit < 1 || o.unit > a.rows)) {
      throw tools::input_error("--unit " + std::to_string(o.unit) + "; expected 1 to " + std::to_string(a.rows));
    }
    if (!o.ones) b(0, o.unit - 1, 0) = T(1);
    for (std::int64_t i = 0; o.ones && i < a.rows; ++i) b(0, i, 0) = T(1);
    return b;
  }
  tools::any_matrices any = tools::convert(read_file(o.right_hand_side, o.right_hand_side_array).content,
                                           tools::dtype_of<T>, o.right_hand_side);
  auto& b = std::get<tools::matrices<T>>(any);
  if (b.rows != a.rows || (b.batch != 1 && b.batch != a.batch)) {
    const std::string one = std::to_string(a.rows) + " x k";
    const std::string each = " for all matrices together, or a 3-D file, " + std::to_string(a.batch) + " x " + one;
    throw tools::input_error(
        o.right_hand_side + ": the right-hand side is " + tools::shape_text(b.batch, b.rows, b.cols) + "; expected " +
        one + (a.batch == 1 ? "" : each) +
        (b.batch == 1 && b.rows == 1 && b.cols == a.rows ? "; this one is a row: transpose it" : ""));
  }
  return std::move(b);
}

// stdin can be read only once.
tools::any_matrices load_matrix(const solve_options& o) {
  if (o.file == "-" && o.right_hand_side == "-") throw tools::input_error("only one of FILE and RHS can be stdin");
  return load(o);
}

template <scalar T>
int run(const solve_options& o, tools::matrices<T> a) {
  const tools::matrices<T> b = right_hand_side(o, a);
  const output to = open_output(o, a.batch);
  report r = new_report("solve " + o.file, o, a);
  const options library = o.library();

  const verification check = chosen_verification(o, a.rows, a.batch, sizeof(T));
  tools::matrices<T> copy;
  tools::matrices<T>& l = place_for_factor(check, a, copy);
  tools::matrices<T> x(a.batch, b.rows, b.cols, b.order);
  x.leading = a.leading.empty() ? b.leading : a.leading;
  x.vector = b.vector;
  posdef::view<const T> every = b.view();
  if (b.batch == 1) {  // the same B for all: stride 0
    every.batch = a.batch;
    every.stride = 0;
  }

  if (!o.factored) r.seconds = factor("factoring", a, l, r.info, library);
  raise_if_asked(o, r.info);
  const stopwatch clock;
  std::vector<std::int64_t> solved(r.info.size());
  if (r.n > 0) try_cholesky_solve<T>(std::as_const(l).view(), every, x.view(), solved, library);
  r.seconds += clock.seconds();
  if (o.factored) r.info = solved;
  raise_if_asked(o, r.info);
  const double size = static_cast<double>(r.n);
  r.operations = ((o.factored ? 0 : cube(r.n) / 3) + 2 * size * size * static_cast<double>(b.cols)) *
                 tools::cost_factor<T> * static_cast<double>(r.batch);
  verify_solution(r, check, a, x, b, library.uplo);
  r.not_finite = not_finite(x, r.info);
  return finish(o, r, to, std::move(x), tools::structure::general);
}

}  // namespace

void add_solve(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("solve", "Solve A X = B");
  const auto o = std::make_shared<solve_options>();
  add_common(*command, *o, "X",
             "Give B by exactly one of RHS, --ones or --unit. If RHS is a one-dimensional array, so is X.\n"
             "The residual of X is always exact. With --factor there is none, because the matrix is not available.\n"
             "`seconds` in the JSON is the time of factorization and solve alone.");
  auto* const rhs = command->add_option_group("right-hand side");
  rhs->add_option("RHS", o->right_hand_side, "B: one n x k matrix per matrix, or one for all; - is stdin")
      ->check(file_name());
  rhs->add_flag("--ones", o->ones, "B is one column of ones");
  rhs->add_option("--unit", o->unit, "B is column K of the identity, from 1")->type_name("K");
  rhs->require_option(1);
  command->add_option("--rhs-array", o->right_hand_side_array, "Name of the array if RHS is a .npz file");
  add_factored(*command, *o);
  command->callback(
      [o, &status] { status = std::visit([&](auto&& a) { return run(*o, std::move(a)); }, load_matrix(*o)); });
}

}  // namespace posdef::cli
