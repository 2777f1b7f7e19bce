#include "gpu/device_tune.hpp"

#include <cstring>
#include <limits>

#include "gpu/device_measure.hpp"
#include "problem.hpp"

namespace posdef::bench {
namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

// Sets the settings of new plans during its lifetime.
template <scalar T>
struct trial {
  explicit trial(const device_settings& s) { internal::try_settings<T>(&s); }
  ~trial() { internal::try_settings<T>(nullptr); }
  trial(const trial&) = delete;
};

// A plan with these settings.
template <scalar T>
device_way<T> way_with(const device_way<T>& plan, const device_settings& s, const std::string& name) {
  device_way<T> way = plan;
  way.way = name;
  way.prepare = [plan, s](const cell& c, const buffers<T>& all) {
    const trial<T> these(s);
    return plan.prepare(c, all);
  };
  return way;
}

cell cell_of(tools::dtype type, const tuning_shape& shape) {
  return {.suite = "tune", .op = shape.op, .type = type, .batch = shape.batch, .n = shape.n};
}

// Every byte of a batch factored by a plan with these settings.
template <scalar T>
std::vector<T> factored(accelerator& where, const device_way<T>& plan, const device_settings& s,
                        const tuning_shape& shape) {
  const cell c = cell_of(tools::dtype_of<T>, shape);
  problem<T> input(c, 1);
  const std::int64_t elements = shape.batch * shape.n * shape.n;
  const std::size_t bytes = static_cast<std::size_t>(elements) * sizeof(T);
  const device_memory memory(where, bytes);
  const buffers<T> all{.data = memory.as<T>(), .count = 1, .elements = elements};
  where.upload(all.data, input.matrices(0), bytes);
  const device_call call = way_with(plan, s, "").prepare(c, all);  // must outlive the work on the device
  call(0);
  std::vector<T> out(static_cast<std::size_t>(elements));
  where.download(out.data(), all.data, bytes);
  return out;
}

// The settings without tiles, for parameters of panels.
device_settings without_tiles(device_settings s) {
  s.tiles_from = s.tiles_to = 0;
  return s;
}

template <scalar T>
class device_tuner {
 public:
  device_tuner(accelerator& where, const device_library& posdef, const settings& s, const say_function& say)
      : where_(where), plan_(posdef.of<T>().front()), settings_(s), say_(say) {}

  device_settings run(const device_settings& in_use, const device_settings& built_in, bool quick) const {
    const auto possible = [&](device_settings& s) {
      if (s.tiles_to == 0) s.tiles_from = 0;
      return internal::settings_fit<T>(s, built_in);
    };
    const auto race = [&](const device_parameter& q, std::vector<device_settings> candidates,
                          const tuning_shape& shape) {
      if (q.by_panels)
        for (device_settings& s : candidates) s = without_tiles(s);
      return times(q, candidates, shape);
    };
    return optimize(device_parameters(built_in, quick), in_use, possible, race, say_);
  }

 private:
  std::vector<double> times(const device_parameter& q, std::vector<device_settings> candidates,
                            const tuning_shape& shape) const {
    device_library library{.name = "posdef"};
    for (device_settings& s : candidates)
      library.of<T>().push_back(way_with(plan_, s, q.name + " " + std::to_string(q.in(s))));
    const outcome o = measure_on(where_, cell_of(tools::dtype_of<T>, shape), {library}, settings_);
    const tuning_shape small{2, std::min<std::int64_t>(shape.n, 500)};
    const std::vector<T> expected = factored(where_, plan_, candidates.front(), small);
    std::vector<double> seconds(candidates.size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t k = 0; k < candidates.size() && k < o.ways.size(); ++k) {
      const timing& t = o.ways[k];
      if (!t.usable()) {
        say_(t.way + " at n = " + std::to_string(shape.n) + ": " + (t.left_out.empty() ? "wrong result" : t.left_out));
        continue;
      }
      const std::vector<T> got = factored(where_, plan_, candidates[k], small);
      if (std::memcmp(got.data(), expected.data(), got.size() * sizeof(T)) == 0)
        seconds[k] = outcome::time_of(t, o.ratio_clock());
      else
        say_(t.way + " at n = " + std::to_string(small.n) + ": different bits");
    }
    return seconds;
  }

