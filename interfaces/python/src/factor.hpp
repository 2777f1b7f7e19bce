// The functions behind the Python class Factor.
#pragma once

#include <nanobind/nanobind.h>

namespace posdef::python {

/// Adds them to the module. They are positional and private: posdef/_factor.py is their only caller.
void define_factor(nanobind::module_& m);

}  // namespace posdef::python
