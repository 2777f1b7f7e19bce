// The properties of a reader for any input: either an input_error that names the file and the problem, or matrices
// whose sizes are consistent and within the limit. Everything else (another exception, a crash, a sanitizer's report)
// is a defect.
#ifndef POSDEF_TESTS_FUZZ_READERS_HPP
#define POSDEF_TESTS_FUZZ_READERS_HPP

#include <cstdlib>
#include <string>
#include <string_view>

#include "io/read.hpp"

namespace posdef::test {

using reader = tools::any_matrices (*)(std::string_view, const std::string&, std::uint64_t);

inline tools::any_matrices read_npy_bytes(std::string_view bytes, const std::string& name, std::uint64_t memory_limit) {
  tools::memory_stream stream(bytes);
  return tools::read_npy(stream, name, memory_limit);
}

/// True if the reader accepts the bytes, false if it rejects them; abort() if a property is violated.
inline bool takes(reader read, std::string_view bytes) {
  constexpr std::uint64_t memory_limit = 1 << 22;
  try {
    tools::any_matrices content = read(bytes, "input", memory_limit);
    std::visit(
        [&](const auto& m) {
          if (m.batch < 0 || m.rows < 0 || m.cols < 0 || m.elements.size() != m.batch * m.rows * m.cols) std::abort();
          if (static_cast<std::uint64_t>(m.elements.size()) * sizeof(*m.elements.data()) > memory_limit) std::abort();
        },
        content);
    return true;
  } catch (const tools::input_error& e) {
    const std::string_view text = e.what();
    if (!text.starts_with("input:") || text.size() < 20 || text.size() > 1000) std::abort();
    return false;
  }
}

}  // namespace posdef::test

#endif
