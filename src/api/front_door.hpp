// The front door: from the caller's views to a job. Arguments are checked, `uplo`, layout and pointers are folded into
// strided "lower" views, defaults are decided; then the executor runs the job and failures become what was asked for.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "api/check.hpp"
#include "plan/executor.hpp"
#include "posdef/posdef.hpp"

namespace posdef::internal {

/// Executor, team and workspace for one shape: what a plan owns, and what a convenience call makes for itself.
template <class T>
struct session {
  /// in_place: it will run no other jobs.
  session(std::string_view function, device d, shape s, const options& o, std::optional<std::span<std::byte>> memory,
          bool in_place = false);

  static std::size_t workspace_size(std::string_view function, device d, shape s, const options& o);

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

/// A call as the public functions hand it on: where its arguments are. `a` is always there; `b` for solves; `out` but
/// for log_det. Without `info` it is the convenience form.
template <class T>
struct call {
  std::string_view function;
  operation what;
  const view<const T>* a;
  std::string_view a_name;
  const view<const T>* b = nullptr;
  const view<T>* out = nullptr;
  std::string_view out_name = {};
  std::span<real_type<T>> value = {};
  const std::span<index>* info = nullptr;
};

constexpr bool solves(operation what) { return what == operation::cholesky_solve || what == operation::tri_solve; }

/// Throws invalid_argument for options outside their range, and for negative sizes.
void check_choices(std::string_view function, const options& o);
void check_shape(std::string_view function, shape s);

/// What a call comes to once it has been found good.
struct checked {
  shape size;
  bool in_place;
  other_triangle other;  ///< keep, zero or mirror
  operation what;
  bool nothing_to_compute() const { return size.n == 0 || (solves(what) && size.nrhs == 0); }
};

/// Checks the call against itself and, if given, a plan's shape. A plan's options were checked when it was made, and it
/// may be called with an info of no length.
template <class T>
checked check_call(const call<T>& c, const options& o, const shape* plan);

/// The job of a good call: every triangle "lower", every choice made.
template <class T>
job<T> make_job(const call<T>& c, const options& o, const checked& k, index* info, factor_algorithm algorithm);

/// Checks the call against itself and runs it in a session of its own. Returns the number of failures.
template <class T>
index perform(const call<T>& c, const options& o, bool raise);

/// The same against and in a plan's session, by the plan's options; failures are raised where those say so.
template <class T>
index perform(const call<T>& c, session<T>& plan);

}  // namespace posdef::internal
