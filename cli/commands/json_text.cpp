#include "commands/json_text.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace posdef::cli {

std::string json_text(std::int64_t x) { return std::to_string(x); }

std::string json_text(bool x) { return x ? "true" : "false"; }

std::string json_text(double x) {
  if (!std::isfinite(x)) return "null";
  char digits[40];
  const char* const end = std::to_chars(digits, digits + sizeof digits, x).ptr;
  std::string text(digits, static_cast<std::size_t>(end - digits));
  if (text.find_first_of(".e") == std::string::npos) text += ".0";  // stays a floating-point number
  return text;
}

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", c);
      out += code;
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string json_array(const std::vector<std::string>& elements) {
  std::string out = "[";
  for (const std::string& element : elements) out += (out.size() > 1 ? "," : "") + element;
  return out + "]";
}

json_object& json_object::add_text(std::string_view key, std::string_view value) {
  if (text_.size() > 1) text_ += ',';
  text_ += json_text(key);
  text_ += ':';
  text_ += value;
  return *this;
}

}  // namespace posdef::cli
