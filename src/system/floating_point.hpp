// The floating-point environment of a thread: rounding mode, flushing of subnormal numbers, trapped exceptions.
#pragma once

#include <cfenv>
#include <cstdint>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace posdef::internal {

#if defined(__SSE2__)

/// The control and status register of the SSE unit: modes, exception masks and flags.
class floating_point {
 public:
  static floating_point now() { return floating_point(_mm_getcsr()); }
  /// Does not change the flags.
  void set_modes() const { _mm_setcsr((_mm_getcsr() & flags) | (bits_ & ~flags)); }
  void set() const { _mm_setcsr(bits_); }
  bool same_modes(floating_point other) const { return ((bits_ ^ other.bits_) & ~flags) == 0; }
  /// Whether any exception is trapped, and whether flags other than "inexact" are equal.
  bool traps() const { return (~bits_ & masks) != 0; }
  bool same_flags(floating_point other) const { return ((bits_ ^ other.bits_) & flags & ~inexact) == 0; }
  floating_point without_traps() const { return floating_point(bits_ | masks); }

 private:
  explicit floating_point(std::uint32_t bits) : bits_(bits) {}
  static constexpr std::uint32_t flags = 0x3f, inexact = 0x20, masks = 0x1f80;
  std::uint32_t bits_;
};

#elif defined(__aarch64__) && defined(__GNUC__)

/// The same for two registers.
class floating_point {
 public:
  static floating_point now() {
    floating_point f;
    asm volatile("mrs %0, fpcr" : "=r"(f.control_));
    asm volatile("mrs %0, fpsr" : "=r"(f.status_));
    return f;
  }
  void set_modes() const { asm volatile("msr fpcr, %0" : : "r"(control_)); }
  void set() const {
    set_modes();
    asm volatile("msr fpsr, %0" : : "r"(status_));
  }
  bool same_modes(floating_point other) const { return control_ == other.control_; }
  bool traps() const { return (control_ & enables) != 0; }
  bool same_flags(floating_point other) const { return ((status_ ^ other.status_) & flags) == 0; }
  floating_point without_traps() const {
    floating_point f = *this;
    f.control_ &= ~enables;
    return f;
  }

 private:
  static constexpr std::uint64_t enables = 0x9f00, flags = 0x8f;  // without "inexact"
  std::uint64_t control_ = 0, status_ = 0;
};

#else

/// The portable version, with standard C++ only.
class floating_point {
 public:
  static floating_point now() {
    floating_point f;
    std::fegetenv(&f.environment_);
    f.rounding_ = std::fegetround();
    return f;
  }
  void set_modes() const { std::fesetround(rounding_); }
  void set() const { std::fesetenv(&environment_); }
  bool same_modes(floating_point other) const { return rounding_ == other.rounding_; }
  bool traps() const { return false; }
  bool same_flags(floating_point) const { return false; }
  floating_point without_traps() const { return *this; }

 private:
  std::fenv_t environment_{};
  int rounding_ = 0;
};

#endif

/// Disables traps during a call and restores the exception flags afterwards. Unused vector lanes, and columns after a
/// failed minor, compute with arbitrary values, which may set flags.
class quiet_arithmetic {
 public:
  quiet_arithmetic() {
    if (before_.traps()) before_.without_traps().set_modes();
  }
  ~quiet_arithmetic() {
    if (before_.traps() || !before_.same_flags(floating_point::now())) before_.set();
  }
  quiet_arithmetic(const quiet_arithmetic&) = delete;
  quiet_arithmetic& operator=(const quiet_arithmetic&) = delete;

 private:
  const floating_point before_ = floating_point::now();
};

/// Sets the floating-point modes of the calling thread in a thread of the team.
class borrowed_modes {
 public:
  explicit borrowed_modes(floating_point callers) : changed_(!own_.same_modes(callers)) {
    if (changed_) callers.set_modes();
  }
  ~borrowed_modes() {
    if (changed_) own_.set();
  }
  borrowed_modes(const borrowed_modes&) = delete;
  borrowed_modes& operator=(const borrowed_modes&) = delete;

 private:
  const floating_point own_ = floating_point::now();
  const bool changed_;
};

}  // namespace posdef::internal
