// The bytes of an input file: mapped if it is a regular file, read into memory if it is a pipe or
// stdin, which goes by the name "-".
#ifndef POSDEF_CLI_IO_FILE_BYTES_HPP
#define POSDEF_CLI_IO_FILE_BYTES_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace posdef::tools {

/// Read-only. A file that another program shortens while it is mapped ends this one with SIGBUS, as for any mapping.
class file_bytes {
 public:
  /// Throws input_error if the file cannot be read, or if it is a pipe that delivers more than `memory_limit` bytes.
  file_bytes(const std::string& path, std::uint64_t memory_limit);
  ~file_bytes();
  file_bytes(const file_bytes&) = delete;
  file_bytes& operator=(const file_bytes&) = delete;

  std::string_view view() const;

 private:
  void* mapped_ = nullptr;
  std::size_t size_ = 0;
  std::string read_;
};

}  // namespace posdef::tools

#endif
