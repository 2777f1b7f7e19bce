// The bytes of an input file, or of stdin if the path is "-".
#ifndef POSDEF_TOOLS_IO_INPUT_STREAM_HPP
#define POSDEF_TOOLS_IO_INPUT_STREAM_HPP

#include "io/byte_stream.hpp"

namespace posdef::tools {

class input_stream : public byte_stream {
 public:
  /// Throws input_error if the file cannot be read.
  explicit input_stream(const std::string& path);
  ~input_stream() override;

  /// The whole input, from the first byte. A regular file is mapped: if another program shortens it meanwhile, SIGBUS
  /// ends this program, as for any mapping. Other inputs are read into memory, `memory_limit` bytes at most.
  std::string_view whole(std::uint64_t memory_limit);

 private:
  std::size_t fetch(char* to, std::size_t size) override;
  std::optional<std::uint64_t> unfetched() const override;

  std::string path_;
  int fd_ = -1;
  bool regular_ = false;
  std::uint64_t size_ = 0, fetched_ = 0;
  void* mapped_ = nullptr;
  std::string read_;
};

}  // namespace posdef::tools

#endif
