// Builds JSON text directly. nlohmann's values, which plots and the benchmark use, allocate in destructors and in
// noexcept functions: when memory runs out, they end the program without a message.
#ifndef POSDEF_CLI_COMMANDS_JSON_TEXT_HPP
#define POSDEF_CLI_COMMANDS_JSON_TEXT_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace posdef::cli {

std::string json_text(std::int64_t x);
std::string json_text(bool x);
/// The shortest digits that read back as the same number; null for NaN and infinity, which JSON does not have.
std::string json_text(double x);
std::string json_text(std::string_view text);
inline std::string json_text(const char* text) { return json_text(std::string_view(text)); }

template <class T>
std::string json_text(const std::optional<T>& x) {
  return x ? json_text(*x) : "null";
}

/// "[first,second]" from elements that are already JSON text.
std::string json_array(const std::vector<std::string>& elements);
template <class T>
std::string json_text(const std::vector<T>& values) {
  std::vector<std::string> elements;
  for (const T& value : values) elements.push_back(json_text(value));
  return json_array(elements);
}

class json_object {
 public:
  template <class T>
  json_object& add(std::string_view key, const T& value) {
    return add_text(key, json_text(value));
  }
  /// `value` is already JSON text.
  json_object& add_text(std::string_view key, std::string_view value);
  std::string text() const { return text_ + "}"; }

 private:
  std::string text_ = "{";
};

}  // namespace posdef::cli

#endif
