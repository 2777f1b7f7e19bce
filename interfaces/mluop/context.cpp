// Handles, names of statuses, the version.
#include "context.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <iterator>
#include <new>

#include "check.hpp"

using posdef::mluop::refuse;

mluOpStatus_t posdef::mluop::refuse(const char* function, const char* condition, ...) {
  char text[256];
  std::va_list values;
  va_start(values, condition);
  std::vsnprintf(text, sizeof text, condition, values);
  va_end(values);
  std::fprintf(stderr, "[%s] Check failed: %s\n", function,
               text);  // one call, so that lines of several threads do not mix
  return MLUOP_STATUS_BAD_PARAM;
}

mluOpStatus_t mluOpCreate(mluOpHandle_t* handle) {
  POSDEF_MLUOP_REQUIRE("mluOpCreate", handle != NULL);
  auto* const made = new (std::nothrow) mluOpContext;
  if (made == nullptr) return MLUOP_STATUS_ALLOC_FAILED;
  *handle = made;
  return MLUOP_STATUS_SUCCESS;
}

mluOpStatus_t mluOpDestroy(mluOpHandle_t handle) {
  POSDEF_MLUOP_REQUIRE("mluOpDestroy", handle != NULL);
  delete handle;
  return MLUOP_STATUS_SUCCESS;
}

mluOpStatus_t mluOpSetQueue(mluOpHandle_t handle, cnrtQueue_t queue) {
  POSDEF_MLUOP_REQUIRE("mluOpSetQueue", handle != NULL);
  const std::lock_guard lock(handle->guard);
  handle->queue = queue;
  return MLUOP_STATUS_SUCCESS;
}

mluOpStatus_t mluOpGetQueue(mluOpHandle_t handle, cnrtQueue_t* queue) {
  POSDEF_MLUOP_REQUIRE("mluOpGetQueue", handle != NULL);
  POSDEF_MLUOP_REQUIRE("mluOpGetQueue", queue != NULL);
  const std::lock_guard lock(handle->guard);
  *queue = handle->queue;
  return MLUOP_STATUS_SUCCESS;
}

mluOpStatus_t posdefMluOpGetInfo(mluOpHandle_t handle, std::int32_t* info, std::int64_t n) {
  POSDEF_MLUOP_REQUIRE("posdefMluOpGetInfo", handle != NULL);
  POSDEF_MLUOP_REQUIRE("posdefMluOpGetInfo", info != NULL);
  const std::lock_guard lock(handle->guard);
  const auto batch = static_cast<std::int64_t>(handle->info.size());
  if (n < batch) return refuse("posdefMluOpGetInfo", "n >= %" PRId64 ", the batch of the last call", batch);
  // Orders fit into 32 bits: a larger matrix would have more than 2^64 bytes.
  std::transform(handle->info.begin(), handle->info.end(), info,
                 [](std::int64_t k) { return static_cast<std::int32_t>(k); });
  return MLUOP_STATUS_SUCCESS;
}

const char* mluOpGetErrorString(mluOpStatus_t status) {
  static constexpr const char* names[] = {
      "MLUOP_STATUS_SUCCESS",          "MLUOP_STATUS_NOT_INITIALIZED", "MLUOP_STATUS_ALLOC_FAILED",
      "MLUOP_STATUS_BAD_PARAM",        "MLUOP_STATUS_INTERNAL_ERROR",  "MLUOP_STATUS_ARCH_MISMATCH",
      "MLUOP_STATUS_EXECUTION_FAILED", "MLUOP_STATUS_NOT_SUPPORTED",   "MLUOP_STATUS_NUMERICAL_OVERFLOW"};
  const auto number = static_cast<unsigned>(status);
  return number < std::size(names) ? names[number] : "MLUOP_STATUS_UNKNOWN";
}

void mluOpGetLibVersion(int* major, int* minor, int* patch) {
  if (major != nullptr) *major = MLUOP_MAJOR;
  if (minor != nullptr) *minor = MLUOP_MINOR;
  if (patch != nullptr) *patch = MLUOP_PATCHLEVEL;
}
