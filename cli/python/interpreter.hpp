// Which Python runs the scripts: a machine often has several, and only one of them has the libraries.
//
// An interpreter is asked once, in a process of its own, which modules it would find (importlib.util.find_spec: nothing
// is imported, so it takes some ten milliseconds) and where it looks for them.
#ifndef POSDEF_CLI_PYTHON_INTERPRETER_HPP
#define POSDEF_CLI_PYTHON_INTERPRETER_HPP

#include <set>
#include <string>
#include <vector>

namespace posdef::tools {

struct interpreter {
  std::string path;
  std::set<std::string> modules = {};     ///< those of cupy, jax, matplotlib, numpy and torch that it finds
  std::vector<std::string> folders = {};  ///< its sys.path
  std::string problem = {};               ///< why it does not run; else empty
};

/// The answer is kept for the life of the process.
const interpreter& look_at(const std::string& path);

/// `given` (the option --python), $VIRTUAL_ENV/bin/python, the python3 in PATH, /usr/bin/python3: the first alone if it
/// is not empty, else those of the others that are there.
std::vector<std::string> candidate_interpreters(const std::string& given);

struct chosen_interpreter {
  std::string path;   ///< "python3" if there is none at all
  std::string words;  ///< "/opt/python/bin/python3 (numpy, torch); passed over: /usr/bin/python3 (no torch)"
};

/// The candidate that has the most of these modules, the earlier one of equals. A single candidate is not asked.
chosen_interpreter choose_interpreter(const std::vector<std::string>& candidates,
                                      const std::vector<std::string>& modules);

}  // namespace posdef::tools

#endif
