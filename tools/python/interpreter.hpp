// Chooses the Python interpreter for the scripts: a machine often has several, and only one has the libraries.
//
// Each interpreter runs once, in a separate process, and lists which modules it would find (importlib.util.find_spec
// imports nothing, so this takes about ten milliseconds) and its search path.
#ifndef POSDEF_TOOLS_PYTHON_INTERPRETER_HPP
#define POSDEF_TOOLS_PYTHON_INTERPRETER_HPP

#include <set>
#include <string>
#include <vector>

namespace posdef::tools {

struct interpreter {
  std::string path;
  std::set<std::string> modules = {};     ///< which of cupy, jax, matplotlib, numpy, scipy and torch it finds
  std::vector<std::string> folders = {};  ///< its sys.path
  std::string problem = {};               ///< why it does not run; else empty
};

/// The result is cached for the life of the process.
const interpreter& examine_interpreter(const std::string& path);

/// `given` (the option --python) alone if it is not empty; else $VIRTUAL_ENV/bin/python, the python3 in PATH and
/// /usr/bin/python3, as far as they exist.
std::vector<std::string> candidate_interpreters(const std::string& given);

struct chosen_interpreter {
  std::string path;   ///< "python3" if no interpreter was found
  std::string words;  ///< "/opt/python/bin/python3 (numpy, torch); not used: /usr/bin/python3 (no torch)"
};

/// The candidate that has the most of these modules; the first one if equal. A single candidate is not examined.
chosen_interpreter choose_interpreter(const std::vector<std::string>& candidates,
                                      const std::vector<std::string>& modules);

}  // namespace posdef::tools

#endif
