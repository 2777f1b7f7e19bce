// The door of the LAPACK drop-in: column-major, arguments already checked, LAPACK's own rules for singular triangles.
// Nothing here throws but out_of_memory (and unavailable or invalid_argument for a bad environment variable), and then
// nothing has been written.
#pragma once

#include <cstdint>

#include "posdef/types.hpp"

namespace posdef::internal {

/// A = L·Lᴴ or Uᴴ·U in place; returns info.
template <class T>
POSDEF_API std::int64_t lapack_potrf(bool lower, std::int64_t n, T* a, std::int64_t lda);

/// B ← A⁻¹·B from the factor, whatever its diagonal holds.
template <class T>
POSDEF_API void lapack_potrs(bool lower, std::int64_t n, std::int64_t nrhs, const T* a, std::int64_t lda, T* b,
                             std::int64_t ldb);

/// potrf, then potrs unless a minor is not positive definite; returns potrf's info.
template <class T>
POSDEF_API std::int64_t lapack_posv(bool lower, std::int64_t n, std::int64_t nrhs, T* a, std::int64_t lda, T* b,
                                    std::int64_t ldb);

/// L⁻¹ or U⁻¹ in place; returns k, and leaves the matrix alone, if diagonal element k is exactly zero.
template <class T>
POSDEF_API std::int64_t lapack_trtri(bool lower, bool unit, std::int64_t n, T* a, std::int64_t lda);

/// Lᴴ·L or U·Uᴴ in place, the same triangle.
template <class T>
POSDEF_API void lapack_lauum(bool lower, std::int64_t n, T* a, std::int64_t lda);

/// A⁻¹ from the factor in place: trtri, then lauum; returns trtri's k.
template <class T>
POSDEF_API std::int64_t lapack_potri(bool lower, std::int64_t n, T* a, std::int64_t lda);

}  // namespace posdef::internal
