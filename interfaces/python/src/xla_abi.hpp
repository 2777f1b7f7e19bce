// The part of XLA's foreign function interface, version 0.x, that a handler needs: the layout of a call.
//
// It is repeated here so that building posdef does not need JAX. XLA changes the layout only with the major version,
// which the handler reports. tests/test_jax.py compares every offset with the header in jaxlib.
#pragma once

#include <cstddef>
#include <cstdint>

namespace posdef::python::xla {

struct extension {
  std::size_t struct_size;
  std::int32_t type;
  extension* next;
};
inline constexpr std::int32_t metadata_extension_type = 1;

struct version {
  std::size_t struct_size;
  extension* extensions;
  std::int32_t major, minor;
};

struct metadata {
  std::size_t struct_size;
  version api;
  std::uint32_t traits;
};

struct metadata_extension {
  extension base;
  xla::metadata* metadata;
};

struct error;  // XLA's own

struct error_arguments {
  std::size_t struct_size;
  extension* extensions;
  const char* message;
  std::int32_t code;
};
inline constexpr std::int32_t invalid_argument = 3, internal = 13;  // as absl::StatusCode

struct functions {
  std::size_t struct_size;
  extension* extensions;
  xla::version version;
  const void* not_for_us;
  error* (*create_error)(error_arguments*);
};

struct buffer {
  std::size_t struct_size;
  extension* extensions;
  std::int32_t type;
  void* data;
  std::int64_t rank;
  std::int64_t* dims;
};
inline constexpr std::int32_t f32 = 11, f64 = 12, c64 = 15, c128 = 18, s32 = 4, s64 = 5;

struct buffers {
  std::size_t struct_size;
  extension* extensions;
  std::int64_t size;
  std::int32_t* kinds;  // 1, a buffer, is the only one there is
  void** items;
};

struct text {
  const char* data;
  std::size_t size;
};

struct scalar {
  std::int32_t type;
  void* value;
};

struct attributes {
  std::size_t struct_size;
  extension* extensions;
  std::int64_t size;
  std::int32_t* kinds;
  text** names;
  void** items;
};
inline constexpr std::int32_t scalar_kind = 3;

struct call_frame {
  std::size_t struct_size;
  extension* extensions;
  const xla::functions* functions;
  void* context;
  std::int32_t stage;
  buffers arguments, results;
  xla::attributes attributes;
};
inline constexpr std::int32_t execute = 3;

}  // namespace posdef::python::xla
