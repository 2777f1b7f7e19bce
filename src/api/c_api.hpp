// The C interface's border post: what comes in is a C structure of some version, what goes out is a status. Inside, the
// C++ interface is called with views and options, and its exceptions stop here.
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

/// Keeps "function: text" for posdef_last_error of this thread, cut to fit; allocates nothing.
void set_last_error(const char* function, std::string_view text) noexcept;

/// The text of an exception without "posdef: " and the name of a C++ function in front; the C function's comes instead.
std::string_view bare(std::string_view text, std::string_view cxx_function = {}) noexcept;

/// Runs the body of a C function; an exception becomes a status and this thread's last error.
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

/// No structure of any version is larger: a larger size is memory that nobody initialized.
inline constexpr std::size_t largest_structure = 4096;

/// The structure `given` as this version knows it. Structures only ever grow at their end, so a smaller one is an older
/// one, whose missing members keep the defaults; of a larger one, every byte that this version does not know must be 0.
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

/// Calls f(std::type_identity<T>()) for the T that a dtype stands for.
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

/// C options as C++ ones. At this border "raise" is a status: the C++ side always reports.
struct choices {
  posdef::options options;
  bool raise = true;
};
choices read_options(const char* function, const posdef_options* given);

/// A matrix structure, whole and with a known dtype.
posdef_matrix read_matrix(const char* function, const char* argument, const posdef_matrix* given);

}  // namespace posdef::internal::c_api
