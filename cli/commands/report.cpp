#include "commands/report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <ostream>

#include "commands/json_text.hpp"
#include "numeric/residual.hpp"

namespace posdef::cli {
namespace {

std::string plural(std::int64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

// "; DOUBTFUL: matrix 500 holds NaN or infinity, ..."
std::string doubts(const report& r) {
  const std::vector<std::int64_t> all = r.doubtful();
  if (all.empty()) return {};
  constexpr std::size_t shown_at_most = 10;
  std::string text = "; the result is DOUBTFUL: ";
  for (std::size_t k = 0; k < std::min(all.size(), shown_at_most); ++k) {
    const std::int64_t b = all[k];
    const bool finite = std::find(r.not_finite.begin(), r.not_finite.end(), b) == r.not_finite.end();
    text += k == 0 ? "" : ", ";
    if (r.batch != 1) text += "matrix " + std::to_string(b) + ": ";
    text += finite ? "residual " + short_number((*r.ratios)[static_cast<std::size_t>(b)]) : "it holds NaN or infinity";
  }
  return text + (all.size() > shown_at_most ? ", ..." : "");
}

std::string outcome(const report& r) {
  const std::int64_t failures = std::count_if(r.info.begin(), r.info.end(), [](std::int64_t k) { return k != 0; });
  if (failures == 0 && r.factored) return r.batch == 1 ? "computed from the factor" : "computed from the factors";
  if (failures == 0) return r.batch == 1 ? "positive definite" : "all positive definite";
  const std::string property = r.factored ? "factors" : "positive definite";
  constexpr int shown_at_most = 10;
  int shown = 0;
  std::string text = r.batch == 1 ? "NOT " + (r.factored ? std::string("a factor") : property)
                                  : std::to_string(failures) + " of " + std::to_string(r.batch) + " NOT " + property;
  for (std::size_t b = 0; b < r.info.size() && shown <= shown_at_most; ++b) {
    if (r.info[b] == 0) continue;
    if (++shown > shown_at_most) {
      text += ", ...";
    } else {
      text += shown == 1 ? ": " : ", ";
      if (r.batch != 1) text += "matrix " + std::to_string(b) + ", ";
      text += (r.factored ? "diagonal element " : "leading minor of order ") + std::to_string(r.info[b]);
    }
  }
  return text;
}

}  // namespace

std::vector<std::int64_t> report::doubtful() const {
  constexpr double right = 30;
  std::vector<std::int64_t> all = not_finite;
  for (std::size_t b = 0; ratios && b < ratios->size(); ++b) {
    if ((b >= info.size() || info[b] == 0) && !((*ratios)[b] < right)) all.push_back(static_cast<std::int64_t>(b));
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::string short_number(double x, int digits) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*g", digits, x);
  return text;
}

std::string human_seconds(double seconds) {
  char text[40];
  if (seconds < 1e-3) {
    std::snprintf(text, sizeof text, "%.1f µs", seconds * 1e6);
  } else if (seconds < 1) {
    std::snprintf(text, sizeof text, "%.1f ms", seconds * 1e3);
  } else {
    std::snprintf(text, sizeof text, "%.2f s", seconds);
  }
  return text;
}

std::string engine_text(const posdef::device& device, int threads) {
  const std::string isa = device.engine == engine::cpu ? " (" + instruction_set() + ")" : "";
  return device.name() + isa + ", " + plural(threads, "thread", "threads");
}

void print_text(std::ostream& out, const report& r) {
  const std::string size = std::to_string(r.n) + " x " + std::to_string(r.n);
  out << r.title << '\n';
  out << "  input     " << (r.batch == 1 ? "one matrix, " : std::to_string(r.batch) + " matrices, ") << size << ", "
      << tools::name_of(r.type) << '\n';
  out << "  engine    " << engine_text(r.device, r.threads) << '\n';
  if (r.jitter != 0) {
    out << "  jitter    " << short_number(r.jitter) << " times the mean of the diagonal was added to the diagonal\n";
  }
  out << "  time      " << human_seconds(r.seconds) << ", " << short_number(r.gflops()) << " GFLOP/s\n";
  out << "  result    " << outcome(r) << doubts(r) << '\n';
  const auto good = [](std::int64_t k) { return k == 0; };
  if (r.factored) {
    out << "  residual  none: with --factor the matrix itself is not available\n";
  } else if (!r.ratios) {
    out << "  residual  not computed (--verify computes it)\n";
  } else if (!r.info.empty() && std::none_of(r.info.begin(), r.info.end(), good)) {
    out << "  residual  none: nothing was factored\n";
  } else {
    out << "  residual  " << short_number(tools::worst_ratio(*r.ratios, r.info)) << "   [" << r.residual_formula
        << (r.residual_kind == "exact" ? "" : ", by random vectors") << "; below 30 is correct]\n";
  }
  if (r.logdet) {
    const std::size_t shown = std::min<std::size_t>(r.logdet->size(), shown_logarithms);
    out << "  log det   ";
    for (std::size_t b = 0; b < shown; ++b) out << (b == 0 ? "" : ", ") << short_number((*r.logdet)[b], 17);
    out << (shown < r.logdet->size() ? ", ...\n" : "\n");
  }
  if (!r.output.empty()) out << "  output    " << r.output << '\n';
}

void print_json(std::ostream& out, const report& r) {
  const std::vector<std::int64_t> doubtful = r.doubtful();
  const bool failed = std::any_of(r.info.begin(), r.info.end(), [](std::int64_t k) { return k != 0; });
  const char* const verdict = !doubtful.empty() ? "doubtful"
                              : failed          ? "not positive definite"
                              : r.ratios        ? "right"
                                                : "not verified";
  std::vector<std::string> info;
  for (std::size_t b = 0; b < r.info.size(); ++b) {
    if (r.info[b] != 0) info.push_back(json_text(std::vector<std::int64_t>{static_cast<std::int64_t>(b), r.info[b]}));
  }
  json_object o;
  o.add("n", r.n).add("batch", r.batch).add("dtype", tools::name_of(r.type)).add("device", r.device.name());
  o.add("threads", static_cast<std::int64_t>(r.threads)).add("seconds", r.seconds).add("gflops", r.gflops());
  o.add("residual", r.ratios ? tools::worst_ratio(*r.ratios, r.info) : std::numeric_limits<double>::quiet_NaN());
  o.add("residual_kind", r.ratios ? std::optional(r.residual_kind) : std::nullopt).add("verdict", verdict);
  o.add_text("info", json_array(info)).add("doubtful", doubtful);
  if (r.jitter != 0) o.add("jitter", r.jitter);
  if (r.logdet) o.add("logdet", *r.logdet);
  out << o.text() << '\n';
}

}  // namespace posdef::cli
