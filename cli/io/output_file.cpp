#include "io/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "io/matrices.hpp"
#include "io/signals.hpp"

namespace posdef::tools {
namespace {

// The temporaries that a signal has to remove. A handler may call unlink but not touch std::string, hence plain arrays.
struct pending_file {
  std::atomic<bool> used = false;
  std::array<char, PATH_MAX> path{};
};
std::array<pending_file, 4> pending_files;

void remove_pending_files() {
  for (pending_file& file : pending_files) {
    if (file.used) unlink(file.path.data());
  }
}

// Registered before the file is created, so that no signal falls between the two.
int remember(const std::string& path) {
  if (path.size() >= PATH_MAX) throw input_error(path + ": the name is too long");
  for (std::size_t k = 0; k < pending_files.size(); ++k) {
    if (pending_files[k].used) continue;
    std::memcpy(pending_files[k].path.data(), path.c_str(), path.size() + 1);
    pending_files[k].used = true;
    return static_cast<int>(k);
  }
  throw input_error(path + ": too many output files at once");
}

}  // namespace

bool is_stdout(const std::string& path) { return path == "-" || path == "/dev/stdout"; }

output_file::output_file(const std::string& path) : path_(path), target_(path) {
  const auto fail = [&] { throw input_error(path + ": cannot write: " + std::strerror(errno)); };
  if (is_stdout(path)) {
    fd_ = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    if (fd_ < 0) fail();
    return;
  }
  struct stat status {};
  mode_t mode = 0666;
  if (stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) throw input_error(path + ": a directory; expected a file to write");
    if (!S_ISREG(status.st_mode)) {
      fd_ = open(path.c_str(), O_WRONLY | O_CLOEXEC);
      if (fd_ < 0) fail();
      return;
    }
    mode = status.st_mode & 0777;
    if (char* const real = realpath(path.c_str(), nullptr)) {
      target_ = real;
      std::free(real);
    }
  }
  at_signal(remove_pending_files);
  temporary_ = target_ + ".tmp" + std::to_string(getpid());
  slot_ = remember(temporary_);
  fd_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd_ < 0) {
    pending_files[static_cast<std::size_t>(slot_)].used = false;
    fail();
  }
}

output_file::~output_file() {
  if (fd_ >= 0) close(fd_);
  if (slot_ < 0) return;
  unlink(temporary_.c_str());
  pending_files[static_cast<std::size_t>(slot_)].used = false;
}

void output_file::write(std::string_view bytes) {
  constexpr std::size_t enough = 1 << 20;
  pending_.append(bytes);
  if (pending_.size() >= enough) flush();
}

void output_file::flush() {
  const char* from = pending_.data();
  std::size_t left = pending_.size();
  while (left > 0) {
    const ssize_t done = ::write(fd_, from, left);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) throw input_error(path_ + ": cannot write: " + std::strerror(errno));
    from += done;
    left -= static_cast<std::size_t>(done);
  }
  pending_.clear();
}

void output_file::commit() {
  flush();
  if (temporary_.empty()) return;
  if (fsync(fd_) != 0 || rename(temporary_.c_str(), target_.c_str()) != 0) {
    throw input_error(path_ + ": cannot write: " + std::strerror(errno));
  }
  pending_files[static_cast<std::size_t>(slot_)].used = false;
  slot_ = -1;
}

}  // namespace posdef::tools
