// Runs a Python script that is part of the program, in a separate process.
#ifndef POSDEF_TOOLS_PYTHON_RUN_SCRIPT_HPP
#define POSDEF_TOOLS_PYTHON_RUN_SCRIPT_HPP

#include <functional>
#include <string>
#include <vector>

namespace posdef::tools {

/// Runs a script with `input` on its stdin; returns its stdout. If the script fails, throws input_error with its
/// stderr.
std::string run_script(const std::string& python, const char* script, const std::vector<std::string>& arguments,
                       const std::string& input);
/// The same; `take` receives each line, without its newline, as soon as it is written.
void run_script(const std::string& python, const char* script, const std::vector<std::string>& arguments,
                const std::string& input, const std::function<void(const std::string&)>& take);

}  // namespace posdef::tools

#endif
