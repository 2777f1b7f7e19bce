#include <limits>

#include "python/run_script.hpp"
#include "scripts.hpp"

namespace posdef::bench {
namespace {

// The request for arrays.py and the outcomes that it belongs to.
struct script_request {
  nlohmann::json request;
  std::vector<outcome*> asked = {};
};

script_request request_for(const settings& s, std::vector<outcome>& outcomes) {
  script_request q{{{"threads", s.threads}, {"seconds", s.seconds / 4}, {"cells", nlohmann::json::array()}}};
  for (outcome& o : outcomes) {
    const cell& c = o.cell;
    if (c.op != operation::cholesky || c.uplo != uplo::lower || c.layout != layout::col_major) continue;
    q.request["cells"].push_back({{"dtype", tools::name_of(c.type)}, {"batch", c.batch}, {"n", c.n}});
    q.asked.push_back(&o);
  }
  return q;
}

// Null means a missing time or a residual that is NaN.
double number_or_nan(const nlohmann::json& entry, const char* key) {
  const auto at = entry.find(key);
  return at == entry.end() || at->is_null() ? std::numeric_limits<double>::quiet_NaN() : at->get<double>();
}

// Adds the results of a script for one cell.
void add_results(const nlohmann::json& results, outcome& to) {
  for (const auto& [name, entry] : results.items()) {
    timing t{.name = name, .way = another_process, .counted = false};
    if (entry.contains("left_out")) {
      t.left_out = entry.at("left_out");
    } else {
      t.seconds = number_or_nan(entry, "seconds");
      t.device_seconds = number_or_nan(entry, "device_seconds");
      t.residual = number_or_nan(entry, "residual");
      t.repetitions = entry.at("repetitions");
    }
    to.ways.push_back(std::move(t));
  }
}

void take_versions(const nlohmann::json& answer, machine& m) {
  for (const auto& [name, version] : answer.at("versions").items()) m.peers[name] = version;
  for (const auto& [name, reason] : answer.at("missing").items()) m.missing[name] = reason;
}

}  // namespace

void add_arrays(const std::string& python, const settings& s, std::vector<outcome>& outcomes, machine& m) {
  const script_request q = request_for(s, outcomes);
  const auto answer = nlohmann::json::parse(tools::run_script(python, arrays_script, {}, q.request.dump()));
  for (std::size_t k = 0; k < q.asked.size(); ++k) add_results(answer.at("results").at(k), *q.asked[k]);
  take_versions(answer, m);
}

void add_device_arrays(const std::string& python, const settings& s, const std::vector<std::string>& names,
                       std::vector<outcome>& outcomes, machine& m, const std::function<void(outcome&)>& told) {
  script_request q = request_for(s, outcomes);
  q.request["device"] = s.device.index;
  q.request["libraries"] = names;
  std::size_t next = 0;
  tools::run_script(python, device_arrays_script, {}, q.request.dump(), [&](const std::string& line) {
    const auto answer = nlohmann::json::parse(line);
    if (const auto results = answer.find("results"); results != answer.end()) {
      outcome& to = *q.asked.at(next++);
      add_results(*results, to);
      told(to);
    } else {
      take_versions(answer, m);
    }
  });
}

}  // namespace posdef::bench
