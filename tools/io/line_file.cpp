#include "io/line_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "io/matrices.hpp"
#include "io/output_file.hpp"

namespace posdef::tools {

line_file::line_file(const std::string& path) : path_(path) {
  fd_ = is_stdout(path) ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                        : open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd_ < 0) throw input_error(path + ": cannot write: " + std::strerror(errno));
}

line_file::~line_file() { close(fd_); }

bool line_file::ends_inside_a_line() const {
  struct stat status {};
  if (fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return false;
  char last = '\n';
  return pread(fd_, &last, 1, status.st_size - 1) == 1 && last != '\n';
}

void line_file::add(const std::string& line) {
  const std::string text = (ends_inside_a_line() ? "\n" : "") + line + "\n";
  const char* from = text.data();
  for (std::size_t left = text.size(); left > 0;) {
    const ssize_t done = ::write(fd_, from, left);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) throw input_error(path_ + ": cannot write: " + std::strerror(errno));
    from += done;
    left -= static_cast<std::size_t>(done);
  }
}

}  // namespace posdef::tools
