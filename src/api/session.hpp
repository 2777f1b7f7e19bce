// A session: the executor of a backend, a team of threads and the workspace for one shape.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "api/request.hpp"
#include "dispatch/registry.hpp"
#include "system/memory.hpp"

namespace posdef::internal {

/// A plan owns a session. A call without a plan creates a temporary one.
template <class T>
struct session {
  /// The memory of a session of one call, on its stack. Enough for one matrix of order 16.
  struct scratch {
    alignas(alignment) std::byte bytes[8192];
  };

  /// only: the session runs only this operation. in_place: it runs only in place. Without `memory`, `stack` is used if
  /// it is large enough. e: the executor for the device, if there is one already.
  session(std::string_view function, device d, shape s, const options& o, std::optional<std::span<std::byte>> memory,
          std::optional<operation> only = std::nullopt, bool in_place = false, scratch* stack = nullptr,
          executor_pointer<T> e = nullptr);

  static std::size_t workspace_size(std::string_view function, device d, shape s, const options& o);

  /// Runs a validated problem. Its sizes must not exceed the session's.
  void run(const problem<T>& p);

  /// Memory for one info per matrix.
  std::span<index> info() { return size.batch > 1 ? std::span(own_info) : std::span(&one_info, 1); }

  shape size;
  options choices;
  factor_algorithm algorithm;
  executor_pointer<T> runner;
  team threads;
  std::vector<index> own_info;  // used if batch > 1
  index one_info = 0;
  buffer own_memory;
  std::byte* memory = nullptr;
};

/// Factors one matrix of order n > 0 without a session if possible. Else returns false, and the executor for a session.
template <class T>
bool factor_at_once(device d, const strided<const T>& a, const strided<T>& out, executor_pointer<T>& e);

/// Throws numerical_error for the first failure in `info`.
[[noreturn]] void raise_failure(std::string_view function, operation what, std::span<const index> info, index failures);

/// Validates the request and runs it in a temporary session. Returns the number of failures.
template <class T>
index perform(const request<T>& r, const options& o, bool raise);

/// Validates the request against a plan and runs it in the plan's session, with the plan's options. Throws for failures
/// if on_failure is raise.
template <class T>
index perform(const request<T>& r, session<T>& plan);

}  // namespace posdef::internal
