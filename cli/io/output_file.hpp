// A file that appears whole or not at all.
//
// Bytes go to a temporary file beside the target; commit() flushes it to the disk and renames it over the target.
// Without commit(), by an exception or by a signal that ends the program, the temporary is removed and the target is as
// it was. A target that exists keeps its mode.
//
// What cp would write and rename cannot is written in place, from the first byte on: a pipe, /dev/null and stdout; a
// file that has another owner, another name, or a folder that no file may be added to; a file that is a mount point of
// its own. A file that may not be written is refused, though its folder would let it be replaced.
#ifndef POSDEF_CLI_IO_OUTPUT_FILE_HPP
#define POSDEF_CLI_IO_OUTPUT_FILE_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace posdef::tools {

/// Whether a file name means stdout: "-" or "/dev/stdout".
bool is_stdout(const std::string& path);

class output_file {
 public:
  /// Opens at once, so that a directory that cannot be written to shows before the work, not after it.
  /// Throws input_error.
  explicit output_file(const std::string& path);
  ~output_file();
  output_file(const output_file&) = delete;
  output_file& operator=(const output_file&) = delete;

  void write(std::string_view bytes);
  void commit();

  const std::string& path() const { return path_; }

 private:
  void flush();
  void open_in_place();
  bool open_temporary(unsigned mode);
  void copy_into_target();

  std::string path_;       // as the user wrote it
  std::string target_;     // symbolic links followed
  std::string temporary_;  // empty when written in place
  std::string pending_;
  int fd_ = -1;
  bool old_bytes_ = false;  // written in place, and what was there is there still
  int slot_ = -1;
};

}  // namespace posdef::tools

#endif
