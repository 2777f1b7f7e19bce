#include "output.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>

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

std::string microseconds(double seconds) {
  if (!std::isfinite(seconds)) return "-";
  return printed(seconds < 1e-2 ? "%.2f" : "%.0f", seconds * 1e6);
}

/// "after_pause" as text.
std::string words_of(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

json rate_json(const rate& r) { return {{"one", number(r.one)}, {"all", number(r.all)}}; }

}  // namespace

json machine_json(const machine& m) {
  json out = {{"processor", m.processor},   {"processors", m.processors}, {"instruction_set", m.instruction_set},
              {"posdef", m.posdef_version}, {"peers", m.peers},           {"missing", m.missing},
              {"limits", nullptr}};
  if (!m.device.empty()) out["device"] = m.device;
  if (!m.python.empty()) out["python"] = m.python;
  if (m.limits) {
    json arithmetic = json::object();
    for (const arithmetic_limit& a : m.limits->arithmetic) {
      arithmetic[a.instruction_set] = {{"f32", rate_json(a.f32)}, {"f64", rate_json(a.f64)}};
    }
    const column_limit& column = m.limits->column;
    out["limits"] = {{"gflops", arithmetic},
                     {"column_nanoseconds", {{"f32", number(column.f32)}, {"f64", number(column.f64)}}},
                     {"triad_gbytes", rate_json(m.limits->triad)}};
  }
  return out;
}

std::string interpreter_lines(const machine& m) {
  std::string text;
  if (!m.python.empty()) text += printed("  %-14s", "Python") + m.python + "\n";
  if (!m.report_python.empty()) text += printed("  %-14s", "reports") + m.report_python + "\n";
  return text;
}

std::string machine_lines(const machine& m, const peer_list& peers) {
  std::string text = m.processor + ", " + std::to_string(m.processors) + " processors; " + std::to_string(m.threads) +
                     (m.threads == 1 ? " thread" : " threads") + "\n";
  text += printed("  %-14s", "posdef") + m.posdef_version + ", " + m.instruction_set + "\n";
  for (const peer& p : peers.present) text += printed("  %-14s", p.name.c_str()) + p.version + "\n";
  for (const missing_peer& p : peers.missing)
    text += printed("  %-14s", p.name.c_str()) + "missing: " + p.reason + "\n";
  if (m.limits) {
    for (const arithmetic_limit& a : m.limits->arithmetic) {
      if (a.instruction_set != m.instruction_set) continue;
      text += printed("  limit         %.0f GFLOP/s in single, %.0f in double precision; memory %.0f GB/s\n", a.f32.all,
                      a.f64.all, m.limits->triad.all);
    }
  }
  return text + interpreter_lines(m);
}

std::string heading(const machine& m, const peer_list& peers) {
  std::string text = machine_lines(m, peers);
  text += "Median microseconds of a call; ratio = best peer / posdef. \"call\" is posdef without a plan.\n\n";
  text += printed("%-36s%12s%9s%12s", "", "posdef", "GFLOP/s", "call");
  for (const peer& p : peers.present) text += printed("%14s", p.name.c_str());
  return text + "   ratio\n";
}

std::string table_row(const outcome& o, const peer_list& peers) {
  std::string text =
      printed("%-36s%12s%9.1f", o.cell.text().c_str(), microseconds(o.posdef().seconds).c_str(), o.gflops());
  const auto beside = o.best(false), counted = o.best(true);
  const auto column = [&](const std::map<std::string, double>& from, const std::string& name, int width) {
    const auto at = from.find(name);
    text += printed("%*s", width, at == from.end() ? "-" : microseconds(at->second).c_str());
  };
  column(beside, "posdef call", 12);
  for (const peer& p : peers.present) column(counted, p.name, 14);
  const auto ratio = o.ratio();
  const auto best = o.best_peer();
  text += ratio ? printed("%8.2f", *ratio) + "  " + best->first + "\n" : "       -\n";
  for (const timing& t : o.ways) {
    if (!t.left_out.empty()) {
      text += "    " + t.name + (t.way.empty() ? "" : " (" + t.way + ")") + " left out: " + t.left_out + "\n";
    } else if (!t.right()) {
      text += "    WRONG: " + t.name + " (" + t.way + "), residual " + printed("%.3g", t.residual) + "\n";
    }
  }
  return text;
}

std::string cold_rows(const outcome& o) {
  std::map<std::string, std::map<std::string, double>> by_situation;
  for (const timing& t : o.ways)
    for (const auto& [words, seconds] : t.cold) by_situation[words][t.name] = seconds;
  std::string text;
  for (const auto& [name, times] : by_situation) {
    text += printed("    %-32s", words_of(name).c_str());
    if (const auto at = times.find("posdef"); at != times.end())
      text += printed("%12s", microseconds(at->second).c_str());
    for (const auto& [who, seconds] : times)
      if (who != "posdef") text += "  " + who + " " + microseconds(seconds);
    text += "\n";
  }
  return text;
}

std::string arrays_table(const std::vector<outcome>& outcomes, const machine& m) {
  const std::string names[] = {"NumPy", "SciPy", "PyTorch"};
  std::string text = "\nNot counted in the ratio: Python libraries, in another process, µs\n";
  for (const std::string& name : names) {
    if (const auto at = m.missing.find(name); at != m.missing.end())
      text += printed("  %-14s", name.c_str()) + "missing: " + at->second + "\n";
    if (const auto at = m.peers.find(name); at != m.peers.end())
      text += printed("  %-14s", name.c_str()) + at->second + "\n";
  }
  text += printed("%-36s%12s", "", "posdef");
  for (const std::string& name : names) text += printed("%12s", name.c_str());
  text += "\n";
  for (const outcome& o : outcomes) {
    const auto beside = o.best(false);
    if (std::none_of(std::begin(names), std::end(names), [&](const auto& name) { return beside.contains(name); }))
      continue;
    text += printed("%-36s%12s", o.cell.text().c_str(), microseconds(o.posdef().seconds).c_str());
    for (const std::string& name : names) {
      const auto at = beside.find(name);
      text += printed("%12s", at == beside.end() ? "-" : microseconds(at->second).c_str());
    }
    text += "\n";
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
              {"peers", o.best(true, clock::wall)},
              {"ratio", o.ratio() ? number(*o.ratio()) : json(nullptr)},
              {"beside", o.best(false, clock::wall)}};
  const bool on_device = !o.device.empty();
  if (on_device) {
    out["device"] = o.device + (o.card.empty() ? "" : ", " + o.card);
    out["device_seconds"] = number(o.posdef().device_seconds);
    out["device_peers"] = o.best(true, clock::device);
    out["device_beside"] = o.best(false, clock::device);
  }
  out["ways"] = json::array();
  for (const timing& t : o.ways) {
    json way = {{"name", t.name}, {"way", t.way}};
    if (t.left_out.empty()) {
      way["seconds"] = number(t.seconds);
      if (on_device) way["device_seconds"] = number(t.device_seconds);
      way["residual"] = number(t.residual);
      way["right"] = t.right();
      if (!t.cold.empty()) way["cold"] = t.cold;
      way["repetitions"] = t.repetitions;
      if (std::isfinite(t.first_seconds)) {
        way["first_seconds"] = t.first_seconds;
        way["first_bytes"] = number(t.first_bytes);
      }
    } else {
      way["left_out"] = t.left_out;
    }
    out["ways"].push_back(std::move(way));
  }
  out["date"] = m.date;
  out["command"] = m.command;
  out["machine"] = machine_json(m);
  return out;
}

}  // namespace posdef::bench
