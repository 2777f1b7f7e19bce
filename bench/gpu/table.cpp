#include "gpu/table.hpp"

#include <cmath>
#include <cstdio>

#include "output.hpp"

namespace posdef::bench {
namespace {

template <class... Args>
std::string printed(const char* format, Args... args) {
  char text[200];
  std::snprintf(text, sizeof text, format, args...);
  return text;
}

std::string microseconds(double seconds) { return std::isfinite(seconds) ? printed("%.2f", seconds * 1e6) : "-"; }

}  // namespace

std::string device_heading(const machine& m) {
  std::string text = m.device + "\n" + printed("  %-14s", "posdef") + m.posdef_version + "\n";
  for (const auto& [name, version] : m.peers) text += printed("  %-14s", name.c_str()) + version + "\n";
  for (const auto& [name, reason] : m.missing) text += printed("  %-14s", name.c_str()) + "missing: " + reason + "\n";
  text += interpreter_lines(m);
  text +=
      "Median microseconds of a call: device = between events on the stream, consecutive calls; wall = synchronized\n"
      "calls. GFLOP/s and ratio = best peer / posdef use the device time.\n\n";
  return text + printed("%-48s%12s%12s%10s%10s\n", "", "device", "wall", "GFLOP/s", "residual");
}

std::string device_rows(const outcome& o, std::size_t first) {
  std::string text = o.cell.text() + (o.card.empty() ? "" : " on " + o.card);
  if (const auto ratio = o.ratio()) text += printed(": ratio %.2f to ", *ratio) + o.best_peer()->first;
  text += "\n";
  for (std::size_t k = first; k < o.ways.size(); ++k) {
    const timing& t = o.ways[k];
    const std::string name = "  " + t.name + " (" + t.way + ")";
    if (!t.left_out.empty()) {
      text += name + " left out: " + t.left_out + "\n";
      continue;
    }
    const double by = outcome::time_of(t, o.ratio_clock());
    text += printed("%-48s%12s%12s%10s%10.3g", name.c_str(), microseconds(t.device_seconds).c_str(),
                    microseconds(t.seconds).c_str(),
                    std::isfinite(by) ? printed("%.1f", o.cell.operations() / by / 1e9).c_str() : "-", t.residual);
    text += t.right() ? "\n" : "  WRONG\n";
  }
  return text;
}

}  // namespace posdef::bench
