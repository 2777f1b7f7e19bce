#include "tune.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <posdef/posdef.hpp>

#include "measure.hpp"
#include "problem.hpp"

namespace posdef::bench {
namespace {

using internal::block_sizes;

double seconds_of(const auto& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Median seconds of each candidate on one shape. Each has its own plan with its own sizes; they alternate.
template <scalar T>
std::vector<double> race(const std::vector<block_sizes>& candidates, tuning_shape shape, int threads, double seconds) {
  constexpr std::size_t fewest = 3, most = 41;
  problem<T> work({.op = shape.op, .type = tools::dtype_of<T>, .batch = shape.batch, .n = shape.n}, 1);
  std::vector<std::int64_t> info(static_cast<std::size_t>(shape.batch));
  std::vector<plan<T>> plans;
  for (const block_sizes& s : candidates) {
    internal::try_block_sizes<T>(&s);
    plans.emplace_back(device{}, posdef::shape{.n = shape.n, .batch = shape.batch},
                       options{.on_failure = on_failure::report, .threads = threads});
  }
  internal::try_block_sizes<T>(nullptr);
  const view<T> a = col_major(work.matrices(0), shape.n).batched(shape.batch);
  std::vector<std::vector<double>> times(candidates.size());
  double spent = 0;
  for (std::size_t round = 0; round <= most && (round <= fewest || spent < seconds); ++round) {
    for (std::size_t k = 0; k < plans.size(); ++k) {
      work.restore();
      const double once = seconds_of([&] {
        if (shape.op == operation::cholesky) {
          plans[k].cholesky(a, info);
        } else {
          plans[k].cholesky_inverse(a, info);
        }
      });
      if (round > 0) times[k].push_back(once);  // the first round warms up
      spent += once;
    }
  }
  std::vector<double> medians;
  for (std::vector<double>& t : times) medians.push_back(median(std::move(t)));
  return medians;
}

template <scalar T>
std::string table(const std::string& type, int threads, double seconds, const say_function& say) {
  const std::vector<tuning_parameter> parameters = tuning_parameters(internal::tabled_block_sizes<T>());
  const auto found = tune<T>(parameters, threads, seconds, [&](const std::string& text) { say(type + ": " + text); });
  return "template <>\ninline constexpr tuning_row tuning_table<" + type + ">[] = {\n" +
         table_row(instruction_set(), found) + "\n    ...\n};\n";
}

}  // namespace

std::vector<tuning_parameter> tuning_parameters(const block_sizes& base) {
  std::vector<tuning_parameter> all;
  // A shape in the middle of each step; the last step is open-ended. Steps that begin above 4096 would take minutes.
  std::int64_t from = base.unblocked_max + 1;
  for (int k = 0; from <= 4096; ++k) {
    const bool last = base.panels[k].up_to == std::numeric_limits<std::int64_t>::max();
    const std::int64_t to = std::min(base.panels[k].up_to, std::max<std::int64_t>(3000, from + from / 2));
    all.push_back({.name = "panels[" + std::to_string(k) + "]",
                   .panel = k,
                   .candidates = {48, 64, 96, 128, 192, 256, 288, 384, 512},
                   .shapes = {{1, (from + to) / 2}, {1, to}}});
    if (last) break;
    from = base.panels[k].up_to + 1;
  }
  all.push_back({.name = "unblocked_max",
                 .direct = &block_sizes::unblocked_max,
                 .candidates = {64, 96, 128, 160, 192, 256},
                 .shapes = {{1, 100}, {1, 150}, {1, 200}, {1, 256}}});
  all.push_back({.name = "block",
                 .direct = &block_sizes::block,
                 .candidates = {48, 64, 96, 128, 192},
                 .shapes = {{1, 100, operation::cholesky_inverse},
                            {1, 200, operation::cholesky_inverse},
                            {1, 600, operation::cholesky_inverse}}});
  all.push_back({.name = "compact_max",
                 .direct = &block_sizes::compact_max,
                 .candidates = {8, 12, 16, 24, 32},
                 .shapes = {{1000, 12}, {1000, 16}, {1000, 24}, {1000, 32}}});
  // Factorizations above one block use panels; kc, mc and nc are block sizes of products, in inverses and solves.
  const std::vector<tuning_shape> inverses = {{1, 600, operation::cholesky_inverse},
                                              {1, 1200, operation::cholesky_inverse}};
  all.push_back(
      {.name = "kc", .direct = &block_sizes::kc, .candidates = {128, 192, 256, 384, 512}, .shapes = inverses});
  all.push_back({.name = "mc", .direct = &block_sizes::mc, .candidates = {48, 96, 144, 192, 288}, .shapes = inverses});
  all.push_back({.name = "nc", .direct = &block_sizes::nc, .candidates = {1024, 2048, 4096, 8192}, .shapes = inverses});
  return all;
}

template <scalar T>
block_sizes tune(const std::vector<tuning_parameter>& parameters, int threads, double seconds,
                 const say_function& say) {
  const auto possible = [](const block_sizes&) { return true; };
  const auto race = [&](const tuning_parameter&, const std::vector<block_sizes>& candidates,
                        const tuning_shape& shape) { return bench::race<T>(candidates, shape, threads, seconds); };
  return optimize(parameters, internal::tabled_block_sizes<T>(), possible, race, say);
}

std::string table_row(const std::string& instruction_set, const block_sizes& s) {
  std::string panels;
  for (const auto& step : s.panels) {
    const bool last = step.up_to == std::numeric_limits<std::int64_t>::max();
    panels += std::string(panels.empty() ? "{" : ", {") + (last ? "unlimited" : std::to_string(step.up_to)) + ", " +
              std::to_string(step.order) + "}";
    if (last) break;
  }
  const auto field = [](const char* name, std::int64_t value) {
    return ",\n               ." + std::string(name) + " = " + std::to_string(value);
  };
  return "    {.instruction_set = \"" + instruction_set + "\",\n     .measured_on = \"\",\n" +
         "     .sizes = {.compact_max = " + std::to_string(s.compact_max) + field("unblocked_max", s.unblocked_max) +
         field("block", s.block) + ",\n               .panels = {" + panels + "}" + field("kc", s.kc) +
         field("mc", s.mc) + field("nc", s.nc) + "}},";
}

std::string tuning_table(const std::vector<tools::dtype>& types, int threads, double seconds, const say_function& say) {
  std::string text;
  for (const tools::dtype type : types) {
    switch (type) {
      case tools::dtype::f32: text += table<float>("float", threads, seconds, say); break;
      case tools::dtype::f64: text += table<double>("double", threads, seconds, say); break;
      case tools::dtype::c64: text += table<std::complex<float>>("std::complex<float>", threads, seconds, say); break;
      default: text += table<std::complex<double>>("std::complex<double>", threads, seconds, say);
    }
  }
  return text;
}

template block_sizes tune<float>(const std::vector<tuning_parameter>&, int, double, const say_function&);
template block_sizes tune<double>(const std::vector<tuning_parameter>&, int, double, const say_function&);
template block_sizes tune<std::complex<float>>(const std::vector<tuning_parameter>&, int, double, const say_function&);
template block_sizes tune<std::complex<double>>(const std::vector<tuning_parameter>&, int, double, const say_function&);

}  // namespace posdef::bench
