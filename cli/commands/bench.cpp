// posdef bench: how fast is cholesky here?
//
// The input is a matrix of known spectrum (condition number 100), scaled differently for each matrix of a batch, and
// restored before each call; only the calls are timed. A repetition is as many calls as last 20 ms together; the time
// shown is the median over the repetitions. The factor of the last call is checked by its residual.
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands/run.hpp"
#include "generate/generate.hpp"
#include "numeric/residual.hpp"

namespace posdef::cli {
namespace {

struct bench_options {
  std::vector<std::int64_t> n = {8, 64, 256, 1024};
  std::vector<std::int64_t> batch = {1};
  std::vector<std::string> dtype = {"f32", "f64"};
  std::string device;
  int threads = 0;
  bool json = false;
};

struct result {
  std::int64_t n, batch;
  tools::dtype type;
  double seconds, gflops, residual;
};

template <scalar T>
tools::matrices<T> input_matrices(std::int64_t n, std::int64_t batch) {
  using W = std::conditional_t<tools::is_complex<T>, std::complex<double>, double>;
  tools::spectrum_options spectrum;
  spectrum.n = n;
  spectrum.reflections = 16;
  const tools::matrices<W> one = tools::generate_spectrum<W>(spectrum);
  tools::matrices<T> all(batch, n, n);
  for (std::int64_t b = 0; b < batch; ++b) {
    const double scale = 1 + static_cast<double>(b) / static_cast<double>(batch);
    for (std::int64_t e = 0; e < n * n; ++e) {
      all.elements.data()[b * n * n + e] = static_cast<T>(one.elements.data()[e] * scale);
    }
  }
  return all;
}

template <scalar T>
result measure(std::int64_t n, std::int64_t batch, const options& o) {
  constexpr double repetition_seconds = 0.02;
  constexpr double patience_seconds = 3;
  constexpr std::size_t repetitions = 9;
  constexpr std::size_t fewest = 3;

  const tools::matrices<T> a = input_matrices<T>(n, batch);
  tools::matrices<T> work(batch, n, n);
  std::vector<std::int64_t> info(static_cast<std::size_t>(batch));
  const auto timed_call = [&] {
    std::copy_n(a.elements.data(), a.elements.size(), work.elements.data());
    const stopwatch clock;
    try_cholesky(work.view(), info, o);
    return clock.seconds();
  };
  timed_call();  // warms caches, threads and clocks

  const stopwatch all;
  std::vector<double> times;
  while (times.size() < fewest || (times.size() < repetitions && all.seconds() < patience_seconds)) {
    double sum = 0;
    int calls = 0;
    for (; sum < repetition_seconds; ++calls) sum += timed_call();
    times.push_back(sum / calls);
  }
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  const double flops = cube(n) / 3 * tools::cost_factor<T> * static_cast<double>(batch);
  const double residual = tools::factor_residual<T>(a.view(), std::as_const(work).view(), uplo::lower, info, o.threads);
  return {n, batch, tools::dtype_of<T>, *middle, flops / *middle / 1e9, residual};
}

result measure(std::int64_t n, std::int64_t batch, tools::dtype type, const options& o) {
  switch (type) {
    case tools::dtype::f32: return measure<float>(n, batch, o);
    case tools::dtype::f64: return measure<double>(n, batch, o);
    case tools::dtype::c64: return measure<std::complex<float>>(n, batch, o);
    default: return measure<std::complex<double>>(n, batch, o);
  }
}

void print_row(const result& r) {
  std::cout << std::setw(8) << r.n << std::setw(8) << r.batch << std::setw(7) << tools::name_of(r.type) << std::setw(14)
            << short_number(r.seconds * 1e6, 4) << std::setw(11) << short_number(r.gflops) << std::setw(12)
            << short_number(r.residual, 2) << std::endl;
}

int run(const bench_options& bench) {
  options o;
  o.device = chosen_device(bench.device);
  o.threads = chosen_threads(bench.threads);
  auto list = nlohmann::ordered_json::array();
  if (!bench.json) {
    std::cout << "cholesky on " << engine_text(o.device, o.threads) << "; median time of a call\n"
              << "       n   batch   type            us    GFLOP/s    residual\n";
  }
  bool right = true;
  for (const std::string& type : bench.dtype) {
    for (const std::int64_t batch : bench.batch) {
      for (const std::int64_t n : bench.n) {
        const result r = measure(n, batch, tools::parse_dtype(type), o);
        right = right && r.residual < 30;
        if (!bench.json) {
          print_row(r);
          continue;
        }
        list.push_back({{"n", n},
                        {"batch", batch},
                        {"dtype", type},
                        {"device", o.device.name()},
                        {"threads", o.threads},
                        {"seconds", r.seconds},
                        {"gflops", r.gflops},
                        {"residual", r.residual}});
      }
    }
  }
  if (bench.json) std::cout << list.dump() << '\n';
  return right ? all_well : not_positive_definite_found;
}

}  // namespace

void add_bench(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("bench", "Time the factorization on this machine");
  const auto o = std::make_shared<bench_options>();
  const auto size = CLI::Range(std::int64_t{1}, std::int64_t{1} << 40);
  command->add_option("-n,--n", o->n, "Orders, separated by commas")->delimiter(',')->check(size);
  command->add_option("--batch", o->batch, "Matrices per call, separated by commas")->delimiter(',')->check(size);
  command->add_option("--dtype", o->dtype, "Types, separated by commas")
      ->delimiter(',')
      ->check(CLI::IsMember({"f32", "f64", "c64", "c128"}));
  add_engine(*command, o->device, o->threads);
  command->add_flag("--json", o->json, "Print a JSON array");
  command->callback([o, &status] { status = run(*o); });
}

}  // namespace posdef::cli
