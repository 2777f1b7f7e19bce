// The docstrings of the module's functions, in numpydoc form. The tests run their examples.
#pragma once

#include <string>
#include <string_view>

namespace posdef::python {

/// The docstring of the function of this name.
std::string docstring(std::string_view function);

}  // namespace posdef::python
