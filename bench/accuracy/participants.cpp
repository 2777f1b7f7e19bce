#include "accuracy/participants.hpp"

#include <algorithm>
#include <cstdlib>
#include <posdef/posdef.hpp>

#include "dispatch/tuning_hooks.hpp"

namespace posdef::bench {
namespace {

internal::block_sizes sizes_of(tools::dtype type) {
  switch (type) {
    case tools::dtype::f32: return internal::tabled_block_sizes<float>();
    case tools::dtype::f64: return internal::tabled_block_sizes<double>();
    case tools::dtype::c64: return internal::tabled_block_sizes<std::complex<float>>();
    default: return internal::tabled_block_sizes<std::complex<double>>();
  }
}

std::vector<accuracy_way> ways_of_the_cpu(tools::dtype type, std::int64_t n) {
  const posdef::device cpu{engine::cpu, 0};
  if (const char* const forced = std::getenv("POSDEF_ALGORITHM"); forced != nullptr && *forced != '\0')
    return {{forced, cpu}};
  const internal::block_sizes sizes = sizes_of(type);
  if (n <= sizes.compact_max) return {{"tiny", cpu}, {.name = "compact", .device = cpu, .together = true}};
  return {{n <= sizes.unblocked_max ? "unblocked" : "panels", cpu}};
}

std::string engine_name(posdef::device d) { return d.name().substr(0, d.name().find(':')); }

}  // namespace

std::vector<accuracy_way> accuracy_ways(tools::dtype type, std::int64_t n, posdef::device device) {
  if (device.engine == engine::cpu) return ways_of_the_cpu(type, n);
  if (device.engine != engine::automatic) return {{engine_name(device), device}};
  std::vector<accuracy_way> ways = ways_of_the_cpu(type, n);
  static const std::vector<device_info> all = devices();
  for (const engine e : {engine::opencl, engine::hybrid}) {
    const auto fits = [e](const device_info& d) { return d.available && d.device.engine == e; };
    if (const auto at = std::find_if(all.begin(), all.end(), fits); at != all.end())
      ways.push_back({engine_name(at->device), at->device});
  }
  return ways;
}

template <scalar T>
accuracy_participant<T> participant_of(const accuracy_way& way, int threads) {
  const options o{.on_failure = on_failure::report, .threads = threads, .device = way.device};
  // f(first matrix, matrices of the call) for all samples together, or for each one.
  const auto calls = [together = way.together](std::int64_t batch, const auto& f) {
    const std::int64_t size = together ? batch : 1;
    for (std::int64_t b = 0; b < batch; b += size) f(b, size);
  };
  const auto matrices = [](auto* a, std::int64_t n, std::int64_t size) { return view(a, n, n).batched(size); };
  accuracy_participant<T> p{.name = way.name, .factor = {}, .solve = {}, .invert = {}};
  p.factor = [=](T* a, std::int64_t n, std::int64_t batch, std::int64_t* info) {
    calls(batch, [&](std::int64_t b, std::int64_t size) {
      try_cholesky(matrices(a + b * n * n, n, size), {info + b, static_cast<std::size_t>(size)}, o);
    });
  };
  p.solve = [=](const T* l, T* x, std::int64_t n, std::int64_t batch) {
    std::vector<std::int64_t> info(static_cast<std::size_t>(batch));
    calls(batch, [&](std::int64_t b, std::int64_t size) {
      try_cholesky_solve<T>(matrices(l + b * n * n, n, size), view<T>(x + b * n, n, 1).batched(size),
                            {info.data(), static_cast<std::size_t>(size)}, o);
    });
  };
  p.invert = [=](T* l, std::int64_t n, std::int64_t batch) {
    std::vector<std::int64_t> info(static_cast<std::size_t>(batch));
    calls(batch, [&](std::int64_t b, std::int64_t size) {
      try_cholesky_inverse(matrices(l + b * n * n, n, size), {info.data(), static_cast<std::size_t>(size)}, o);
    });
  };
  return p;
}

template <scalar T>
accuracy_participant<T> participant_of(const peer& from, int threads) {
  const routines<T>& r = from.of<T>();
  if (from.set_threads) from.set_threads(threads);
  accuracy_participant<T> p{.name = from.name, .factor = {}, .solve = {}, .invert = {}};
  p.factor = [f = r.potrf](T* a, std::int64_t n, std::int64_t batch, std::int64_t* info) {
    const auto order = static_cast<int>(n);
    for (std::int64_t b = 0; b < batch; ++b) info[b] = f('L', order, a + b * n * n, order);
  };
  if (r.potrs) {
    p.solve = [f = r.potrs](const T* l, T* x, std::int64_t n, std::int64_t batch) {
      const auto order = static_cast<int>(n);
      for (std::int64_t b = 0; b < batch; ++b) f('L', order, 1, l + b * n * n, order, x + b * n, order);
    };
  }
  if (r.potri) {
    p.invert = [f = r.potri](T* l, std::int64_t n, std::int64_t batch) {
      const auto order = static_cast<int>(n);
      for (std::int64_t b = 0; b < batch; ++b) f('L', order, l + b * n * n, order);
    };
  }
  return p;
}

#define POSDEF_INSTANTIATE(T)                                                \
  template accuracy_participant<T> participant_of(const accuracy_way&, int); \
  template accuracy_participant<T> participant_of(const peer&, int);
POSDEF_INSTANTIATE(float)
POSDEF_INSTANTIATE(double)
POSDEF_INSTANTIATE(std::complex<float>)
POSDEF_INSTANTIATE(std::complex<double>)
#undef POSDEF_INSTANTIATE

}  // namespace posdef::bench
