#include "python/interpreter.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "python/run_script.hpp"

namespace posdef::tools {
namespace {

// With -c the current folder comes first in sys.path, as "", and any folder named torch in it would pass as a module.
const char* const query_script = R"(import importlib.util, json, sys
sys.path = [folder for folder in sys.path if folder]
specs = {name: importlib.util.find_spec(name) for name in ("cupy", "jax", "matplotlib", "numpy", "scipy", "torch")}
print(json.dumps({"folders": sys.path, "modules": [name for name, spec in specs.items() if spec and spec.origin]}))
)";

bool can_run(const std::string& path) { return access(path.c_str(), X_OK) == 0; }

// The python3 that a shell would start, or nothing.
std::string python_in_path() {
  const char* const variable = std::getenv("PATH");
  std::istringstream folders(variable == nullptr ? "" : variable);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string path = folder + "/python3";
    if (!folder.empty() && can_run(path)) return path;
  }
  return "";
}

// "(numpy, torch)", "(no torch)", or the reason why it does not run.
std::string in_brackets(const interpreter& i, const std::vector<std::string>& modules, bool present) {
  if (!i.problem.empty()) return " (" + i.problem + ")";
  std::string words;
  for (const std::string& m : modules) {
    if (i.modules.contains(m) == present) words += (words.empty() ? "" : ", ") + m;
  }
  if (words.empty()) return present && !modules.empty() ? in_brackets(i, modules, false) : "";
  return present ? " (" + words + ")" : " (no " + words + ")";
}

}  // namespace

const interpreter& examine_interpreter(const std::string& path) {
  static std::map<std::string, interpreter> known;
  if (const auto at = known.find(path); at != known.end()) return at->second;
  interpreter i{.path = path};
  try {
    const auto answer = nlohmann::json::parse(run_script(path, query_script, {}, ""));
    i.folders = answer.at("folders").get<std::vector<std::string>>();
    i.modules = answer.at("modules").get<std::set<std::string>>();
  } catch (const std::exception& problem) {
    i.problem = problem.what();
  }
  return known.emplace(path, std::move(i)).first->second;
}

std::vector<std::string> candidate_interpreters(const std::string& given) {
  if (!given.empty()) return {given};
  std::vector<std::string> all;
  const auto add = [&all](const std::string& path) {
    if (can_run(path) && std::find(all.begin(), all.end(), path) == all.end()) all.push_back(path);
  };
  const char* const environment = std::getenv("VIRTUAL_ENV");
  if (environment != nullptr && *environment != 0) add(std::string(environment) + "/bin/python");
  add(python_in_path());
  add("/usr/bin/python3");
  return all;
}

chosen_interpreter choose_interpreter(const std::vector<std::string>& candidates,
                                      const std::vector<std::string>& modules) {
  if (candidates.empty()) return {"python3", "python3 (not found)"};
  if (candidates.size() == 1) return {candidates[0], candidates[0]};
  const auto count = [&modules](const std::string& path) {
    const interpreter& i = examine_interpreter(path);
    if (!i.problem.empty()) return std::ptrdiff_t{-1};
    return std::count_if(modules.begin(), modules.end(), [&i](const auto& m) { return i.modules.contains(m); });
  };
  // The first of those with the most modules.
  const auto best = std::max_element(candidates.begin(), candidates.end(),
                                     [&](const auto& a, const auto& b) { return count(a) < count(b); });
  chosen_interpreter chosen{*best, *best + in_brackets(examine_interpreter(*best), modules, true)};
  std::string others;
  for (const std::string& path : candidates) {
    if (path == *best) continue;
    const bool equal = count(path) == count(*best);
    others += (others.empty() ? "" : ", ") + path +
              (equal ? " (same modules)" : in_brackets(examine_interpreter(path), modules, false));
  }
  chosen.words += "; not used: " + others;
  return chosen;
}

}  // namespace posdef::tools
