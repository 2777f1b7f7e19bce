#include "errors.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>
#include <string_view>

namespace posdef::python {

namespace {

using std::string;
using std::string_view;

/// The end of e.what(), which is "posdef: <function>: <argument> is <value>; expected <end>".
string expected_by(const invalid_argument& e) {
  const string_view text = e.what();
  const std::size_t names = e.function().size() + e.argument().size() + e.value().size();
  const std::size_t words = string_view("posdef: : is ; expected ").size() + 1;
  return string(text.substr(std::min(names + words, text.size())));
}

const renamed* find(std::span<const renamed> arguments, string_view library) {
  const auto found = std::ranges::find_if(arguments, [&](const renamed& r) { return library == r.library; });
  return found == arguments.end() ? nullptr : &*found;
}

/// A value may name another argument, as in "partly the same memory as l (matrix 0)".
string with_python_name(string value, std::span<const renamed> arguments) {
  constexpr string_view as = " as ";
  const auto begin = value.rfind(as);
  if (begin == string::npos) return value;
  const auto first = begin + as.size(), last = std::min(value.find(' ', first), value.size());
  if (const renamed* r = find(arguments, string_view(value).substr(first, last - first)))
    value.replace(first, last - first, r->python);
  return value;
}

string describe(const invalid_argument& e, std::span<const renamed> arguments) {
  const string expected = "; expected " + expected_by(e);
  if (e.function().starts_with("POSDEF_"))
    return "the environment variable " + e.function() + " is " + e.value() + expected;
  // Members of a view, ld and stride, are the strides of an array.
  const auto dot = e.argument().find('.');
  const renamed* const r = find(arguments, string_view(e.argument()).substr(0, dot));
  if (r != nullptr && dot != string::npos) {
    const std::span strides(r->where->strides, static_cast<std::size_t>(r->where->ndim));
    return string(r->python) + " has strides " + shape_text(strides) + expected;
  }
  return (r != nullptr ? r->python : e.argument()) + " is " + with_python_name(e.value(), arguments) + expected;
}

/// The text without the library's own "posdef: " at the beginning.
string without_prefix(string_view text) {
  constexpr string_view prefix = "posdef: ";
  return string(text.starts_with(prefix) ? text.substr(prefix.size()) : text);
}

}  // namespace

python_error_text describe_exception(const call_site& site, std::span<const renamed> arguments) {
  using enum python_error_text::type;
  const string where = string("posdef.") + site.function + ": ";
  const string named = site.device == device{} ? "" : "device is '" + site.device.name() + "': ";
  try {
    throw;
  } catch (const invalid_argument& e) {
    return {value_error, where + describe(e, arguments)};
  } catch (const out_of_memory& e) {
    const string bytes = e.bytes() == 0 ? "" : ": the workspace needs " + std::to_string(e.bytes()) + " bytes";
    return {memory_error, where + "out of memory" + bytes};
  } catch (const std::bad_alloc&) {
    return {memory_error, where + "out of memory"};
  } catch (const std::length_error&) {
    return {memory_error, where + "out of memory: the batch has too many matrices"};
  } catch (const unavailable& e) {
    return {unavailable_error, where + named + without_prefix(e.what())};
  } catch (const system_failure& e) {
    return {runtime_error, where + named + without_prefix(e.what())};
  }
}

void raise_in_python(const call_site& site, std::span<const renamed> arguments) {
  const auto [kind, text] = describe_exception(site, arguments);
  nb::object type;
  switch (kind) {
    case python_error_text::type::value_error: type = nb::borrow(PyExc_ValueError); break;
    case python_error_text::type::memory_error: type = nb::borrow(PyExc_MemoryError); break;
    case python_error_text::type::runtime_error: type = nb::borrow(PyExc_RuntimeError); break;
    case python_error_text::type::unavailable_error:
      type = nb::module_::import_("posdef._errors").attr("UnavailableError");
  }
  PyErr_SetString(type.ptr(), text.c_str());
  throw nb::python_error();
}

}  // namespace posdef::python
