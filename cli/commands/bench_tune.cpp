// posdef bench --tune: measures block sizes and settings on this machine.
#include <algorithm>
#include <iostream>

#include "commands/bench.hpp"
#include "commands/commands.hpp"
#include "gpu/cuda.hpp"
#if POSDEF_ENGINE_CPU
#include "tune.hpp"
#endif
#if POSDEF_BENCH_DEVICE_TUNE
#include "gpu/device_tune.hpp"
#endif
#if POSDEF_ENGINE_OPENCL
#include "gpu/opencl.hpp"
#endif

namespace posdef::cli {
namespace {

[[maybe_unused]] void report(const std::string& text) { std::cerr << text << std::endl; }

[[maybe_unused]] std::vector<tools::dtype> types_of(const bench_options& o) {
  std::vector<tools::dtype> types;
  for (const std::string& name : o.dtypes) types.push_back(tools::parse_dtype(name));
  if (types.empty()) types = {tools::dtype::f32, tools::dtype::f64, tools::dtype::c64, tools::dtype::c128};
  return types;
}

}  // namespace

#if POSDEF_ENGINE_CPU
int tune(const bench_options& o, const bench::settings& settings) {
  std::cout << bench::tuning_table(types_of(o), settings.threads, settings.seconds / 3, report);
  return success_status;
}
#endif

int tune_device([[maybe_unused]] const bench_options& o, const bench::settings& settings) {
  const device d = settings.device;
#if POSDEF_BENCH_DEVICE_TUNE
  std::unique_ptr<bench::accelerator> where;
  bench::device_library posdef;
  if (d.engine == engine::cuda) {
    where = bench::open_cuda(d.index);
    posdef = bench::posdef_on_cuda(*where);
  }
#if POSDEF_ENGINE_OPENCL
  if (d.engine == engine::opencl) {
    where = bench::open_opencl(d.index);
    posdef = bench::posdef_on_opencl(*where);
  }
#endif
  if (where == nullptr) throw tools::input_error("bench: --tune: there are no settings to measure on " + d.name());
  const auto found = bench::tune_device(*where, posdef, d, types_of(o), settings, o.quick, report);
  const bool kept = internal::keep_settings(d, found);
  std::cout << d.name() << ", " << where->card() << "\n" << internal::settings_text(found);
  report(kept ? "saved: later plans on this device use these settings (posdef devices shows them)"
              : "not saved: no cache folder is writable (POSDEF_CACHE_DIR)");
  return success_status;
#else
  throw tools::input_error("bench: --tune: this program was built without a device engine; cannot tune " + d.name());
#endif
}

}  // namespace posdef::cli
