#include "schedule/output.hpp"

#include <cstdarg>
#include <cstdio>

namespace posdef::bench {
namespace {

using json = nlohmann::ordered_json;

[[gnu::format(printf, 1, 2)]] std::string text(const char* format, ...) {
  char line[256];
  va_list values;
  va_start(values, format);
  std::vsnprintf(line, sizeof line, format, values);
  va_end(values);
  return line;
}

std::string time_text(double seconds) {
  return seconds < 1e-3 ? text("%.3g µs", seconds * 1e6)
         : seconds < 1  ? text("%.3g ms", seconds * 1e3)
                        : text("%.3g s", seconds);
}

double gflops(const std::string& type, index n, double seconds) {
  for (const element_type& e : element_types())
    if (e.name == type)
      return e.operations * static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(n) / seconds / 1e9;
  return 0;
}

json json_of(const std::string& type, const panel_grid& g) {
  return {{"dtype", type}, {"n", g.n}, {"width", g.nb}, {"tile", g.tile}};
}

/// A part of the time of all cores, in percent.
double percent(const predicted& p, double core_seconds) { return 100 * core_seconds / (p.cores * p.time.seconds); }

}  // namespace

json json_of(const measured_grid& m) {
  json j = json_of(m.type, m.grid);
  j["factor"] = m.times.factor;
  j["last_factor"] = m.times.last_factor;
  j["solve_row"] = m.times.solve;
  j["update_element"] = m.times.update;
  j["diagonal_element"] = m.times.diagonal;
  return j;
}

measured_grid measured_grid_of(const json& j) {
  return {j.at("dtype"),
          {.n = j.at("n"), .nb = j.at("width"), .tile = j.at("tile")},
          {.factor = j.at("factor"),
           .last_factor = j.at("last_factor"),
           .solve = j.at("solve_row"),
           .update = j.at("update_element"),
           .diagonal = j.at("diagonal_element")}};
}

json json_of(const predicted& p) {
  json j = json_of(p.type, p.grid);
  j["cores"] = p.cores;
  j["tasks"] = p.tasks;
  j["simulated_seconds"] = p.time.seconds;
  j["simulated_gflops"] = gflops(p.type, p.grid.n, p.time.seconds);
  j["critical_path"] = p.critical_path;
  j["busy"] = p.time.busy;
  j["memory"] = p.time.memory;
  j["waiting"] = p.time.waiting;
  j["counter"] = p.time.counter;
  j["walking"] = p.time.walking;
  return j;
}

json json_of(const choice& c) {
  json j{{"dtype", c.type}, {"n", c.n}, {"width", c.nb}, {"mean_loss", c.mean_loss}, {"cores", json::array()}};
  for (const auto& b : c.by_cores)
    j["cores"].push_back({{"cores", b.best.cores},
                          {"tile", b.best.grid.tile},
                          {"simulated_seconds", b.best.time.seconds},
                          {"loss", b.loss},
                          {"by_path_seconds", b.by_path},
                          {"efficiency", b.efficiency}});
  return j;
}

json json_of(const validation& v) {
  json j = json_of(v.type, v.grid);
  j["cores"] = v.cores;
  j["measured_seconds"] = v.measured;
  j["simulated_seconds"] = v.simulated;
  return j;
}

std::string choice_heading() {
  return "| dtype | n | width | cores | tile | simulated | GFLOP/s | efficiency | critical path | waiting | memory | "
         "counter | walking | other order | loss |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
}

std::string rows_of(const choice& c) {
  std::string rows;
  for (const auto& b : c.by_cores) {
    const simulated& t = b.best.time;
    rows += text("| %s | %lld | %lld | %d | %lld | %s | %.0f | %.0f %% | %.0f %% | ", c.type.c_str(),
                 static_cast<long long>(c.n), static_cast<long long>(c.nb), b.best.cores,
                 static_cast<long long>(b.best.grid.tile), time_text(t.seconds).c_str(), gflops(c.type, c.n, t.seconds),
                 100 * b.efficiency, 100 * b.best.critical_path / t.seconds);
    rows += text("%.1f %% | %.1f %% | %.2f %% | %.2f %% | %.2f | %.3f |\n", percent(b.best, t.waiting),
                 percent(b.best, t.memory), percent(b.best, t.counter), percent(b.best, t.walking),
                 b.by_path / t.seconds, b.loss);
  }
  return rows;
}

std::string validation_heading() {
  return "| dtype | n | width | tile | cores | measured | simulated | simulated / measured |\n"
         "|---|---|---|---|---|---|---|---|\n";
}

std::string row_of(const validation& v) {
  return text("| %s | %lld | %lld | %lld | %d | %s | %s | %.3f |\n", v.type.c_str(), static_cast<long long>(v.grid.n),
              static_cast<long long>(v.grid.nb), static_cast<long long>(v.grid.tile), v.cores,
              time_text(v.measured).c_str(), time_text(v.simulated).c_str(), v.simulated / v.measured);
}

}  // namespace posdef::bench
