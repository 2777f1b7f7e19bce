// An output file that is written completely or not at all.
//
// Bytes go to a temporary file next to the target; commit() flushes it to the disk and renames it over the target.
// Without commit(), after an exception or a signal, the temporary file is removed and the target is unchanged. An
// existing target keeps its mode.
//
// Where rename is impossible, the target is written in place: a pipe, /dev/null, stdout; a file with another owner or a
// second name; a file in a folder that is not writable; a file that is a mount point. A file without write permission
// is an error, even if its folder would allow replacing it.
#ifndef POSDEF_TOOLS_IO_OUTPUT_FILE_HPP
#define POSDEF_TOOLS_IO_OUTPUT_FILE_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace posdef::tools {

/// Whether a file name means stdout: "-" or "/dev/stdout".
bool is_stdout(const std::string& path);

class output_file {
 public:
  /// Opens the file at once, so that a directory that is not writable fails before the work, not after it.
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

  std::string path_;       // as given by the user
  std::string target_;     // symbolic links followed
  std::string temporary_;  // empty when written in place
  std::string pending_;
  int fd_ = -1;
  bool old_bytes_ = false;  // written in place, and still holds its old content
  int slot_ = -1;
};

}  // namespace posdef::tools

#endif
