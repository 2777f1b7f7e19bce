#include "io/input_stream.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "io/matrices.hpp"
#include "io/transfer.hpp"

namespace posdef::tools {
namespace {

[[noreturn]] void fail(const std::string& path, const char* doing) {
  throw input_error(path + ": cannot " + doing + ": " + std::strerror(errno));
}

}  // namespace

input_stream::input_stream(const std::string& path) : path_(path) {
  const bool is_stdin = path == "-";
  fd_ = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) fail(path, "open");
  struct stat status {};
  const bool known = fstat(fd_, &status) == 0;
  const int reason = errno;
  if (known && !S_ISDIR(status.st_mode)) {
    regular_ = S_ISREG(status.st_mode) && !is_stdin;  // another process may have read a part of stdin
    if (regular_) size_ = static_cast<std::uint64_t>(status.st_size);
    transfer::begin(size_);
    return;
  }
  close(fd_);
  errno = reason;
  if (!known) fail(path, "stat");
  throw input_error(path + ": a directory; expected a file");
}

input_stream::~input_stream() {
  if (mapped_ != nullptr) munmap(mapped_, static_cast<std::size_t>(size_));
  if (fd_ >= 0) close(fd_);
}

std::string_view input_stream::whole(std::uint64_t memory_limit) {
  if (!regular_) {
    read_ = read_all(path_, memory_limit);
    return read_;
  }
  if (size_ == 0) return {};  // an empty mapping is not allowed
  void* const where = mmap(nullptr, static_cast<std::size_t>(size_), PROT_READ, MAP_PRIVATE, fd_, 0);
  if (where == MAP_FAILED) fail(path_, "map");
  mapped_ = where;
  madvise(mapped_, static_cast<std::size_t>(size_), MADV_SEQUENTIAL);
  return {static_cast<const char*>(mapped_), static_cast<std::size_t>(size_)};
}

std::size_t input_stream::fetch(char* to, std::size_t size) {
  constexpr std::size_t most = std::size_t{1} << 24;  // small enough for a progress bar
  for (;;) {
    const ssize_t got = ::read(fd_, to, std::min(size, most));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path_, "read");
    fetched_ += static_cast<std::uint64_t>(got);
    transfer::reach(fetched_);
    return static_cast<std::size_t>(got);
  }
}

std::optional<std::uint64_t> input_stream::unfetched() const {
  if (!regular_) return std::nullopt;
  return size_ > fetched_ ? size_ - fetched_ : 0;
}

}  // namespace posdef::tools
