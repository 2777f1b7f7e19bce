// A file to which lines are appended. Each line is in the file when add() returns, even if the program then ends.
//
// Unlike output_file, it grows while the program runs and keeps its previous content. Several processes may append to
// the same file, one after another or at once.
#ifndef POSDEF_TOOLS_IO_LINE_FILE_HPP
#define POSDEF_TOOLS_IO_LINE_FILE_HPP

#include <string>

namespace posdef::tools {

class line_file {
 public:
  /// Opens the file, so that a path that cannot be written fails before the work. "-" is stdout. Throws input_error.
  explicit line_file(const std::string& path);
  ~line_file();
  line_file(const line_file&) = delete;
  line_file& operator=(const line_file&) = delete;

  /// Appends `line`, given without a newline. If an interrupted program left the last line unfinished, a newline comes
  /// first. Throws input_error if the file cannot be written.
  void add(const std::string& line);

 private:
  bool ends_inside_a_line() const;

  std::string path_;
  int fd_ = -1;
};

}  // namespace posdef::tools

#endif