  accelerator& where_;
  const device_way<T> plan_;
  const settings settings_;
  const say_function say_;
};

template <scalar T>
void tune_type(accelerator& where, const device_library& posdef, device d, const settings& s, bool quick,
               const say_function& say, internal::gpu::tuning_table& table) {
  const auto with_type = [&](const std::string& text) {
    say(std::string(tools::name_of(tools::dtype_of<T>)) + ": " + text);
  };
  device_settings in_use{}, built_in{};
  try {
    built_in = internal::settings_built_in<T>(d);
    in_use = internal::settings_in_use<T>(d);
  } catch (const unavailable& problem) {  // the device has no double precision
    with_type(problem.what());
    return;
  }
  table[internal::gpu::type_index<T>] = device_tuner<T>(where, posdef, s, with_type).run(in_use, built_in, quick);
}

}  // namespace

std::vector<device_parameter> device_parameters(const device_settings& built_in, bool quick) {
  const std::int64_t block = built_in.block, part = quick ? 4 : 1;
  const std::vector<tuning_shape> middle = {{1, 700 / part}, {1, 1500 / part}, {8, 700 / part}};
  const auto around = [](std::int64_t x) {
    return x == never ? std::vector<std::int64_t>{1, 16, 64, 256}
                      : std::vector<std::int64_t>{x / 4, x / 2, 2 * x, never};
  };
  std::vector<device_parameter> all = {
      {.name = "panel",
       .number = &device_settings::panel,
       .candidates = {2 * block, 4 * block, 8 * block},
       .shapes = middle,
       .by_panels = true},
      {.name = "many",
       .number = &device_settings::many,
       .candidates = around(built_in.many),
       .shapes = middle,
       .by_panels = true},
      {.name = "some",
       .number = &device_settings::some,
       .candidates = around(built_in.some),
       .shapes = middle,
       .by_panels = true},
      {.name = "tile",
       .number = &device_settings::tile,
       .candidates = {block, block + block / 2, built_in.tile},
       .shapes = {{1, block + block / 4}, {64, block + block / 2}, {64, built_in.tile}},
       .by_panels = true}};
  if (built_in.tiles_to == 0) return all;
  all.push_back({.name = "tiles_from",
                 .number = &device_settings::tiles_from,
                 .candidates = {block + 1, block + block / 2 + 1, 2 * block + 1},
                 .shapes = {{1, block + block / 2}, {16, 2 * block}, {256, 2 * block}}});
  all.push_back({.name = "spread",
                 .number = &device_settings::spread,
                 .candidates = {0, built_in.spread / 4, built_in.spread / 2, 2 * built_in.spread},
                 .shapes = {{1, 512 / part}, {1, 1500 / part}, {4, 1000 / part}}});
  all.push_back({.name = "tiles_to",
                 .number = &device_settings::tiles_to,
                 .candidates = {0, 700, 1500, 3000, built_in.tiles_to},
                 .shapes = {{1, 1000 / part}, {1, 2000 / part}, {1, 4000 / part}, {8, 1000 / part}}});
  return all;
}

internal::gpu::tuning_table tune_device(accelerator& where, const device_library& posdef, device d,
                                        const std::vector<tools::dtype>& types, const settings& s, bool quick,
                                        const say_function& say) {
  internal::gpu::tuning_table table;
  for (const tools::dtype type : types) {
    switch (type) {
      case tools::dtype::f32: tune_type<float>(where, posdef, d, s, quick, say, table); break;
      case tools::dtype::f64: tune_type<double>(where, posdef, d, s, quick, say, table); break;
      case tools::dtype::c64: tune_type<std::complex<float>>(where, posdef, d, s, quick, say, table); break;
      default: tune_type<std::complex<double>>(where, posdef, d, s, quick, say, table);
    }
  }
  return table;
}

}  // namespace posdef::bench
