// A sequential source of bytes: a file, stdin, memory, or unpacked gzip or zip data.
//
// A reader that knows the size from a header reads directly into the final memory, without a second copy.
#ifndef POSDEF_TOOLS_IO_BYTE_STREAM_HPP
#define POSDEF_TOOLS_IO_BYTE_STREAM_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace posdef::tools {

class byte_stream {
 public:
  byte_stream() = default;
  virtual ~byte_stream() = default;
  byte_stream(const byte_stream&) = delete;
  byte_stream& operator=(const byte_stream&) = delete;

  /// Reads `size` bytes, fewer only at the end; returns how many. Throws input_error.
  std::size_t read(char* to, std::size_t size);
  /// The next `size` bytes, fewer only at the end, without consuming them.
  std::string_view peek(std::size_t size);
  /// How many bytes remain, if known.
  std::optional<std::uint64_t> remaining() const;
  /// Reads all remaining bytes. Throws input_error if they are more than `memory_limit`; `name` begins the error text.
  std::string read_all(const std::string& name, std::uint64_t memory_limit);

 private:
  /// Reads up to `size` bytes, and at least one unless the end is reached.
  virtual std::size_t fetch(char* to, std::size_t size) = 0;
  virtual std::optional<std::uint64_t> unfetched() const = 0;

  std::string ahead_;  // fetched, not yet read
};

/// The bytes must outlive the stream.
class memory_stream : public byte_stream {
 public:
  explicit memory_stream(std::string_view bytes) : left_(bytes) {}

 private:
  std::size_t fetch(char* to, std::size_t size) override;
  std::optional<std::uint64_t> unfetched() const override { return left_.size(); }

  std::string_view left_;
};

}  // namespace posdef::tools

#endif
