#include "stack.hpp"

#include <bit>
#include <cstring>
#include <string>

namespace posdef::python {

namespace {

/// IEEE half precision: 1 sign, 5 exponent, 10 fraction bits.
struct half {
  static float load(const std::byte* p) {
    std::uint16_t h;
    std::memcpy(&h, p, sizeof h);
    const std::uint32_t sign = (h & 0x8000u) << 16, magnitude = h & 0x7fffu;
    // After the shift the exponent is too small by 127 − 15; a product with 2^112 corrects it, for subnormals too.
    float f = std::bit_cast<float>(magnitude << 13) * 0x1p112f;
    if (magnitude >= 0x7c00u) f = std::bit_cast<float>((magnitude << 13) | 0x7f800000u);
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(f) | sign);
  }
  /// Rounds to nearest, ties to even.
  static void store(std::byte* p, float f) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(f), sign = bits >> 16 & 0x8000u;
    const std::uint32_t magnitude = bits & 0x7fffffffu;
    std::uint32_t h;
    if (magnitude > 0x7f800000u) {
      h = 0x7e00u;  // NaN
    } else if (magnitude >= 0x477ff000u) {
      h = 0x7c00u;  // numbers from 65520 round to infinity
    } else if (magnitude >= 0x38800000u) {
      h = (magnitude - 0x38000000u + 0x0fffu + (magnitude >> 13 & 1u)) >> 13;
    } else {
      // Subnormal: adding 0.5 aligns the last bit of the half with the last bit of the float, and rounds.
      h = std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) - std::bit_cast<std::uint32_t>(0.5f);
    }
    const auto result = static_cast<std::uint16_t>(h | sign);
    std::memcpy(p, &result, sizeof result);
  }
};

/// bfloat16: the upper half of a float.
struct bfloat {
  static float load(const std::byte* p) {
    std::uint16_t h;
    std::memcpy(&h, p, sizeof h);
    return std::bit_cast<float>(std::uint32_t{h} << 16);
  }
  static void store(std::byte* p, float f) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(f);
    const bool nan = (bits & 0x7fffffffu) > 0x7f800000u;
    const auto h = static_cast<std::uint16_t>(nan ? bits >> 16 | 0x40u : (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
    std::memcpy(p, &h, sizeof h);
  }
};

/// The element itself, at any address.
template <class T>
struct plain {
  static T load(const std::byte* p) {
    T x;
    std::memcpy(&x, p, sizeof x);
    return x;
  }
  static void store(std::byte* p, T x) { std::memcpy(p, &x, sizeof x); }
};

bool is_half(dtype type) { return type == dtype::f16 || type == dtype::bf16; }

/// body(b, first element of matrix b) for every matrix of the batch, last dimension fastest.
template <class Body>
void for_each_matrix(const stack& s, Body body) {
  const index count = s.count();
  std::vector<index> at(static_cast<std::size_t>(s.ndim), 0);
  std::byte* p = s.data;
  for (index b = 0; b < count; ++b) {
    body(b, p);
    for (int d = s.ndim - 1; d >= 0; --d) {
      p += s.steps[d];
      if (++at[static_cast<std::size_t>(d)] < s.shape[d]) break;
      p -= s.shape[d] * s.steps[d];
      at[static_cast<std::size_t>(d)] = 0;
    }
  }
}

/// Copies between the array and a tight row-major copy, element by element.
template <class Element, class T>
void transfer(const stack& s, T* memory, bool in) {
  for_each_matrix(s, [&](index b, std::byte* p) {
    T* tight = memory + b * s.rows * s.cols;
    for (index i = 0; i < s.rows; ++i) {
      std::byte* at = p + i * s.row_step;
      for (index j = 0; j < s.cols; ++j, ++tight, at += s.col_step) {
        if (in)
          *tight = Element::load(at);
        else
          Element::store(at, *tight);
      }
    }
  });
}

template <class T>
void transfer_any(const stack& s, T* memory, bool in) {
  if constexpr (std::is_same_v<T, float>) {
    if (s.type == dtype::f16) return transfer<half>(s, memory, in);
    if (s.type == dtype::bf16) return transfer<bfloat>(s, memory, in);
  }
  transfer<plain<T>>(s, memory, in);
}

/// The distance between neighbouring matrices, if all of them have the same.
std::optional<index> single_step(const stack& s) {
  index step = 0, expected = 0;
  bool first = true;
  for (int d = s.ndim - 1; d >= 0; --d) {
    if (s.shape[d] == 1) continue;
    if (first) step = s.steps[d];
    if (!first && s.steps[d] != expected) return std::nullopt;
    first = false;
    expected = s.steps[d] * s.shape[d];
  }
  return step;
}

}  // namespace

index stack::count() const {
  index all = 1;
  for (int d = 0; d < ndim; ++d) all *= shape[d];
  return all;
}

stack matrices(const array& a) {
  const int d = a.ndim - 2;
  return {a.data, a.type, a.shape[d], a.shape[d + 1], a.strides[d], a.strides[d + 1], d, a.shape, a.strides};
}

