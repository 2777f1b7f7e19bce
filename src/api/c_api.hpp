// Conversion between the C and C++ interfaces: structures of any version to views and options, exceptions to status.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>

#include "posdef/posdef.h"
#include "posdef/types.hpp"

namespace posdef::internal::c_api {

/// Stores "function: text" for posdef_last_error of this thread, truncated to fit. Allocates nothing.
void set_last_error(const char* function, std::string_view text) noexcept;

/// The text of an exception without the prefix "posdef: " and the name of the C++ function. The C function replaces it.
std::string_view bare(std::string_view text, std::string_view cxx_function = {}) noexcept;

/// Runs the body of a C function. Converts an exception to a status and to the last error of this thread.
template <class Body>
posdef_status guard(const char* function, Body body) noexcept {
  const auto fail = [&](posdef_status status, std::string_view text) {
    set_last_error(function, text);
    return status;
  };
  try {
    return body();
  } catch (const invalid_argument& e) {
    return fail(POSDEF_INVALID_ARGUMENT, bare(e.what(), e.function()));
  } catch (const out_of_memory& e) {
    return fail(POSDEF_OUT_OF_MEMORY, bare(e.what()));
  } catch (const std::bad_alloc&) {
    return fail(POSDEF_OUT_OF_MEMORY, "out of memory");
  } catch (const unavailable& e) {
    return fail(POSDEF_UNAVAILABLE, bare(e.what()));
  } catch (const std::exception& e) {
    return fail(POSDEF_INTERNAL, e.what());
  } catch (...) {
    return fail(POSDEF_INTERNAL, "an unknown exception");
  }
}

/// No structure of any version is larger. A larger size indicates an uninitialized structure.
inline constexpr std::size_t largest_structure = 4096;

/// Converts the structure `given` to this version. New versions add members only at the end. An older, smaller
/// structure keeps the defaults of the missing members. In a newer, larger one all unknown bytes must be 0.
template <class Structure>
Structure read_structure(const char* function, const std::string& argument, const Structure* given,
                         Structure defaults) {
  if (given == nullptr) throw invalid_argument(function, argument, "NULL", "a pointer to a structure");
  std::size_t size = 0;
  std::memcpy(&size, given, sizeof(size));
  if (size < sizeof(size) || size > largest_structure || size % alignof(Structure) != 0) {
    throw invalid_argument(function, argument + ".size", std::to_string(size),
                           std::to_string(sizeof(Structure)) + ", as the _INIT macro sets it");
  }
  const char* const bytes = reinterpret_cast<const char*>(given);
  for (std::size_t i = sizeof(Structure); i < size; ++i) {
    if (bytes[i] != 0) {
      throw invalid_argument(function, argument + ".size", std::to_string(size),
                             "zero in the members after byte " + std::to_string(sizeof(Structure)) +
                                 ", which this version of posdef does not know");
    }
  }
  std::memcpy(&defaults, given, size < sizeof(Structure) ? size : sizeof(Structure));
  return defaults;
}

/// Calls f(std::type_identity<T>()) with the T of a dtype.
template <class F>
auto with_dtype(const char* function, const std::string& argument, posdef_dtype dtype, F f) {
  switch (dtype) {
    case POSDEF_F32: return f(std::type_identity<float>());
    case POSDEF_F64: return f(std::type_identity<double>());
    case POSDEF_C64: return f(std::type_identity<std::complex<float>>());
    case POSDEF_C128: return f(std::type_identity<std::complex<double>>());
  }
  throw invalid_argument(function, argument, std::to_string(dtype), "0 to 3");
}

/// The C options as C++ options. `raise` selects a status; the C++ functions always report.
struct choices {
  posdef::options options;
  bool raise = true;
};
choices read_options(const char* function, const posdef_options* given);

/// A copy of a matrix structure in this version, with a valid dtype.
posdef_matrix read_matrix(const char* function, const char* argument, const posdef_matrix* given);

}  // namespace posdef::internal::c_api
