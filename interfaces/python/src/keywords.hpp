// The keywords of a call, read and checked.
#pragma once

#include "operations.hpp"

namespace posdef::python {

/// A keyword that is True or False. It accepts any object, for read_flag to check with a message of its own.
struct flag {
  nb::handle value;
};

struct named_flag {
  const char* name;
  flag given;
};

/// Keywords as the caller passes them. `left` is the name of the n × n argument in messages.
struct common {
  nb::handle out;
  named_flag overwrite;
  nb::handle failure, threads, device;
  const char* left = "l";
};

/// Throws ValueError or TypeError for a value that a keyword may not have.
keywords read_keywords(const char* function, flag upper, const common& c);

/// True or False, of Python or of NumPy.
bool read_flag(const char* function, const named_flag& f);

/// A number of threads, or 0.
int read_number_of_threads(const char* function, nb::handle threads);

/// trans='N', 'T' or 'C'.
op read_trans(const char* function, nb::handle word);

}  // namespace posdef::python

template <>
struct nanobind::detail::type_caster<posdef::python::flag> {
  NB_TYPE_CASTER(posdef::python::flag, const_name("bool"))

  bool from_python(handle object, std::uint8_t, cleanup_list*) noexcept {
    value.value = object;
    return true;
  }
};
