// The C interface, part 1: structures, errors, devices and settings.
#include "api/c_api.hpp"

#include <algorithm>
#include <cstdio>

#include "posdef/control.hpp"

namespace posdef::internal::c_api {
namespace {

// The C constants equal the C++ enumerators, so a cast converts them. The C++ interface rejects other values.
static_assert(POSDEF_UPPER == static_cast<int>(uplo::upper));
static_assert(POSDEF_ROW_MAJOR == static_cast<int>(layout::row_major));
static_assert(POSDEF_ON_FAILURE_REPORT == static_cast<int>(on_failure::report));
static_assert(POSDEF_ON_FAILURE_NAN == static_cast<int>(on_failure::nan));
static_assert(POSDEF_ON_FAILURE_RAISE == static_cast<int>(on_failure::raise));
static_assert(POSDEF_OTHER_KEEP == static_cast<int>(other_triangle::keep));
static_assert(POSDEF_OTHER_ZERO == static_cast<int>(other_triangle::zero));
static_assert(POSDEF_OTHER_MIRROR == static_cast<int>(other_triangle::mirror));
static_assert(POSDEF_DIAG_UNIT == static_cast<int>(diag::unit));
static_assert(POSDEF_OP_TRANSPOSE == static_cast<int>(op::transpose));
static_assert(POSDEF_OP_CONJ_TRANSPOSE == static_cast<int>(op::conj_transpose));

// A fixed array, because it must be writable when there is no memory.
thread_local char last_error[1024] = "";

std::string_view text_of(const char* text) { return text != nullptr ? std::string_view(text) : std::string_view(); }

posdef::device read_device(const char* function, const char* name) {
  if (name == nullptr) return {};
  try {
    return device::parse(name);
  } catch (const invalid_argument&) {
    throw invalid_argument(function, "options.device", name,
                           "cpu, reference, opencl, cuda or hybrid, with a number as in cuda:0 if there are several");
  }
}

// Copies a text into a fixed array, truncated to fit.
template <std::size_t N>
void copy_text(std::string_view text, char (&out)[N]) {
  const std::size_t length = std::min(text.size(), N - 1);
  std::memcpy(out, text.data(), length);
  out[length] = '\0';
}

}  // namespace

void set_last_error(const char* function, std::string_view text) noexcept {
  std::snprintf(last_error, sizeof(last_error), "%s: %.*s", function, static_cast<int>(text.size()), text.data());
}

std::string_view bare(std::string_view text, std::string_view cxx_function) noexcept {
  for (const std::string_view prefix : {std::string_view("posdef"), cxx_function}) {
    if (prefix.empty() || !text.starts_with(prefix) || !text.substr(prefix.size()).starts_with(": ")) continue;
    text.remove_prefix(prefix.size() + 2);
  }
  return text;
}

namespace {

// Stores the text from make() in `place`. If make() throws, stores "" and sets the last error. A fixed array, because a
// thread-local std::string registers a destructor, and the C library aborts if that allocation fails.
template <std::size_t N, class Make>
const char* kept_text(const char* function, char (&place)[N], Make make) noexcept {
  try {
    copy_text(make(), place);
  } catch (const std::exception& problem) {
    set_last_error(function, bare(problem.what(), ""));
    place[0] = '\0';
  }
  return place;
}

}  // namespace

choices read_options(const char* function, const posdef_options* given) {
  choices c;
  c.options.on_failure = on_failure::report;
  if (given == nullptr) return c;
  const posdef_options o = read_structure<posdef_options>(function, "options", given, POSDEF_OPTIONS_INIT);
  c.options.uplo = static_cast<uplo>(o.uplo);
  c.options.other = static_cast<other_triangle>(o.other);
  c.options.diag = static_cast<diag>(o.diag);
  c.options.op = static_cast<op>(o.op);
  c.options.threads = o.threads;
  c.options.device = read_device(function, o.device);
  const on_failure policy = static_cast<on_failure>(o.on_failure);
  c.raise = policy == on_failure::raise;
  if (!c.raise) c.options.on_failure = policy;
  return c;
}

posdef_matrix read_matrix(const char* function, const char* argument, const posdef_matrix* given) {
  const posdef_matrix m = read_structure<posdef_matrix>(function, argument, given, POSDEF_MATRIX_INIT);
  with_dtype(function, std::string(argument) + ".dtype", m.dtype, [](auto) {});
  return m;
}

}  // namespace posdef::internal::c_api

