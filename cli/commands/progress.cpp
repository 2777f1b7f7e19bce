#include "commands/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace posdef::cli {

namespace {

/// Seconds of work before anything is shown.
std::chrono::duration<double> patience() {
  const char* seconds = std::getenv("POSDEF_PROGRESS_AFTER");
  return std::chrono::duration<double>(seconds != nullptr ? std::atof(seconds) : 1.0);
}

}  // namespace

progress::progress(std::string what) : what_(std::move(what)), visible_(isatty(STDERR_FILENO) == 1) {
  if (visible_) ticker_ = std::thread([this] { draw(); });
}

progress::~progress() {
  if (!visible_) return;
  {
    const std::lock_guard lock(mutex_);
    finished_ = true;
  }
  wake_.notify_one();
  ticker_.join();
}

void progress::draw() {
  using namespace std::chrono_literals;
  constexpr auto tick = 100ms;
  const auto quiet = patience();
  std::unique_lock lock(mutex_);
  if (quiet.count() > 0 && wake_.wait_for(lock, quiet, [this] { return finished_; })) return;
  for (bool last = false; !last;) {
    last = wake_.wait_for(lock, tick, [this] { return finished_; });
    const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    const std::string text = "\r\033[K" + line(what_, elapsed, fraction_, estimate_);
    std::fputs(text.c_str(), stderr);
    std::fflush(stderr);
  }
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
}

std::string progress::line(const std::string& what, double elapsed, double done, double estimate) {
  constexpr int width = 30;
  const bool guessed = done < 0 && estimate > 0;
  if (guessed) done = std::min(elapsed / estimate, 0.99);
  char times[80];
  if (done < 0) {
    const char spinner = "|/-\\"[static_cast<int>(elapsed * 5) % 4];
    std::snprintf(times, sizeof times, "  %c  %.1f s", spinner, elapsed);
    return what + times;
  }
  const int full = static_cast<int>(done * width);
  const double total = guessed ? std::max(estimate, elapsed) : done > 0 ? elapsed / done : 0;
  std::snprintf(times, sizeof times, "  %3.0f%%  %.1f s of about %.0f s", done * 100, elapsed, total);
  return what + "  [" + std::string(static_cast<std::size_t>(full), '#') +
         std::string(static_cast<std::size_t>(width - full), '.') + "]" + times;
}

}  // namespace posdef::cli
