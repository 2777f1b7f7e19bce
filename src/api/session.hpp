// What runs a request: a backend's executor, a team of threads and the workspace for one shape.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "api/request.hpp"
#include "dispatch/registry.hpp"
#include "system/memory.hpp"

namespace posdef::internal {

/// What a plan owns, and what a plain call makes for itself.
template <class T>
struct session {
  /// only: it will run no other operation; in_place: and nothing out of place.
  session(std::string_view function, device d, shape s, const options& o, std::optional<std::span<std::byte>> memory,
          std::optional<operation> only = std::nullopt, bool in_place = false);

  static std::size_t workspace_size(std::string_view function, device d, shape s, const options& o);

  /// Runs a validated problem, whose sizes are at most the session's.
  void run(const problem<T>& p);

  /// Room for one info per matrix.
  std::span<index> info() { return size.batch > 1 ? std::span(own_info) : std::span(&one_info, 1); }

  shape size;
  options choices;
  factor_algorithm algorithm;
  std::unique_ptr<executor<T>> runner;
  team threads;
  std::vector<index> own_info;  // for more than one matrix
  index one_info = 0;
  buffer own_memory;
  std::byte* memory = nullptr;
};

/// Throws numerical_error for the first failure that `info` tells of.
[[noreturn]] void raise_failure(std::string_view function, operation what, std::span<const index> info, index failures);

/// Validates the request and runs it in a session of its own. Returns the number of failures.
template <class T>
index perform(const request<T>& r, const options& o, bool raise);

/// The same against and in a plan's session, by the plan's options; failures are raised where those say so.
template <class T>
index perform(const request<T>& r, session<T>& plan);

}  // namespace posdef::internal
