#include "output.hpp"

#include <cmath>
#include <cstdio>

namespace posdef::bench {
namespace {

using json = nlohmann::ordered_json;

json number(double x) { return std::isfinite(x) ? json(x) : json(nullptr); }

template <class... Args>
std::string printed(const char* format, Args... args) {
  char text[200];
  std::snprintf(text, sizeof text, format, args...);
  return text;
}

std::string microseconds(double seconds) { return printed(seconds < 1e-2 ? "%.2f" : "%.0f", seconds * 1e6); }

}  // namespace

std::string heading(const machine& m, const peer_list& peers) {
  std::string text = m.processor + ", " + std::to_string(m.processors) + " processors; " + std::to_string(m.threads) +
                     (m.threads == 1 ? " thread" : " threads") + "\n";
  text += printed("  %-10s", "posdef") + m.posdef_version + ", " + m.instruction_set + "\n";
  for (const peer& p : peers.present) text += printed("  %-10s", p.name.c_str()) + p.version + "\n";
  for (const missing_peer& p : peers.missing)
    text += printed("  %-10s", p.name.c_str()) + "missing: " + p.reason + "\n";
  text += "Median microseconds of a call; ratio = best peer / posdef. \"call\" is posdef without a plan.\n\n";
  text += printed("%-24s%12s%9s%12s", "", "posdef", "GFLOP/s", "call");
  for (const peer& p : peers.present) text += printed("%12s", p.name.c_str());
  return text + "   ratio\n";
}

std::string table_row(const outcome& o, const peer_list& peers) {
  std::string text =
      printed("%-24s%12s%9.1f", o.cell.text().c_str(), microseconds(o.posdef().seconds).c_str(), o.gflops());
  const auto beside = o.best(false), counted = o.best(true);
  const auto column = [&](const std::map<std::string, double>& from, const std::string& name) {
    const auto at = from.find(name);
    text += printed("%12s", at == from.end() ? "-" : microseconds(at->second).c_str());
  };
  column(beside, "posdef call");
  for (const peer& p : peers.present) column(counted, p.name);
  const auto ratio = o.ratio();
  const auto best = o.best_peer();
  text += ratio ? printed("%8.2f", *ratio) + "  " + best->first + "\n" : "       -\n";
  for (const timing& t : o.ways) {
    if (!t.left_out.empty()) {
      text += "    " + t.name + " left out: " + t.left_out + "\n";
    } else if (!t.right()) {
      text += "    WRONG: " + t.name + " (" + t.way + "), residual " + printed("%.3g", t.residual) + "\n";
    }
  }
  return text;
}

json to_json(const outcome& o, const machine& m) {
  const cell& c = o.cell;
  json out = {{"suite", c.suite},
              {"op", name_of(c.op)},
              {"dtype", tools::name_of(c.type)},
              {"uplo", c.uplo == uplo::lower ? "lower" : "upper"},
              {"layout", c.layout == layout::col_major ? "col_major" : "row_major"},
              {"batch", c.batch},
              {"n", c.n},
              {"nrhs", c.nrhs},
              {"threads", o.threads},
              {"seconds", number(o.posdef().seconds)},
              {"gflops", number(o.gflops())},
              {"residual", number(o.posdef().residual)},
              {"peers", o.best(true)},
              {"ratio", o.ratio() ? number(*o.ratio()) : json(nullptr)},
              {"beside", o.best(false)}};
  out["ways"] = json::array();
  for (const timing& t : o.ways) {
    json way = {{"name", t.name}, {"way", t.way}};
    if (t.left_out.empty()) {
      way["seconds"] = number(t.seconds);
      way["residual"] = number(t.residual);
      way["right"] = t.right();
      way["repetitions"] = t.repetitions;
    } else {
      way["left_out"] = t.left_out;
    }
    out["ways"].push_back(std::move(way));
  }
  out["machine"] = {{"processor", m.processor},   {"processors", m.processors}, {"instruction_set", m.instruction_set},
                    {"posdef", m.posdef_version}, {"peers", m.peers},           {"missing", m.missing}};
  return out;
}

}  // namespace posdef::bench
