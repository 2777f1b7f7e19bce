#include "xla.hpp"

#include <algorithm>
#include <posdef/posdef.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "errors.hpp"

namespace posdef::python::xla {

namespace {

using index = std::int64_t;

std::int64_t attribute(const call_frame& frame, std::string_view name) {
  const attributes& all = frame.attributes;
  for (index i = 0; i < all.size; ++i) {
    if (std::string_view(all.names[i]->data, all.names[i]->size) != name || all.kinds[i] != scalar_kind) continue;
    const scalar& s = *static_cast<const scalar*>(all.items[i]);
    if (s.type == s64) return *static_cast<const std::int64_t*>(s.value);
  }
  throw std::runtime_error("posdef.jax: the custom call has no int64 attribute " + std::string(name));
}

template <class T>
view<T> matrices(const buffer& b) {
  index count = 1;
  for (index d = 0; d + 2 < b.rank; ++d) count *= b.dims[d];
  const index rows = b.dims[b.rank - 2], cols = b.dims[b.rank - 1];
  return view<T>(static_cast<T*>(b.data), rows, cols, 0, layout::row_major)
      .batched(count, std::max<index>(1, rows * cols));
}

const buffer& argument(const call_frame& frame, index i) { return *static_cast<buffer*>(frame.arguments.items[i]); }
const buffer& answer(const call_frame& frame, index i) { return *static_cast<buffer*>(frame.results.items[i]); }

template <class T>
void run(const call_frame& frame) {
  const index operation = attribute(frame, "operation"), arguments = operation == 1 || operation == 3 ? 2 : 1;
  if (frame.arguments.size != arguments || frame.results.size != 2)
    throw std::runtime_error("posdef.jax: the custom call has " + std::to_string(frame.arguments.size) +
                             " arguments; expected " + std::to_string(arguments));
  options o;
  o.on_failure = on_failure::nan;
  o.uplo = attribute(frame, "upper") != 0 ? uplo::upper : uplo::lower;
  o.op = static_cast<op>(attribute(frame, "trans"));
  const auto a = matrices<T>(argument(frame, 0)), out = matrices<T>(answer(frame, 0));
  const auto b = matrices<T>(argument(frame, arguments - 1));
  std::vector<index> info(static_cast<std::size_t>(a.batch));
  switch (operation) {
    case 0: try_cholesky<T>(a, out, info, o); break;
    case 1: try_cholesky_solve<T>(a, b, out, info, o); break;
    case 2: try_cholesky_inverse<T>(a, out, info, o); break;
    case 3: try_solve_triangular<T>(a, b, out, info, o); break;
    case 4: try_inv_triangular<T>(a, out, info, o); break;
    default: throw std::runtime_error("posdef.jax: the custom call has operation " + std::to_string(operation));
  }
  std::copy(info.begin(), info.end(), static_cast<std::int32_t*>(answer(frame, 1).data));
}

void run_typed(const call_frame& frame) {
  switch (argument(frame, 0).type) {
    case f32: return run<float>(frame);
    case f64: return run<double>(frame);
    case c64: return run<std::complex<float>>(frame);
    case c128: return run<std::complex<double>>(frame);
    default:
      throw std::runtime_error("posdef.jax: the custom call has arrays of XLA's type " +
                               std::to_string(argument(frame, 0).type));
  }
}

/// What went wrong, in the names of the Python call. Called while the exception is being handled.
std::string error_text(const call_frame& frame) {
  static constexpr const char* functions[] = {"jax.cholesky", "jax.cholesky_solve", "jax.cholesky_inverse",
                                              "jax.solve_triangular", "jax.inv_triangular"};
  try {
    const auto operation = static_cast<std::size_t>(attribute(frame, "operation"));
    return describe_exception({functions[operation % std::size(functions)]}, {}).text;
  } catch (const std::exception& e) {
    return e.what();
  }
}

}  // namespace

error* handle(call_frame* frame) {
  for (extension* e = frame->extensions; e != nullptr; e = e->next) {
    if (e->type != metadata_extension_type) continue;
    // XLA asks for the version of the handler's layout. Later versions have only added members at the end.
    metadata& m = *reinterpret_cast<metadata_extension*>(e)->metadata;
    m.api.major = 0;
    m.api.minor = frame->functions != nullptr ? frame->functions->version.minor : 1;
    return nullptr;
  }
  if (frame->stage != execute) return nullptr;
  try {
    run_typed(*frame);
    return nullptr;
  } catch (...) {
    const std::string text = error_text(*frame);
    error_arguments arguments{sizeof(error_arguments), nullptr, text.c_str(), internal};
    return frame->functions->create_error(&arguments);
  }
}

}  // namespace posdef::python::xla
