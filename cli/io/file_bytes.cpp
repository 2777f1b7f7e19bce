#include "io/file_bytes.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "io/matrices.hpp"

namespace posdef::tools {
namespace {

struct descriptor {
  int fd;
  ~descriptor() {
    if (fd >= 0) close(fd);
  }
};

[[noreturn]] void fail(const std::string& path, const char* doing) {
  throw input_error(path + ": cannot " + doing + ": " + std::strerror(errno));
}

}  // namespace

file_bytes::file_bytes(const std::string& path, std::uint64_t memory_limit) {
  const bool is_stdin = path == "-";
  const descriptor file{is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) fail(path, "open");
  struct stat status {};
  if (fstat(file.fd, &status) != 0) fail(path, "look at");
  if (S_ISDIR(status.st_mode)) throw input_error(path + ": a directory; expected a file");

  if (S_ISREG(status.st_mode) && !is_stdin) {  // somebody may have read a part of stdin
    size_ = static_cast<std::size_t>(status.st_size);
    if (size_ == 0) return;  // an empty mapping is not allowed
    void* const where = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.fd, 0);
    if (where == MAP_FAILED) fail(path, "map");
    mapped_ = where;
    madvise(mapped_, size_, MADV_SEQUENTIAL);
    return;
  }

  std::array<char, 1 << 16> chunk;
  for (;;) {
    const ssize_t got = read(file.fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path, "read");
    if (got == 0) break;
    if (read_.size() + static_cast<std::size_t>(got) > memory_limit) {
      throw input_error(path + ": delivers more than the " + human_bytes(memory_limit) + " of memory there are");
    }
    read_.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

file_bytes::~file_bytes() {
  if (mapped_ != nullptr) munmap(mapped_, size_);
}

std::string_view file_bytes::view() const {
  return mapped_ != nullptr ? std::string_view(static_cast<const char*>(mapped_), size_) : std::string_view(read_);
}

}  // namespace posdef::tools
