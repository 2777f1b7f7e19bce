// The operations on arrays: what the functions of the module do after their keywords have been read.
#pragma once

#include <posdef/posdef.hpp>
#include <span>
#include <vector>

#include "array.hpp"

namespace posdef::python {

enum class square { cholesky, inv, cholesky_inverse, inv_triangular };  ///< n × n to n × n
enum class solve { matrix, factor, triangle };                          ///< n × n and n × k to n × k
enum class logdet_of { matrix, factor };                                ///< n × n to a real number

/// The keywords of a call. The library is always told to report or to fill with NaN: the exception is raised here, with
/// the index of the matrix in the caller's batch dimensions.
struct keywords {
  const char* function;
  const char* left = "l";  ///< the name of the n × n argument in messages
  options choices;
  bool raise = true;    ///< raise an exception for a matrix without an answer
  bool report = false;  ///< return the pair (result, info)
  nb::handle out = nb::none();
  bool overwrite = false;
  /// info of the factorization that produced `l`, where one of its matrices failed. It replaces the info of the call.
  std::span<const index> factored = {};
  std::vector<index>* failed = nullptr;  ///< receives info if a matrix failed
};

/// The result, or the pair (result, info).
nb::object run(square what, nb::handle a, const keywords& k);
nb::object run(solve what, nb::handle l, nb::handle b, const keywords& k);
nb::object run(logdet_of what, nb::handle a, const keywords& k);

/// Factors the matrices in place and leaves their other triangles unchanged. Returns the first info that is not 0, or
/// 0.
index run_in_place(nb::handle a, const keywords& k);

}  // namespace posdef::python
