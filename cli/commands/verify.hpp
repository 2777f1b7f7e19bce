// Computes the residual of a result by the selected method and adds it to the report.
#ifndef POSDEF_CLI_COMMANDS_VERIFY_HPP
#define POSDEF_CLI_COMMANDS_VERIFY_HPP

#include "commands/run.hpp"
#include "numeric/probes.hpp"
#include "numeric/residual.hpp"

namespace posdef::cli {

/// Calls exact() or probed(), which return the ratios.
template <class Exact, class Probed>
void verify(report& r, verification check, const char* formula, const Exact& exact, const Probed& probed) {
  if (check == verification::none) return;
  const progress bar("computing the residual");
  r.ratios = check == verification::exact ? exact() : probed();
  r.residual_formula = formula;
  r.residual_kind = check == verification::exact ? "exact" : "random vectors";
}

template <scalar T>
void verify_factor(report& r, verification check, const tools::matrices<T>& a, const tools::matrices<T>& l,
                   uplo which) {
  verify(
      r, check, which == uplo::lower ? "|A - L L^H| / (n |A| eps)" : "|A - U^H U| / (n |A| eps)",
      [&] { return tools::factor_residuals<T>(a.view(), l.view(), which, r.info, r.threads); },
      [&] { return tools::probed_factor_residuals<T>(a.view(), l.view(), which, r.info, r.threads); });
}

template <scalar T>
void verify_inverse(report& r, verification check, const tools::matrices<T>& a, const tools::matrices<T>& inverse,
                    uplo which) {
  verify(
      r, check, "|I - A A^-1| / (n |A| |A^-1| eps)",
      [&] { return tools::inverse_residuals<T>(a.view(), inverse.view(), which, r.info, r.threads); },
      [&] { return tools::probed_inverse_residuals<T>(a.view(), inverse.view(), which, r.info, r.threads); });
}

/// Always exact: it costs as much as the solution. `b` may hold one matrix for the whole batch.
template <scalar T>
void verify_solution(report& r, verification check, const tools::matrices<T>& a, const tools::matrices<T>& x,
                     const tools::matrices<T>& b, uplo which) {
  const auto exact = [&] { return tools::solve_residuals<T>(a.view(), x.view(), b.view(), which, r.info, r.threads); };
  verify(r, check == verification::none ? check : verification::exact, "|B - A X| / (|A| |X| eps)", exact, exact);
}

}  // namespace posdef::cli

#endif
