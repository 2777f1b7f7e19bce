// A progress bar on stderr for work longer than a second (or POSDEF_PROGRESS_AFTER seconds). Draws only if stderr is a
// terminal.
//
// The calling thread works; a second thread draws. The work either reports its progress (a batch, processed in pieces),
// or the bar uses an estimate of the total time (a single matrix, one long call).
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
  /// Erases the bar. A signal that ends the program also erases it.
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  /// Whether a bar can appear. If not, the work need not be cut into pieces.
  bool visible() const { return visible_; }
  void set_fraction(double done) { fraction_ = done; }
  void set_estimate(double seconds) { estimate_ = seconds; }
  /// Takes the progress from the file that is being read or written (io/transfer.hpp).
  void follow_transfer() { follows_transfer_ = true; }

  /// The text of the bar: `done` is negative if unknown, `estimate` 0 if there is none. At most `columns` characters: a
  /// short line first shortens the bar, then omits it, then cuts `what`.
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

/// work(first, count) over a batch: in one piece without a bar, else in pieces of a fraction of a second each.
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
