#include "io/transfer.hpp"

#include <algorithm>
#include <atomic>

namespace posdef::tools::transfer {
namespace {

std::atomic<std::uint64_t> done_now = 0, total_now = 0;

}  // namespace

void begin(std::uint64_t total) {
  done_now = 0;
  total_now = total;
}

void reach(std::uint64_t done) { done_now.store(done, std::memory_order_relaxed); }

double fraction() {
  const auto total = static_cast<double>(total_now);
  return total > 0 ? std::min(1.0, static_cast<double>(done_now) / total) : -1;
}

}  // namespace posdef::tools::transfer
