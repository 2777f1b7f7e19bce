#include "commands/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "io/signals.hpp"
#include "io/transfer.hpp"

namespace posdef::cli {

namespace {

constexpr std::string_view wipe = "\r\033[K";

// Whether the terminal shows a bar, and whether a signal handler has erased it because the program ends.
std::atomic<bool> drawn = false, ending = false;

// One unbuffered write, so that a signal handler finds the whole text on the terminal or none of it.
void put(std::string_view text) {
  if (::write(STDERR_FILENO, text.data(), text.size()) < 0) return;  // the terminal was closed
}

void wipe_drawn_bar() {
  ending = true;
  if (drawn) put(wipe);
}

int terminal_columns() {
  winsize size{};
  constexpr int usual = 80;
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}

/// Seconds of work before the bar appears.
std::chrono::duration<double> patience() {
  const char* seconds = std::getenv("POSDEF_PROGRESS_AFTER");
  return std::chrono::duration<double>(seconds != nullptr ? std::atof(seconds) : 1.0);
}

}  // namespace

progress::progress(std::string what) : what_(std::move(what)), visible_(isatty(STDERR_FILENO) == 1) {
  if (!visible_) return;
  tools::at_signal(wipe_drawn_bar);
  try {
    ticker_ = std::thread([this] { draw(); });
  } catch (const std::system_error&) {  // no thread for the bar: continue without it
  }
}

progress::~progress() {
  if (!visible_) return;
  {
    const std::lock_guard lock(mutex_);
    finished_ = true;
  }
  wake_.notify_one();
  if (ticker_.joinable()) ticker_.join();
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
    if (ending) return;
    drawn = true;
    const double fraction = follows_transfer_ ? tools::transfer::fraction() : fraction_.load();
    put(std::string(wipe) + line(what_, elapsed, fraction, estimate_, terminal_columns()));
  }
  put(wipe);
  drawn = false;
}

std::string progress::line(const std::string& what, double elapsed, double done, double estimate, int columns) {
  constexpr int widest = 30;
  const bool guessed = done < 0 && estimate > 0;
  if (guessed) done = std::min(elapsed / estimate, 0.99);
  char times[80];
  if (done < 0) {
    const char spinner = "|/-\\"[static_cast<int>(elapsed * 5) % 4];
    std::snprintf(times, sizeof times, "  %c  %.1f s", spinner, elapsed);
  } else {
    const double total = guessed ? std::max(estimate, elapsed) : done > 0 ? elapsed / done : 0;
    std::snprintf(times, sizeof times, "  %3.0f%%  %.1f s of about %.0f s", done * 100, elapsed, total);
  }
  // Leave the last column empty: some terminals wrap there.
  const int room = std::max(0, columns - 1 - static_cast<int>(std::strlen(times)));
  const std::string name = what.substr(0, static_cast<std::size_t>(room));
  const int width = std::min(widest, room - static_cast<int>(name.size()) - 4);
  if (done < 0 || width < 3) return (name + times).substr(0, static_cast<std::size_t>(std::max(0, columns - 1)));
  const int full = static_cast<int>(done * width);
  return name + "  [" + std::string(static_cast<std::size_t>(full), '#') +
         std::string(static_cast<std::size_t>(width - full), '.') + "]" + times;
}

}  // namespace posdef::cli
