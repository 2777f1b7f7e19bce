#include "engine/cpu/compact.hpp"

#include <algorithm>
#include <cmath>

#include "engine/cpu/reciprocal.hpp"
#include "system/memory.hpp"

namespace posdef::internal::cpu {

namespace {

constexpr index most_lanes = 64;

/// The size of the reciprocals for order n: planes, and a vector that marks complex lanes.
template <class T>
constexpr index reciprocals(index n, index lanes) {
  return (is_complex<T> ? 2 * n + 1 : n) * lanes;
}

/// Columns or rows are an odd number of elements apart, to avoid cache set conflicts.
constexpr index apart(index length) { return length | 1; }

}  // namespace

template <class T>
std::size_t compact_engine<T>::bytes(const kernels<T>& k, index n, index nrhs) {
  const index w = std::min(nrhs, sides_at_once);
  carver c(nullptr);
  c.take<R>(static_cast<std::size_t>(reciprocals<T>(n, k.lanes)));
  c.take<T>(static_cast<std::size_t>(n * apart(n) * k.lanes));
  c.take<T>(static_cast<std::size_t>(apart(n) * apart(w) * k.lanes));
  return c.used();
}

template <class T>
compact_engine<T>::compact_engine(const kernels<T>& k, std::byte* memory, index n) : k_(k) {
  carver c(memory);
  inverse_ = c.take<R>(static_cast<std::size_t>(reciprocals<T>(n, k.lanes)));
  triangle_ = c.take<T>(static_cast<std::size_t>(n * apart(n) * k.lanes));
  sides_ = c.take<T>(0);
}

template <class T>
auto compact_engine<T>::place(T* at, const input& like) const -> output {
  const bool down = std::abs(like.rs) <= std::abs(like.cs);
  const index step = k_.lanes, run = k_.lanes * apart(down ? like.rows : like.cols);
  return {at, like.rows, like.cols, down ? step : run, down ? run : step, like.conj};
}

template <class T>
void compact_engine<T>::to_compact(const batch<const T>& from, index first, index count, output to, part which,
                                   index column) const {
  const R* at[most_lanes];
  for (index r = 0; r < k_.lanes; ++r)
    at[r] = reinterpret_cast<const R*>(from[first + std::min(r, count - 1)].columns(column, to.cols).p);
  k_.to_compact(from[first].columns(column, to.cols), which, at, to);
}

template <class T>
void compact_engine<T>::from_compact(output from, const batch<T>& to, index first, index count, part which,
                                     index column) const {
  R* at[most_lanes];
  for (index r = 0; r < k_.lanes; ++r)
    at[r] = reinterpret_cast<R*>(to[first + std::min(r, count - 1)].columns(column, from.cols).p);
  k_.from_compact(from, which, at, to[first].columns(column, from.cols));
}

template <class T>
bool compact_engine<T>::divides(input l, bool positive) {
  real_ = k_.invert_compact_diagonal(l, positive, inverse_);
  if (real_) return true;
  if constexpr (is_complex<T>) {
    if (positive) return false;
    const index lanes = k_.lanes;
    R *const re = inverse_, *const im = inverse_ + l.rows * lanes, *const some = im + l.rows * lanes;
    std::fill_n(some, lanes, R(0));
    bool all = true;
    for (index i = 0; i < l.rows; ++i) {
      const R* const x = reinterpret_cast<const R*>(&l.at(i, i));
      for (index r = 0; r < lanes; ++r) {
        const T inverse = reciprocal(T(x[r], l.conj ? -x[r + lanes] : x[r + lanes]));
        all &= representable(inverse);
        re[i * lanes + r] = std::real(inverse);
        im[i * lanes + r] = std::imag(inverse);
        if (std::imag(inverse) != 0) some[r] = 1;
      }
    }
    return all;
  }
  return false;
}

template <class T>
void compact_engine<T>::prepare(input l, bool unit) {
  if (!unit) {
    divides(l, /* positive = */ false);
    return;
  }
  real_ = true;
  std::fill_n(inverse_, l.rows * k_.lanes, R(1));
}

template <class T>
void compact_engine<T>::trsm_block(input l, output b, bool unit) {
  prepare(l, unit);
  k_.solve_compact(l, inverse_, real_, b);
}

template <class T>
void compact_engine<T>::invert_block(output l, bool unit) {
  prepare(l, unit);
  finite_ &= k_.invert_compact(l, inverse_, real_);
}

template <class T>
void compact_engine<T>::square_block(output l) {
  k_.square_compact(l);
}

template <class T>
void compact_engine<T>::copy(int sign, input a, output b, part which) const {
  const index lanes = k_.lanes;
  const R re = static_cast<R>(sign), im = a.conj == b.conj ? re : -re;
  for_part(a.rows, a.cols, which, std::abs(b.rs) <= std::abs(b.cs), [&](index i, index j) {
    const R* const from = reinterpret_cast<const R*>(&a.at(i, j));
    R* const to = reinterpret_cast<R*>(&b.at(i, j));
    for (index r = 0; r < lanes; ++r) to[r] = re * from[r];
    if constexpr (is_complex<T>)
      for (index r = lanes; r < 2 * lanes; ++r) to[r] = im * from[r];
  });
}

template <class T>
void compact_engine<T>::fill(output a, T x, part which) const {
  const index lanes = k_.lanes;
  if (a.conj && std::imag(x) != 0) x = conjugate(x);
  for_part(a.rows, a.cols, which, std::abs(a.rs) <= std::abs(a.cs), [&](index i, index j) {
    R* const to = reinterpret_cast<R*>(&a.at(i, j));
    std::fill_n(to, lanes, std::real(x));
    if constexpr (is_complex<T>) std::fill_n(to + lanes, lanes, std::imag(x));
  });
}

template class compact_engine<float>;
template class compact_engine<double>;
template class compact_engine<std::complex<float>>;
template class compact_engine<std::complex<double>>;

}  // namespace posdef::internal::cpu
