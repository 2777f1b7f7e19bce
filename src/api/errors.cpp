// Error texts, device names and the version.
#include <charconv>
#include <cstdio>

#include "posdef/posdef.hpp"

namespace posdef::inline POSDEF_ABI {

invalid_argument::invalid_argument(std::string_view function, std::string_view argument, std::string_view value,
                                   std::string_view expected)
    : std::invalid_argument("posdef: " + std::string(function) + ": " + std::string(argument) + " is " +
                            std::string(value) + "; expected " + std::string(expected)),
      function_(function),
      argument_(argument),
      value_(value) {}

out_of_memory::out_of_memory(std::size_t bytes) noexcept : bytes_(bytes) {
  if (bytes == 0)
    std::snprintf(text_, sizeof text_, "posdef: out of memory");
  else
    std::snprintf(text_, sizeof text_, "posdef: out of memory: cannot allocate %zu bytes of workspace", bytes);
}

error::~error() = default;

namespace {
constexpr std::string_view engine_names[] = {"automatic", "cpu", "reference", "opencl", "cuda", "hybrid"};
}

std::string device::name() const {
  const auto which = static_cast<std::size_t>(engine);
  if (which >= std::size(engine_names)) return "engine " + std::to_string(which);
  std::string text(engine_names[which]);
  if (index != 0) text.append(":").append(std::to_string(index));
  return text;
}

device device::parse(std::string_view text) {
  const auto colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  for (std::size_t i = 0; i < std::size(engine_names); ++i) {
    if (name != engine_names[i]) continue;
    device d{static_cast<posdef::engine>(i), 0};
    if (colon == std::string_view::npos) return d;
    const char *begin = text.data() + colon + 1, *end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(begin, end, d.index);
    if (problem == std::errc{} && stop == end && begin != end && d.index >= 0) return d;
    break;
  }
  throw invalid_argument("device::parse", "text", "\"" + std::string(text) + "\"",
                         "automatic, cpu, reference, opencl[:k], cuda[:k] or hybrid[:k]");
}

std::string_view version() { return POSDEF_VERSION; }

}  // namespace posdef::inline POSDEF_ABI
