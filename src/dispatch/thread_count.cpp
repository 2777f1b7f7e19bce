#include "dispatch/thread_count.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <string>

#include "posdef/control.hpp"
#include "system/cpu_quota.hpp"
#include "system/processors.hpp"

namespace posdef::internal {

namespace {

std::atomic<int> set_by_program{0};

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::optional<int> positive_integer(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 1) return std::nullopt;
  return number;
}

std::string_view without_spaces_around(std::string_view text) {
  constexpr std::string_view spaces = " \t\n\v\f\r";
  const std::size_t first = std::min(text.find_first_not_of(spaces), text.size());
  return text.substr(first, text.find_last_not_of(spaces) + 1 - first);
}

/// The first number of OMP_NUM_THREADS, which is "4" or, for nested regions, "4,2". An OpenMP runtime reports a list
/// with an invalid item and ignores it, so it is ignored here.
std::optional<int> first_of_list(std::string_view list) {
  std::optional<int> first;
  while (true) {
    const std::size_t comma = list.find(',');
    const std::optional<int> number = positive_integer(without_spaces_around(list.substr(0, comma)));
    if (!number) return std::nullopt;
    if (!first) first = number;
    if (comma == std::string_view::npos) return first;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

int chosen_threads(int threads) {
  return threads > 0 && environment("POSDEF_NUM_THREADS").empty() ? threads : num_threads();
}

int automatic_threads(std::string_view openmp, std::optional<int> quota, int processors) {
  const std::optional<int> wanted = first_of_list(openmp);
  return std::min((wanted ? wanted : quota).value_or(processors), processors);
}

}  // namespace posdef::internal

namespace posdef::inline POSDEF_ABI {

int num_threads() {
  if (const std::string_view text = internal::environment("POSDEF_NUM_THREADS"); !text.empty()) {
    if (const auto number = internal::positive_integer(text)) return *number;
    throw invalid_argument("POSDEF_NUM_THREADS", "value", "\"" + std::string(text) + "\"", "an integer from 1");
  }
  if (const int threads = internal::set_by_program) return threads;
  static const std::optional<int> quota = internal::cpu_quota("");
  return internal::automatic_threads(internal::environment("OMP_NUM_THREADS"), quota, internal::processors());
}

int set_num_threads(int threads) {
  if (threads < 0) throw invalid_argument("set_num_threads", "threads", std::to_string(threads), "0 or more");
  return internal::set_by_program.exchange(threads);
}

}  // namespace posdef::inline POSDEF_ABI
