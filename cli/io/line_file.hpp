// A file that lines are added to, each at once: what was added is in the file, whatever ends the program afterwards.
//
// The opposite of output_file: it grows while the program runs, and what it held before stays. Several processes may
// add to the same file, one after another or at once.
#ifndef POSDEF_CLI_IO_LINE_FILE_HPP
#define POSDEF_CLI_IO_LINE_FILE_HPP

#include <string>

namespace posdef::tools {

class line_file {
 public:
  /// Opens at once, so that a path that cannot be written shows before the work. "-" is stdout. Throws input_error.
  explicit line_file(const std::string& path);
  ~line_file();
  line_file(const line_file&) = delete;
  line_file& operator=(const line_file&) = delete;

  /// `line` without its end. A last line that an interrupted program left unfinished is ended first, so that this one
  /// stands for itself. Throws input_error if it cannot be written.
  void add(const std::string& line);

 private:
  bool ends_inside_a_line() const;

  std::string path_;
  int fd_ = -1;
};

}  // namespace posdef::tools

#endif