using namespace posdef::internal::c_api;

extern "C" {

const char* posdef_status_text(posdef_status status) {
  switch (status) {
    case POSDEF_SUCCESS: return "success";
    case POSDEF_INVALID_ARGUMENT: return "invalid argument";
    case POSDEF_OUT_OF_MEMORY: return "out of memory";
    case POSDEF_UNAVAILABLE: return "unavailable";
    case POSDEF_NOT_POSITIVE_DEFINITE: return "not positive definite";
    case POSDEF_SINGULAR: return "singular";
    case POSDEF_INTERNAL: return "internal error";
  }
  return "unknown status";
}

const char* posdef_last_error(void) { return last_error; }

posdef_status posdef_device_count(int64_t* count) {
  return guard(__func__, [&, function = __func__] {
    if (count == nullptr) throw posdef::invalid_argument(function, "count", "NULL", "a pointer to an integer");
    *count = static_cast<int64_t>(posdef::devices().size());
    return POSDEF_SUCCESS;
  });
}

posdef_status posdef_get_device(int64_t index, posdef_device_info* info) {
  return guard(__func__, [&, function = __func__] {
    posdef_device_info d = read_structure<posdef_device_info>(function, "info", info, POSDEF_DEVICE_INFO_INIT);
    const auto known = posdef::devices();
    if (index < 0 || index >= static_cast<int64_t>(known.size())) {
      throw posdef::invalid_argument(function, "index", std::to_string(index),
                                     "0 to " + std::to_string(known.size() - 1));
    }
    const posdef::device_info& found = known[static_cast<std::size_t>(index)];
    d.available = found.available ? 1 : 0;
    copy_text(found.device.name(), d.name);
    copy_text(found.description, d.description);
    std::memcpy(info, &d, std::min(d.size, sizeof(d)));
    return POSDEF_SUCCESS;
  });
}

const char* posdef_default_device(void) {
  thread_local char text[64] = "";
  return kept_text(__func__, text, [] { return posdef::default_device().name(); });
}

const char* posdef_instruction_set(void) {
  thread_local char text[256] = "";
  return kept_text(__func__, text, [] { return posdef::instruction_set(); });
}

const char* posdef_instruction_sets(void) {
  thread_local char text[256] = "";
  return kept_text(__func__, text, [] {
    std::string all;
    for (const std::string& name : posdef::instruction_sets()) all += (all.empty() ? "" : " ") + name;
    return all;
  });
}

posdef_status posdef_force(const char* device, const char* instruction_set, const char* algorithm) {
  return guard(__func__, [&] {
    posdef::forced choices;
    choices.device = text_of(device);
    choices.instruction_set = text_of(instruction_set);
    choices.algorithm = text_of(algorithm);
    posdef::force(choices);
    return POSDEF_SUCCESS;
  });
}

int32_t posdef_get_num_threads(void) {
  int32_t threads = 1;
  guard(__func__, [&] {
    threads = posdef::num_threads();
    return POSDEF_SUCCESS;
  });
  return threads;
}

posdef_status posdef_set_num_threads(int32_t threads) {
  return guard(__func__, [&] {
    posdef::set_num_threads(threads);
    return POSDEF_SUCCESS;
  });
}

// The view refers to a string literal, so it is null-terminated.
const char* posdef_version(void) { return posdef::version().data(); }

}  // extern "C"
