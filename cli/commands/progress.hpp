// A progress bar for work longer than a second (POSDEF_PROGRESS_AFTER says other seconds), drawn on stderr if that is a
// terminal, else nothing at all.
//
// The work runs in the calling thread; a second thread draws. How far the work has come is either reported (a batch,
// processed in pieces) or guessed from an estimate of the whole time (a single matrix, one long call).
#ifndef POSDEF_CLI_COMMANDS_PROGRESS_HPP
#define POSDEF_CLI_COMMANDS_PROGRESS_HPP

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace posdef::cli {

class progress {
 public:
  explicit progress(std::string what);
  /// Wipes the bar away, as a signal that ends the program does.
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  /// Whether anybody can see it. If not, nothing needs to be cut into pieces.
  bool visible() const { return visible_; }
  void set_fraction(double done) { fraction_ = done; }
  void set_estimate(double seconds) { estimate_ = seconds; }
  /// How far the work has come is told by the file that is read or written (io/transfer.hpp).
  void follow_transfer() { follows_transfer_ = true; }

  /// The line at a moment: `done` is negative if it is not known, `estimate` 0 if there is none. At most `columns`
  /// characters: the bar becomes shorter, then goes, then `what` loses its end.
  static std::string line(const std::string& what, double elapsed, double done, double estimate, int columns = 80);

 private:
  void draw();

  const std::string what_;
  const bool visible_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::atomic<double> fraction_ = -1;
  std::atomic<double> estimate_ = 0;
  std::atomic<bool> follows_transfer_ = false;
  bool finished_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::thread ticker_;
};

/// work(first, count) over a batch: in one piece if nobody watches, else in pieces of a fraction of a second each.
template <class Work>
void in_pieces(progress& bar, std::int64_t batch, double operations_per_matrix, const Work& work) {
  constexpr double operations_per_piece = 2e9;
  const double fit = operations_per_piece / (operations_per_matrix + 1);
  const std::int64_t piece =
      bar.visible() && fit < static_cast<double>(batch) ? static_cast<std::int64_t>(fit) + 1 : batch;
  for (std::int64_t first = 0; first < batch; first += piece) {
    if (piece < batch) bar.set_fraction(static_cast<double>(first) / static_cast<double>(batch));
    work(first, first + piece < batch ? piece : batch - first);
  }
}

}  // namespace posdef::cli

#endif
