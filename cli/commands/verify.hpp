// The residual of a result, by the way that was chosen, into the report.
#ifndef POSDEF_CLI_COMMANDS_VERIFY_HPP
#define POSDEF_CLI_COMMANDS_VERIFY_HPP

#include "commands/run.hpp"
#include "numeric/probes.hpp"
#include "numeric/residual.hpp"

namespace posdef::cli {

inline void set_residual_kind(report& r, verification check) {
  r.residual_kind = check == verification::exact ? "exact" : "random vectors";
}

template <scalar T>
void verify_factor(report& r, verification check, const tools::matrices<T>& a, const tools::matrices<T>& l,
                   uplo which) {
  if (check == verification::none) return;
  const progress bar("computing the residual");
  r.ratios = check == verification::exact
                 ? tools::factor_residuals<T>(a.view(), l.view(), which, r.info, r.threads)
                 : tools::probed_factor_residuals<T>(a.view(), l.view(), which, r.info, r.threads);
  r.residual_formula = which == uplo::lower ? "|A - L L^H| / (n |A| eps)" : "|A - U^H U| / (n |A| eps)";
  set_residual_kind(r, check);
}

template <scalar T>
void verify_inverse(report& r, verification check, const tools::matrices<T>& a, const tools::matrices<T>& inverse,
                    uplo which) {
  if (check == verification::none) return;
  const progress bar("computing the residual");
  r.ratios = check == verification::exact
                 ? tools::inverse_residuals<T>(a.view(), inverse.view(), which, r.info, r.threads)
                 : tools::probed_inverse_residuals<T>(a.view(), inverse.view(), which, r.info, r.threads);
  r.residual_formula = "|I - A A^-1| / (n |A| |A^-1| eps)";
  set_residual_kind(r, check);
}

}  // namespace posdef::cli

#endif
