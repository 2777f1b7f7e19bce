// The library's errors as Python errors, in the names of the Python call: function, keyword, environment variable.
#pragma once

#include <nanobind/nanobind.h>

#include <initializer_list>
#include <posdef/posdef.hpp>
#include <span>
#include <string>

#include "array.hpp"

namespace posdef::python {

/// An argument of a library function, and the Python argument that it comes from.
struct renamed {
  const char* library;
  const char* python;
  const array* where;
};

/// The Python function that was called, and the device that its caller named.
struct call_site {
  const char* function;
  posdef::device device = {};
};

struct python_error_text {
  enum class type { value_error, memory_error, unavailable_error, runtime_error } kind;
  std::string text;
};

/// Describes the exception that is being handled. Rethrows what is not an error of the library or of memory.
python_error_text describe_exception(const call_site& site, std::span<const renamed> arguments);

/// Raises the exception that is being handled as a Python error.
[[noreturn]] void raise_in_python(const call_site& site, std::span<const renamed> arguments);

/// The result of call(); what it throws becomes a Python error.
template <class Call>
auto with_python_errors(const call_site& site, std::initializer_list<renamed> arguments, Call call) {
  try {
    return call();
  } catch (...) {
    raise_in_python(site, {arguments.begin(), arguments.size()});
  }
}

}  // namespace posdef::python
