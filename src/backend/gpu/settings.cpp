#include "backend/gpu/settings.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <sstream>

#include "backend/gpu/cache.hpp"

namespace posdef::internal::gpu {

namespace {

constexpr const char* type_names[] = {"f32", "f64", "c64", "c128"};

/// Calls f with the name and value of each stored setting.
template <class F, class Blocking>
void for_each_number(Blocking& b, const F& f) {
  f("tile", b.tile);
  f("block", b.block);
  f("panel", b.panel);
  f("many", b.many);
  f("some", b.some);
  f("tiles_from", b.tiles_from);
  f("tiles_to", b.tiles_to);
  f("spread", b.spread);
}

}  // namespace

std::string text_of(const tuning_table& t) {
  std::string text;
  for (std::size_t i = 0; i < t.size(); ++i) {
    if (!t[i]) continue;
    text += type_names[i];
    for_each_number(
        *t[i], [&](const char* name, std::int64_t x) { text += std::string(" ") + name + " " + std::to_string(x); });
    text += "\n";
  }
  return text;
}

std::optional<tuning_table> table_of(const std::string& text) {
  tuning_table t;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string type;
    words >> type;
    const auto* const at = std::find(std::begin(type_names), std::end(type_names), type);
    if (at == std::end(type_names)) return {};
    blocking b{};
    bool good = true;
    for_each_number(b, [&](const char* name, std::int64_t& x) {
      std::string word;
      good = good && words >> word >> x && word == name;
    });
    if (!good || words >> type) return {};
    t[static_cast<std::size_t>(at - type_names)] = b;
  }
  return t;
}

template <class T>
bool fits(const blocking& b, const blocking& built_in) {
  const bool no_tiles = b.tiles_from == 0 && b.tiles_to == 0;
  return b.block == built_in.block && b.tile >= b.block && b.tile <= built_in.tile &&
         b.tile % local_layout<T>::step == 0 && b.panel >= b.block && b.panel % b.block == 0 && b.many >= 0 &&
         b.some >= 0 && b.spread >= 0 &&
         (no_tiles || (b.tiles_from > b.block && b.tiles_from <= b.tiles_to && b.tiles_to <= built_in.tiles_to));
}

measured_settings& measured_settings::of(const std::string& device) {
  static std::mutex guard;
  static auto& all = *new std::map<std::string, std::unique_ptr<measured_settings>>;
  const std::lock_guard lock(guard);
  auto& found = all[device];
  if (found == nullptr) found = std::make_unique<measured_settings>(device);
  return *found;
}

measured_settings::measured_settings(const std::string& device)
    : key_("settings\nposdef " POSDEF_VERSION "\n" + device) {
  if (const auto text = load_cached(key_))
    if (const auto t = table_of(*text)) table_ = *t;
}

template <class T>
blocking measured_settings::in_use(const blocking& built_in) const {
  std::optional<blocking> b = tried<T>;
  if (!b) {
    const std::lock_guard lock(guard_);
    b = table_[type_index<T>];
  }
  if (!b || !fits<T>(*b, built_in)) return built_in;
  // These depend on the compiled kernels and on the memory per item, not on measurements.
  b->side = built_in.side;
  b->spread_bytes = built_in.spread_bytes;
  return *b;
}

bool measured_settings::any() const {
  const std::lock_guard lock(guard_);
  return std::any_of(table_.begin(), table_.end(), [](const auto& b) { return b.has_value(); });
}

bool measured_settings::keep(const tuning_table& t) {
  const std::lock_guard lock(guard_);
  for (std::size_t i = 0; i < t.size(); ++i)
    if (t[i]) table_[i] = t[i];
  return store_cached(key_, text_of(table_));
}

#define POSDEF_SETTINGS(T)                                 \
  template bool fits<T>(const blocking&, const blocking&); \
  template blocking measured_settings::in_use<T>(const blocking&) const;
POSDEF_SETTINGS(float)
POSDEF_SETTINGS(double)
POSDEF_SETTINGS(std::complex<float>)
POSDEF_SETTINGS(std::complex<double>)
#undef POSDEF_SETTINGS

}  // namespace posdef::internal::gpu
