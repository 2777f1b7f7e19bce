// The operations on arrays: what the functions of the module do once their keywords have been read.
#pragma once

#include <posdef/posdef.hpp>

#include "array.hpp"

namespace posdef::python {

enum class square { cholesky, cholesky_inverse, inv_triangular };  ///< n × n to n × n
enum class solve { cholesky, triangular };                         ///< n × n and n × k to n × k
enum class logdet_of { matrix, factor };                           ///< n × n to a real number

/// What the keywords of a call say. The library is always asked to report or to fill with NaN: the exception is made
/// here, with the index of the matrix in the caller's batch dimensions.
struct keywords {
  const char* function;
  options choices;
  bool raise = true;    ///< an exception for a matrix without an answer
  bool report = false;  ///< the pair (result, info) comes back
  nb::handle out = nb::none();
  bool overwrite = false;
};

/// The result, or the pair (result, info).
nb::object run(square what, nb::handle a, const keywords& k);
nb::object run(solve what, nb::handle l, nb::handle b, const keywords& k);
nb::object run(logdet_of what, nb::handle a, const keywords& k);

/// Factors where the matrices stand, leaves their other triangles alone, returns the first info that is not 0, or 0.
index run_in_place(nb::handle a, const keywords& k);

}  // namespace posdef::python
