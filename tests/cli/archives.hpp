// Builds uncompressed archives: the output of gzip and zip at level 0.
#ifndef POSDEF_TESTS_CLI_ARCHIVES_HPP
#define POSDEF_TESTS_CLI_ARCHIVES_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace posdef::test {

/// The CRC-32 checksum of both formats, bit by bit.
inline std::uint32_t crc32_of(std::string_view bytes) {
  std::uint32_t crc = 0xffffffffU;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0xedb88320U & (0U - (crc & 1U)));
  }
  return ~crc;
}

inline std::string little(std::uint64_t value, int bytes) {
  std::string out;
  for (int k = 0; k < bytes; ++k) out += static_cast<char>(value >> (8 * k) & 0xff);
  return out;
}

inline std::string gzip_of(std::string_view bytes) {
  std::string out("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
  constexpr std::size_t piece = 0xffff;
  for (std::size_t at = 0; at == 0 || at < bytes.size(); at += piece) {
    const std::string_view part = bytes.substr(at, piece);
    out += at + piece >= bytes.size() ? '\1' : '\0';
    out += little(part.size(), 2) + little(~part.size(), 2);
    out += part;
  }
  return out + little(crc32_of(bytes), 4) + little(bytes.size(), 4);
}

inline std::string zip_of(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string out, directory;
  for (const auto& [name, bytes] : files) {
    const std::string common = little(20, 2) + little(0, 2) + little(0, 2) + little(0x5a210000, 4) +
                               little(crc32_of(bytes), 4) + little(bytes.size(), 4) + little(bytes.size(), 4) +
                               little(name.size(), 2) + little(0, 2);
    directory += "PK\x01\x02" + little(20, 2) + common + little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4) +
                 little(out.size(), 4) + name;
    out += "PK\x03\x04" + common + name + bytes;
  }
  return out + directory + "PK\x05\x06" + little(0, 4) + little(files.size(), 2) + little(files.size(), 2) +
         little(directory.size(), 4) + little(out.size(), 4) + little(0, 2);
}

}  // namespace posdef::test

#endif
