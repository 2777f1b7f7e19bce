#include "engine/gpu/opencl/cache.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace posdef::internal::opencl {

namespace {

constexpr char magic[] = "posdef program cache 1\n";

/// FNV-1a, 64 bits: against damage, not against malice.
std::uint64_t checksum(const std::string& bytes) {
  std::uint64_t h = 14695981039346656037u;
  for (const char c : bytes) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return h;
}

std::string hexadecimal(std::uint64_t x) {
  char text[17];
  std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(x));
  return text;
}

/// Empty: nothing is kept.
std::filesystem::path folder() {
  if (const char* given = std::getenv("POSDEF_CACHE_DIR")) return given;
  if (const char* xdg = std::getenv("XDG_CACHE_HOME"); xdg != nullptr && *xdg != 0)
    return std::filesystem::path(xdg) / "posdef";
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != 0)
    return std::filesystem::path(home) / ".cache" / "posdef";
  return {};
}

std::filesystem::path file_of(const std::filesystem::path& where, const std::string& key) {
  return where / (hexadecimal(checksum(key)) + ".bin");
}

/// What stands before the binary in its file; its length depends on the key alone.
std::string header(const std::string& key, const std::string& binary) {
  return magic + hexadecimal(key.size()) + " " + hexadecimal(binary.size()) + " " + hexadecimal(checksum(binary)) +
         "\n" + key;
}

}  // namespace

std::optional<std::string> load_cached(const std::string& key) {
  const auto where = folder();
  if (where.empty()) return {};
  std::ifstream in(file_of(where, key), std::ios::binary);
  if (!in) return {};
  const std::string all{std::istreambuf_iterator<char>(in), {}};
  const std::size_t begin = header(key, {}).size();
  if (all.size() <= begin) return {};
  std::string binary = all.substr(begin);
  if (all.compare(0, begin, header(key, binary)) != 0) return {};
  return binary;
}

void store_cached(const std::string& key, const std::string& binary) {
  const auto where = folder();
  if (where.empty() || binary.empty()) return;
  std::error_code problem;
  std::filesystem::create_directories(where, problem);
  if (problem) return;
  static std::atomic<unsigned> serial{0};
  const auto target = file_of(where, key);
  auto draft = target;
  draft += "." + std::to_string(getpid()) + "." + std::to_string(serial++);
  {
    std::ofstream out(draft, std::ios::binary | std::ios::trunc);
    out << header(key, binary) << binary;
    out.flush();
    if (!out) {
      out.close();
      std::filesystem::remove(draft, problem);
      return;
    }
  }
  std::filesystem::rename(draft, target, problem);
  if (problem) std::filesystem::remove(draft, problem);
}

}  // namespace posdef::internal::opencl