stack columns(const array& a) {
  const int d = a.ndim - 1;
  return {a.data, a.type, a.shape[d], 1, a.strides[d], size_of(a.type), d, a.shape, a.strides};
}

broadcast::broadcast(const stack& a, const stack& b, const char* function) {
  const int ndim = std::max(a.ndim, b.ndim);
  shape_.assign(static_cast<std::size_t>(ndim), 1);
  for (int d = 1; d <= ndim; ++d) {
    const index x = d <= a.ndim ? a.shape[a.ndim - d] : 1, y = d <= b.ndim ? b.shape[b.ndim - d] : 1;
    if (x != y && x != 1 && y != 1)
      refuse({function, "the batch dimensions"}, shape_text({a.shape, static_cast<std::size_t>(a.ndim)}) + " and " +
                                                     shape_text({b.shape, static_cast<std::size_t>(b.ndim)}) +
                                                     " cannot be broadcast together");
    shape_[static_cast<std::size_t>(ndim - d)] = x == 1 ? y : x;
  }
}

stack broadcast::of(const stack& s) {
  stack wide = s;
  wide.ndim = static_cast<int>(shape_.size());
  wide.shape = shape_.data();
  steps_.push_back(std::make_unique<index[]>(shape_.size()));
  for (int d = 1; d <= s.ndim; ++d)
    if (s.shape[s.ndim - d] != 1) steps_.back()[wide.ndim - d] = s.steps[s.ndim - d];
  wide.steps = steps_.back().get();
  return wide;
}

// A view needs aligned elements, one unit stride, and another stride that is at least as long as the line.
template <class T>
bool placed<T>::place() {
  constexpr auto size = static_cast<index>(sizeof(T));
  const stack& s = stack_;
  if (is_half(s.type)) return false;
  if (reinterpret_cast<std::uintptr_t>(s.data) % alignof(T) != 0) return false;
  // The step of a dimension of one element has no meaning.
  const index rows = s.rows, cols = s.cols;
  if (rows > 1 && s.row_step % size != 0) return false;
  if (cols > 1 && s.col_step % size != 0) return false;
  const index row_step = rows > 1 ? s.row_step / size : std::max<index>(cols, 1);
  const index col_step = cols > 1 ? s.col_step / size : std::max<index>(rows, 1);
  if ((cols <= 1 || col_step == 1) && row_step >= cols && row_step >= 1)
    view_ = view<T>(reinterpret_cast<T*>(s.data), rows, cols, row_step, layout::row_major);
  else if ((rows <= 1 || row_step == 1) && col_step >= rows && col_step >= 1)
    view_ = view<T>(reinterpret_cast<T*>(s.data), rows, cols, col_step, layout::col_major);
  else
    return false;
  if (s.ndim == 0) return true;
  for (int d = 0; d < s.ndim; ++d)
    if (s.shape[d] > 1 && s.steps[d] % size != 0) return false;
  view_.batch = s.count();
  if (const auto step = single_step(s)) {
    view_.stride = *step / size;
    return true;
  }
  pointers_.resize(static_cast<std::size_t>(view_.batch));
  for_each_matrix(s, [&](index b, std::byte* p) { pointers_[static_cast<std::size_t>(b)] = reinterpret_cast<T*>(p); });
  view_.pointers = pointers_.data();
  return true;
}

template <class T>
placed<T>::placed(const stack& s, bool read, bool own) : stack_(s) {
  if (!own && place()) return;
  const index count = s.count();
  memory_ = std::make_unique_for_overwrite<T[]>(static_cast<std::size_t>(count * s.rows * s.cols));
  view_ =
      view<T>(memory_.get(), s.rows, s.cols, 0, layout::row_major).batched(count, std::max<index>(1, s.rows * s.cols));
  if (read && !s.empty()) transfer_any(s, memory_.get(), /* in = */ true);
}

template <class T>
stack placed<T>::copy() {
  constexpr auto size = static_cast<index>(sizeof(T));
  constexpr dtype types[] = {dtype::f32, dtype::f64, dtype::c64, dtype::c128};
  constexpr bool is_complex = !std::is_same_v<T, real_type<T>>;
  constexpr bool is_double = std::is_same_v<double, real_type<T>>;
  stack s = stack_;
  s.data = reinterpret_cast<std::byte*>(memory_.get());
  s.type = types[2 * is_complex + is_double];
  s.row_step = s.cols * size;
  s.col_step = size;
  copy_steps_.resize(static_cast<std::size_t>(s.ndim));
  index step = s.rows * s.row_step;
  for (std::size_t d = copy_steps_.size(); d-- > 0; step *= s.shape[d]) copy_steps_[d] = step;
  s.steps = copy_steps_.data();
  return s;
}

template <class T>
void placed<T>::finish() {
  if (memory_ && !stack_.empty()) transfer_any(stack_, memory_.get(), /* in = */ false);
}

template class placed<float>;
template class placed<double>;
template class placed<std::complex<float>>;
template class placed<std::complex<double>>;

}  // namespace posdef::python
