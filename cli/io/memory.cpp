#include "io/memory.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <limits>

namespace posdef::tools {

std::uint64_t physical_memory() {
  return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGE_SIZE));
}

std::optional<std::uint64_t> bytes_needed(std::int64_t a, std::int64_t b, std::int64_t c, std::size_t size) {
  std::int64_t bytes = static_cast<std::int64_t>(size);
  for (const std::int64_t factor : {a, b, c}) {
    if (factor < 0 || __builtin_mul_overflow(bytes, factor, &bytes)) return std::nullopt;
  }
  return static_cast<std::uint64_t>(bytes);
}

std::string human_bytes(std::uint64_t bytes) {
  constexpr std::array units = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};
  double amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (amount >= 1000 && unit + 1 < units.size()) {
    amount /= 1000;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", amount, units[unit]);
  return text.data();
}

}  // namespace posdef::tools
