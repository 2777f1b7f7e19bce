#include "accuracy/accuracy_output.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <tuple>

#include "output.hpp"

namespace posdef::bench {
namespace {

using json = nlohmann::ordered_json;
using measure = double accuracy_measures::*;

struct named_measure {
  const char* name;
  measure value;
};
constexpr named_measure measures[] = {
    {"residual", &accuracy_measures::residual},
    {"scaled_residual", &accuracy_measures::scaled_residual},
    {"diagonal_ulp", &accuracy_measures::diagonal_ulp},
    {"below_ulp", &accuracy_measures::below_ulp},
    {"solve_backward", &accuracy_measures::solve_backward},
    {"solve_forward", &accuracy_measures::solve_forward},
    {"inverse_residual", &accuracy_measures::inverse_residual},
};

template <class... Args>
std::string printed(const char* format, Args... args) {
  char text[200];
  std::snprintf(text, sizeof text, format, args...);
  return text;
}

std::string number_text(double x) { return std::isnan(x) ? printed("%14s", "-") : printed("%14.4f", x); }
std::string ratio_text(const std::optional<accuracy_ratio>& r) {
  return r ? printed("%9.2f", r->ratio) : printed("%9s", "-");
}

json number(double x) { return std::isfinite(x) ? json(x) : json(nullptr); }

// The geometric mean of ratios, and their largest.
struct mean_ratio {
  double log_sum = 0, worst = 0;
  int count = 0;
  void add(double ratio) {
    log_sum += std::log(ratio);
    worst = std::max(worst, ratio);
    ++count;
  }
  std::string text() const { return printed("%10.3f%10.2f%8d", std::exp(log_sum / count), worst, count); }
};

struct ranked {
  std::string text;
  accuracy_ratio ratio;
};

std::string worst_cells(std::vector<ranked> all) {
  constexpr std::size_t shown = 20;
  std::sort(all.begin(), all.end(), [](const ranked& a, const ranked& b) {
    return std::tie(b.ratio.ratio, a.text) < std::tie(a.ratio.ratio, b.text);
  });
  std::string text = "\nLargest ratios of residuals\n";
  for (std::size_t k = 0; k < std::min(shown, all.size()); ++k)
    text += printed("%8.2f  ", all[k].ratio.ratio) + all[k].text + "  " + all[k].ratio.best_peer + "\n";
  return text;
}

// A value of 0 has no logarithm.
bool counts(const std::optional<accuracy_ratio>& r) { return r && r->ratio > 0 && std::isfinite(r->ratio); }

}  // namespace

std::string accuracy_heading(const machine& m, const peer_list& peers) {
  std::string text = machine_lines(m, peers);
  text += "Residuals ‖A − L·Lᴴ‖₁/(n·‖A‖₁·ε), means over the samples; floor: of the rounded exact factor.\n";
  text += "ratio = posdef / best peer: of the residual, of a solve's backward error, of an inverse's residual.\n\n";
  text += printed("%-36s%14s%14s", "", "posdef", "floor");
  for (const peer& p : peers.present) text += printed("%14s", p.name.c_str());
  return text + "    ratio    solve  inverse\n";
}

std::string accuracy_rows(const accuracy_outcome& o) {
  std::string text;
  for (const accuracy_result& w : o.ways) {
    text += printed("%-36s", (o.cell.text() + " " + w.name).c_str());
    text += number_text(w.measures.residual) + number_text(o.floor);
    for (const accuracy_result& p : o.peers) text += number_text(p.measures.residual);
    const auto best = o.ratio(w, &accuracy_measures::residual);
    text += ratio_text(best) + ratio_text(o.ratio(w, &accuracy_measures::solve_backward)) +
            ratio_text(o.ratio(w, &accuracy_measures::inverse_residual));
    text += best ? "  " + best->best_peer + "\n" : "\n";
    if (w.measures.failed > 0)
      text += printed("    %s failed in %d of", w.name.c_str(), int(w.measures.failed)) +
              printed(" %d samples\n", int(o.samples));
  }
  return text;
}

std::string accuracy_summary(const std::vector<accuracy_outcome>& outcomes) {
  constexpr named_measure summed[] = {{"factor", &accuracy_measures::residual},
                                      {"solve", &accuracy_measures::solve_backward},
                                      {"inverse", &accuracy_measures::inverse_residual}};
  std::string text = printed("\n%-30s%10s%10s%8s\n", "ratio = posdef / best peer", "geo. mean", "largest", "cells");
  for (const auto& [name, value] : summed) {
    std::map<std::string, mean_ratio> of;  // "1 f32", "2 all", "3 tiny": in this order
    for (const accuracy_outcome& o : outcomes) {
      for (const accuracy_result& w : o.ways) {
        const auto r = o.ratio(w, value);
        if (!counts(r)) continue;
        for (const std::string& group :
             {"1" + std::string(tools::name_of(o.cell.type)), std::string("2all types"), "3" + w.name})
          of[group].add(r->ratio);
      }
    }
    for (const auto& [group, ratio] : of) text += printed("%-10s%-20s", name, group.c_str() + 1) + ratio.text() + "\n";
  }
  std::vector<ranked> all;
  for (const accuracy_outcome& o : outcomes) {
    for (const accuracy_result& w : o.ways) {
      if (const auto r = o.ratio(w, &accuracy_measures::residual)) all.push_back({o.cell.text() + " " + w.name, *r});
    }
  }
  return text + worst_cells(std::move(all));
}

std::vector<json> accuracy_json(const accuracy_outcome& o, const machine& m) {
  std::vector<json> list;
  for (const accuracy_result& w : o.ways) {
    const auto best = o.ratio(w, &accuracy_measures::residual);
    json out = {{"suite", "accuracy"},
                {"type", tools::name_of(o.cell.type)},
                {"matrix", o.cell.matrix},
                {"n", o.cell.n},
                {"way", w.name},
                {"samples", o.samples},
                {"failed", w.measures.failed},
                {"threads", m.threads},
                {"residual", number(w.measures.residual)},
                {"floor", number(o.floor)},
                {"best_peer", best ? json(best->best_peer) : json(nullptr)},
                {"ratio", best ? number(best->ratio) : json(nullptr)}};
    for (const auto& [name, value] : measures) {
      if (value == &accuracy_measures::residual) continue;
      const auto r = o.ratio(w, value);
      out[name] = number(w.measures.*value);
      out[name + std::string("_ratio")] = r ? number(r->ratio) : json(nullptr);
    }
    out["peers"] = json::object();
    for (const accuracy_result& p : o.peers) {
      json& to = out["peers"][p.name];
      for (const auto& [name, value] : measures) to[name] = number(p.measures.*value);
      to["failed"] = p.measures.failed;
    }
    out["machine"] = machine_json(m);
    list.push_back(std::move(out));
  }
  return list;
}

}  // namespace posdef::bench
