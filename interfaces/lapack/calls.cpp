#include "calls.hpp"

#include <atomic>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>

namespace posdef::lapack {
namespace {

#define POSDEF_SYMBOL_NAME(shape, symbol, routine, body, ...) #symbol,
constexpr const char* names[] = {POSDEF_LAPACK_SYMBOLS(POSDEF_SYMBOL_NAME)};
#undef POSDEF_SYMBOL_NAME

std::atomic<std::int64_t> calls[std::size(names)];

// Runs when the library is unloaded or the process exits. Appends, so that a shell and its child processes can share a
// file, with one write, so that their lines do not mix.
__attribute__((destructor)) void write_counts() {
  const char* const target = std::getenv("POSDEF_LAPACK_COUNT");
  if (target == nullptr || *target == '\0') return;
  std::string lines;
  for (std::size_t i = 0; i < std::size(names); ++i) {
    if (calls[i] != 0) lines += std::string(names[i]) + " " + std::to_string(calls[i]) + "\n";
  }
  if (lines.empty()) return;
  const bool to_stderr = std::string_view(target) == "stderr";
  std::FILE* const file = to_stderr ? stderr : std::fopen(target, "a");
  if (file == nullptr) {
    std::fprintf(stderr, "posdef: POSDEF_LAPACK_COUNT: cannot write to %s\n", target);
    return;
  }
  std::fputs(lines.c_str(), file);
  if (!to_stderr) std::fclose(file);
}

}  // namespace

void count(call_id call) noexcept { calls[static_cast<std::size_t>(call)].fetch_add(1, std::memory_order_relaxed); }

}  // namespace posdef::lapack

std::int64_t posdef_lapack_calls(const char* symbol) {
  using namespace posdef::lapack;
  for (std::size_t i = 0; symbol != nullptr && i < std::size(names); ++i) {
    if (std::string_view(names[i]) == symbol) return calls[i];
  }
  return -1;
}
