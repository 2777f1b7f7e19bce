// A file that appears whole or not at all.
//
// Bytes go to a temporary neighbour of the target; commit() flushes it to the disk and renames it over the target.
// Without commit(), by an exception or by SIGINT, SIGTERM or SIGHUP, the temporary is removed and the target is as it
// was. A target that exists and is no regular file (a pipe, /dev/null) is written directly, and so is stdout.
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

  std::string path_;       // as the user wrote it
  std::string target_;     // symbolic links followed
  std::string temporary_;  // empty when written directly
  std::string pending_;
  int fd_ = -1;
  int slot_ = -1;
};

}  // namespace posdef::tools

#endif
