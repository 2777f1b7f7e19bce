#include "backend/gpu/cache.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace posdef::internal::gpu {

namespace {

constexpr char magic[] = "posdef cache 1\n";

/// FNV-1a, 64 bits. Detects damage, not manipulation.
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

/// The cache folder; empty if there is no cache.
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

/// The header of a cache file. Its length depends on the key only.
std::string header(const std::string& key, const std::string& content) {
  return magic + hexadecimal(key.size()) + " " + hexadecimal(content.size()) + " " + hexadecimal(checksum(content)) +
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
  std::string content = all.substr(begin);
  if (all.compare(0, begin, header(key, content)) != 0) return {};
  return content;
}

bool store_cached(const std::string& key, const std::string& content) {
  const auto where = folder();
  if (where.empty() || content.empty()) return false;
  std::error_code problem;
  std::filesystem::create_directories(where, problem);
  if (problem) return false;
  static std::atomic<unsigned> serial{0};
  const auto target = file_of(where, key);
  auto draft = target;
  draft += "." + std::to_string(getpid()) + "." + std::to_string(serial++);
  {
    std::ofstream out(draft, std::ios::binary | std::ios::trunc);
    out << header(key, content) << content;
    out.flush();
    if (!out) {
      out.close();
      std::filesystem::remove(draft, problem);
      return false;
    }
  }
  std::filesystem::rename(draft, target, problem);
  const bool kept = !problem;
  if (!kept) std::filesystem::remove(draft, problem);
  return kept;
}

}  // namespace posdef::internal::gpu
