#include "plan/choices.hpp"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "engine/threads.hpp"

namespace posdef {

namespace internal {
namespace {

std::mutex guard;
forced pinned;  // by force(); empty strings leave the choice open

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::string choice(std::string forced::*which, const char* variable) {
  {
    const std::lock_guard lock(guard);
    if (!(pinned.*which).empty()) return pinned.*which;
  }
  return environment(variable);
}

factor_algorithm algorithm_by_name(std::string_view function, const std::string& name) {
  if (name.empty() || name == "recursive") return factor_algorithm::recursive;
  if (name == "left-looking") return factor_algorithm::left_looking;
  throw invalid_argument(function, "algorithm", "\"" + name + "\"", "\"recursive\" or \"left-looking\"");
}

void require_instruction_set(std::string_view function, const std::string& name) {
  std::string known;
  for (const char* word : {"avx512", "avx2", "sse4", "neon", "baseline"}) {
    if (name == word) {
      for (const auto& have : instruction_sets())
        if (have == name) return;
      throw unavailable("posdef: instruction set \"" + name + "\" is not in this build or not on this processor");
    }
    known += known.empty() ? word : std::string(", ") + word;
  }
  throw invalid_argument(function, "instruction_set", "\"" + name + "\"", "one of " + known);
}

}  // namespace

device chosen_device(device d) {
  if (d != device{}) return d;
  const std::string name = choice(&forced::device, "POSDEF_DEVICE");
  return name.empty() ? d : device::parse(name);
}

std::string chosen_instruction_set() {
  std::string name = choice(&forced::instruction_set, "POSDEF_ISA");
  if (!name.empty()) require_instruction_set("POSDEF_ISA", name);
  return name;
}

factor_algorithm chosen_algorithm() {
  return algorithm_by_name("POSDEF_ALGORITHM", choice(&forced::algorithm, "POSDEF_ALGORITHM"));
}

int chosen_threads(int threads) { return threads > 0 ? threads : default_threads(); }

}  // namespace internal

void force(const forced& choices) {
  if (!choices.device.empty()) device::parse(choices.device);
  if (!choices.instruction_set.empty()) internal::require_instruction_set("force", choices.instruction_set);
  internal::algorithm_by_name("force", choices.algorithm);
  const std::lock_guard lock(internal::guard);
  internal::pinned = choices;
}

int default_threads() {
  const std::string text = internal::environment("POSDEF_NUM_THREADS");
  if (text.empty()) return internal::processors();
  int threads = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), threads);
  if (error != std::errc{} || end != text.data() + text.size() || threads < 1)
    throw invalid_argument("POSDEF_NUM_THREADS", "value", "\"" + text + "\"", "a whole number from 1");
  return threads;
}

}  // namespace posdef
