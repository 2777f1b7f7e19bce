#include "io/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>

#include "io/matrices.hpp"
#include "io/signals.hpp"

namespace posdef::tools {
namespace {

// The temporary files that a signal handler removes. It may call unlink but not use std::string, hence plain arrays.
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

// Registered before the file is created, so that no signal can leave a file behind.
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

[[noreturn]] void fail(const std::string& path) { throw input_error(path + ": cannot write: " + std::strerror(errno)); }

mode_t current_umask() {
  const mode_t mask = umask(0);
  umask(mask);
  return mask;
}

// The target of a path whose last component is a symbolic link, whether it exists or not.
std::string resolve_links(std::string path) {
  constexpr int most = 40;
  for (int links = 0; links < most; ++links) {
    std::array<char, PATH_MAX> text{};
    const ssize_t length = readlink(path.c_str(), text.data(), text.size());
    if (length < 0) return path;
    const std::string to(text.data(), static_cast<std::size_t>(length));
    const std::size_t slash = path.rfind('/');
    path = to.starts_with('/') || slash == std::string::npos ? to : path.substr(0, slash + 1) + to;
  }
  return path;
}

}  // namespace

bool is_stdout(const std::string& path) { return path == "-" || path == "/dev/stdout"; }

output_file::output_file(const std::string& path) : path_(path), target_(path) {
  if (is_stdout(path)) {
    fd_ = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    if (fd_ < 0) fail(path_);
    return;
  }
  target_ = resolve_links(path);
  struct stat status {};
  if (stat(target_.c_str(), &status) != 0) {
    if (!open_temporary(0666 & ~current_umask())) fail(path_);
    return;
  }
  if (S_ISDIR(status.st_mode)) throw input_error(path + ": a directory; expected a file to write");
  const bool regular = S_ISREG(status.st_mode);
  if (regular && access(target_.c_str(), W_OK) != 0) fail(path_);
  // Renaming over such a file would lose its owner or its other names.
  if (!regular || status.st_uid != geteuid() || status.st_nlink > 1 || !open_temporary(status.st_mode & 07777))
    open_in_place();
  old_bytes_ = regular && temporary_.empty();
}

void output_file::open_in_place() {
  fd_ = open(target_.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd_ < 0) fail(path_);
}

/// Creates a file next to the target under an unused name; false, with errno, if the folder does not allow it.
bool output_file::open_temporary(unsigned mode) {
  at_signal(remove_pending_files);
  const std::size_t slash = target_.rfind('/');
  const std::size_t name = slash == std::string::npos ? 0 : slash + 1;
  constexpr std::size_t room = 200;  // file systems allow 255 bytes
  const std::string beginning = target_.substr(0, name) + target_.substr(name, room) + ".tmp";
  static std::atomic<unsigned> serial{0};
  for (int attempt = 0; attempt < 100; ++attempt) {
    char unique[40];
    std::snprintf(unique, sizeof unique, "%08x%u", std::random_device()(), serial++);
    temporary_ = beginning + unique;
    slot_ = remember(temporary_);
    fd_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd_ >= 0) break;
    const int reason = errno;
    pending_files[static_cast<std::size_t>(slot_)].used = false;
    slot_ = -1;
    temporary_.clear();
    errno = reason;
    if (reason != EEXIST) return false;
  }
  if (fd_ >= 0) fchmod(fd_, mode);
  return fd_ >= 0;
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
  if (old_bytes_ && !pending_.empty()) {
    if (ftruncate(fd_, 0) != 0) fail(path_);
    old_bytes_ = false;
  }
  const char* from = pending_.data();
  std::size_t left = pending_.size();
  while (left > 0) {
    const ssize_t done = ::write(fd_, from, left);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) fail(path_);
    from += done;
    left -= static_cast<std::size_t>(done);
  }
  pending_.clear();
}

/// For a target that rename() cannot replace, such as a mount point.
void output_file::copy_into_target() {
  std::error_code problem;
  std::filesystem::copy_file(temporary_, target_, std::filesystem::copy_options::overwrite_existing, problem);
  if (problem) throw input_error(path_ + ": cannot write: " + problem.message());
  const int copied = open(target_.c_str(), O_WRONLY | O_CLOEXEC);
  const bool kept = copied >= 0 && fsync(copied) == 0;
  if (copied >= 0) close(copied);
  if (!kept) fail(path_);
}

void output_file::commit() {
  flush();
  if (temporary_.empty()) return;
  if (fsync(fd_) != 0) fail(path_);
  if (rename(temporary_.c_str(), target_.c_str()) != 0) {
    if (errno != EBUSY && errno != EXDEV && errno != EPERM && errno != EACCES) fail(path_);
    return copy_into_target();  // the destructor removes the temporary
  }
  pending_files[static_cast<std::size_t>(slot_)].used = false;
  slot_ = -1;
}

}  // namespace posdef::tools
