// Shared by factor, solve, inverse and logdet: a timed factorization with a progress bar, and the end of a command
// (write the result, print the report).
#ifndef POSDEF_CLI_COMMANDS_RUN_HPP
#define POSDEF_CLI_COMMANDS_RUN_HPP

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>

#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/progress.hpp"
#include "commands/report.hpp"

namespace posdef::cli {

class stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// n³ in floating point, because n may be large.
inline double cube(std::int64_t n) { return static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(n); }

template <scalar T>
report new_report(const std::string& title, const common_options& o, const tools::matrices<T>& a) {
  const options library = o.library();
  report r;
  r.title = title;
  r.n = a.rows;
  r.batch = a.batch;
  r.type = tools::dtype_of<T>;
  r.device = library.device;
  r.threads = library.threads;
  r.jitter = o.jitter;
  r.factored = o.factored;
  // Empty matrices cannot fail, and a file of a few bytes can declare billions of them.
  r.info.assign(a.rows == 0 ? 0 : static_cast<std::size_t>(a.batch), 0);
  return r;
}

/// The memory of the factor: `copy`, filled with zeros, if the residual needs `a`; else `a` itself.
template <scalar T>
tools::matrices<T>& place_for_factor(verification check, tools::matrices<T>& a, tools::matrices<T>& copy) {
  if (check == verification::none) return a;
  return copy = tools::zeros_like<T>(a);
}

/// Estimates the time of `operations` from a factorization of the leading block.
template <scalar T>
void estimate_time(progress& bar, const tools::matrices<T>& a, const options& o, double operations) {
  constexpr std::int64_t sample = 1024;
  if (!bar.visible() || a.rows < 4 * sample) return;
  tools::matrices<T> l(1, sample, sample);
  const posdef::view<const T> whole = a.view();
  const posdef::view<const T> leading(whole.data, sample, sample, whole.ld, whole.order);
  std::int64_t info = 0;
  const stopwatch clock;
  try_cholesky<T>(leading, l.view(), info_span(&info, 1), o);
  bar.set_estimate(clock.seconds() * operations / tools::cost_factor<T> / (cube(sample) / 3));
}

/// Factors `a` into `l`, which may be the same memory; one info per matrix. Returns the seconds it took.
template <scalar T>
double factor(const std::string& what, const tools::matrices<T>& a, tools::matrices<T>& l,
              std::vector<std::int64_t>& info, const options& o) {
  if (a.rows == 0) return 0;
  progress bar(what);
  const double cost = cube(a.rows) / 3 * tools::cost_factor<T>;
  if (a.batch == 1) estimate_time(bar, a, o, cost);
  const stopwatch clock;
  in_pieces(bar, a.batch, cost, [&](std::int64_t first, std::int64_t count) {
    const auto part = info_span(info).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
    try_cholesky<T>(slice(a.view(), first, count), slice(l.view(), first, count), part, o);
  });
  return clock.seconds();
}

/// The matrices whose factorization succeeded but whose result holds NaN or infinity.
template <scalar T>
std::vector<std::int64_t> not_finite(const tools::matrices<T>& result, const std::vector<std::int64_t>& info) {
  std::vector<std::int64_t> all;
  const std::int64_t size = result.rows * result.cols;
  if (size == 0) return all;
  for (std::int64_t b = 0; b < result.batch; ++b) {
    const T* const first = result.elements.data() + b * size;
    if (info[static_cast<std::size_t>(b)] == 0 && !std::all_of(first, first + size, tools::finite<T>)) all.push_back(b);
  }
  return all;
}

inline bool any_failed(const std::vector<std::int64_t>& info) {
  return std::any_of(info.begin(), info.end(), [](std::int64_t k) { return k != 0; });
}

/// With --on-failure raise: throws for the first matrix that failed.
inline void raise_if_asked(const common_options& o, const std::vector<std::int64_t>& info) {
  if (o.on_failure != "raise" || !any_failed(info)) return;
  const auto first = std::find_if(info.begin(), info.end(), [](std::int64_t k) { return k != 0; });
  const std::int64_t failures = std::count_if(first, info.end(), [](std::int64_t k) { return k != 0; });
  const std::int64_t index = first - info.begin();
  throw not_positive_definite(o.file + ": matrix " + std::to_string(index) + ": the leading minor of order " +
                                  std::to_string(*first) + " is not positive definite",
                              index, *first, failures);
}

/// The file of --output, if given.
struct output {
  std::unique_ptr<tools::output_file> file;
  tools::output_format format = tools::output_format::npy;
};

/// Opens the file before the computation, so that a wrong path fails at once.
inline output open_output(const common_options& o, std::int64_t batch) {
  if (o.output.empty()) return {};
  const tools::output_format format = tools::chosen_format(o.output, o.format);
  tools::require_writable(o.output, format, batch);
  return {std::make_unique<tools::output_file>(o.output), format};
}

/// Writes the result if allowed, prints the report, returns the exit status.
template <scalar T>
int finish(const common_options& o, report& r, const output& to, tools::matrices<T>&& result,
           tools::structure structure) {
  const bool failed = any_failed(r.info);
  tools::output_file* const file = to.file.get();
  if (file != nullptr && failed && o.on_failure == "report") {
    r.output = "nothing written";
    std::cerr << "posdef: " << file->path()
              << ": nothing written; --on-failure nan writes the results of the other matrices, and NaN for the failed "
                 "ones\n";
  } else if (file != nullptr) {
    progress bar("writing " + file->path());
    bar.follow_transfer();
    tools::write_matrices(*file, tools::any_matrices(std::move(result)), structure, to.format);
    file->commit();
    r.output = file->path();
  }
  std::ostream& out = tools::is_stdout(o.output) ? std::cerr : std::cout;  // stdout then holds the matrix only
  if (o.json) {
    print_json(out, r);
  } else {
    print_text(out, r);
  }
  if (!r.doubtful().empty()) return doubtful_result;
  return failed ? not_positive_definite_found : success_status;
}

}  // namespace posdef::cli

#endif
