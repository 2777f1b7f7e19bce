#include "dispatch/overrides.hpp"

#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>

#include "dispatch/registry.hpp"

namespace posdef::internal {

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool read_switch(const char* variable) {
  const std::string value = environment(variable);
  if (value != "" && value != "0" && value != "1")
    throw invalid_argument(variable, "value", "\"" + value + "\"", "0 or 1");
  return value == "1";
}

factor_algorithm algorithm_by_name(std::string_view function, const std::string& name) {
  if (name.empty()) return factor_algorithm::automatic;
  if (name == "recursive") return factor_algorithm::recursive;
  if (name == "left-looking") return factor_algorithm::left_looking;
  throw invalid_argument(function, "algorithm", "\"" + name + "\"", "\"recursive\" or \"left-looking\"");
}

device device_by_name(bool by_environment, const std::string& name) {
  try {
    return device::parse(name);
  } catch (const invalid_argument&) {
    throw invalid_argument(by_environment ? "POSDEF_DEVICE" : "force", by_environment ? "value" : "device",
                           "\"" + name + "\"", "automatic, cpu, reference, opencl[:k], cuda[:k] or hybrid[:k]");
  }
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

/// The resolved overrides: the arguments of force(), else the environment variables.
struct overrides {
  device preferred{engine::cpu, 0};
  std::string instruction_set;
  factor_algorithm algorithm;
  bool verbose = false;
};

overrides resolve(const forced& f) {
  const auto pick = [](const std::string& given, const char* variable) {
    return given.empty() ? environment(variable) : given;
  };
  overrides c;
  const std::string name = pick(f.device, "POSDEF_DEVICE");
  const device named = name.empty() ? device{} : device_by_name(f.device.empty(), name);
  if (named != device{}) c.preferred = named;
  if (!f.device.empty()) make_executor<float>(c.preferred);  // throws if the device is not available
  c.instruction_set = pick(f.instruction_set, "POSDEF_ISA");
  if (!c.instruction_set.empty())
    require_instruction_set(f.instruction_set.empty() ? "POSDEF_ISA" : "force", c.instruction_set);
  c.algorithm =
      algorithm_by_name(f.algorithm.empty() ? "POSDEF_ALGORITHM" : "force", pick(f.algorithm, "POSDEF_ALGORITHM"));
  c.verbose = read_switch("POSDEF_VERBOSE");
  if (!environment("POSDEF_NUM_THREADS").empty()) num_threads();  // throws if the value is not a number of threads
  return c;
}

// Resolved at the first use and by force(), because reading the environment takes longer than a factorization with n <=
// compact_max. An invalid environment variable leaves them unresolved, so that every call reports it.
std::atomic<const overrides*> current{nullptr};
std::mutex guard;
std::unique_ptr<const overrides> owner;

const overrides& now() {
  if (const overrides* c = current.load(std::memory_order_acquire)) return *c;
  const std::lock_guard lock(guard);
  if (owner == nullptr) owner = std::make_unique<const overrides>(resolve({}));
  current.store(owner.get(), std::memory_order_release);
  return *owner;
}

}  // namespace

device chosen_device(device d) { return d == device{} ? now().preferred : d; }

const std::string& chosen_instruction_set() { return now().instruction_set; }

factor_algorithm chosen_algorithm() { return now().algorithm; }

bool verbose() { return now().verbose; }

}  // namespace posdef::internal

namespace posdef::inline POSDEF_ABI {

void force(const forced& f) {
  auto resolved = std::make_unique<const internal::overrides>(internal::resolve(f));
  const std::lock_guard lock(internal::guard);
  internal::current = resolved.get();
  internal::owner = std::move(resolved);
}

device default_device() { return internal::chosen_device({}); }

}  // namespace posdef::inline POSDEF_ABI
