// Bytes that come one after another: from a file, from stdin, from memory, from what gzip or zip packed.
//
// A reader that knows from a header how much is to come lets them go straight to where they belong: one copy in memory.
#ifndef POSDEF_CLI_IO_BYTE_STREAM_HPP
#define POSDEF_CLI_IO_BYTE_STREAM_HPP

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

  /// Takes `size` bytes, fewer only at the end; answers how many. Throws input_error.
  std::size_t read(char* to, std::size_t size);
  /// The next `size` bytes, fewer only at the end, which stay to be read.
  std::string_view peek(std::size_t size);
  /// How many bytes are still to come, if that is known.
  std::optional<std::uint64_t> remaining() const;
  /// All that is still to come. Throws input_error if it is more than `memory_limit` bytes; `name` begins its text.
  std::string read_all(const std::string& name, std::uint64_t memory_limit);

 private:
  /// Up to `size` bytes, at least one unless there are no more.
  virtual std::size_t fetch(char* to, std::size_t size) = 0;
  virtual std::optional<std::uint64_t> unfetched() const = 0;

  std::string ahead_;  // fetched, not yet read
};

/// The bytes have to outlive it.
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
