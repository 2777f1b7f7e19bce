#include "api/verbose.hpp"

#include <cstdio>

namespace posdef::internal {

namespace {

constexpr const char* name_of(operation what) {
#define POSDEF_SQUARE(name, input_name, output_name, info_meaning) \
  if (what == operation::name) return #name;
#define POSDEF_SOLVE(name, info_meaning) \
  if (what == operation::name) return #name;
#define POSDEF_NUMBER(name, info_meaning) \
  if (what == operation::name) return #name;
#include "algorithm/operations.def"
  return "lauum";
}

}  // namespace

void print_call(const call_description& c, std::chrono::steady_clock::duration time) noexcept try {
  const double ms = std::chrono::duration<double, std::milli>(time).count();
  const std::string device = c.where.name(), how = c.how.empty() ? "" : " (" + c.how + ")";
  std::fprintf(stderr, "posdef: %s %.*s n=%lld batch=%lld nrhs=%lld on %s%s, %d thread%s, %.4g ms\n", name_of(c.what),
               static_cast<int>(c.type.size()), c.type.data(), static_cast<long long>(c.n),
               static_cast<long long>(c.batch), static_cast<long long>(c.nrhs), device.c_str(), how.c_str(), c.threads,
               c.threads == 1 ? "" : "s", ms);
} catch (...) {
  // Out of memory for the line. The call itself has completed.
}

}  // namespace posdef::internal
