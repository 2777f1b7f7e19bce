// Running a Python script that the program carries, in a process of its own.
#ifndef POSDEF_CLI_PYTHON_RUN_SCRIPT_HPP
#define POSDEF_CLI_PYTHON_RUN_SCRIPT_HPP

#include <functional>
#include <string>
#include <vector>

namespace posdef::tools {

/// Runs a script, `input` on its stdin; gives what it writes to stdout. Throws input_error with what it wrote to
/// stderr if it fails.
std::string run_script(const std::string& python, const char* script, const std::vector<std::string>& arguments,
                       const std::string& input);
/// The same; `take` is told each line when it is written, without its end.
void run_script(const std::string& python, const char* script, const std::vector<std::string>& arguments,
                const std::string& input, const std::function<void(const std::string&)>& take);

}  // namespace posdef::tools

#endif
