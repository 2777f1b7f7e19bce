// The entry points of the LAPACK drop-in: column-major, arguments already checked, LAPACK's rules for singular
// triangles. They throw only out_of_memory, and unavailable or invalid_argument for an invalid environment variable. In
// these cases nothing has been written.
//
// The drop-in is a separate library. It links against one C function that returns a table of functions, so that
// libposdef.so exports no internal C++ name.
#pragma once

#include <cstdint>

#include "posdef/types.hpp"
#include "system/per_type.hpp"

namespace posdef::internal {

template <class T>
struct lapack_routines {
  /// A = L·Lᴴ or Uᴴ·U in place; returns info.
  std::int64_t (*potrf)(bool lower, std::int64_t n, T* a, std::int64_t lda);
  /// B ← A⁻¹·B with the factor of A. The diagonal of the factor is not checked.
  void (*potrs)(bool lower, std::int64_t n, std::int64_t nrhs, const T* a, std::int64_t lda, T* b, std::int64_t ldb);
  /// potrf, then potrs unless a minor is not positive definite; returns potrf's info.
  std::int64_t (*posv)(bool lower, std::int64_t n, std::int64_t nrhs, T* a, std::int64_t lda, T* b, std::int64_t ldb);
  /// L⁻¹ or U⁻¹ in place. Returns k and leaves the matrix unchanged if diagonal element k is exactly zero.
  std::int64_t (*trtri)(bool lower, bool unit, std::int64_t n, T* a, std::int64_t lda);
  /// Lᴴ·L or U·Uᴴ in place, in the same triangle.
  void (*lauum)(bool lower, std::int64_t n, T* a, std::int64_t lda);
  /// A⁻¹ from the factor in place: trtri, then lauum; returns trtri's k.
  std::int64_t (*potri)(bool lower, std::int64_t n, T* a, std::int64_t lda);
};

using lapack_table = per_type<lapack_routines>;

}  // namespace posdef::internal

extern "C" POSDEF_API const posdef::internal::lapack_table* posdef_lapack_entry() noexcept;
