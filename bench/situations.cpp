#include "situations.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

namespace posdef::bench {

namespace {

constexpr std::chrono::milliseconds pause{50};

void compute() {
  const auto end = std::chrono::steady_clock::now() + pause;
  volatile double x = 1;
  while (std::chrono::steady_clock::now() < end) x = x * 0.5 + 0.5;
}

}  // namespace

std::vector<situation> cold_situations(const std::vector<peer>& peers, int threads) {
  std::vector<situation> all;
  all.push_back({"after_pause", [] { std::this_thread::sleep_for(pause); }});
  all.push_back({"after_work", compute});
  const auto openblas = std::find_if(peers.begin(), peers.end(), [](const peer& p) {
    return p.name.starts_with("OpenBLAS") && p.set_threads && p.of<double>().potrf;
  });
  if (openblas == peers.end()) return all;
  constexpr int n = 384;
  const auto spinning = [p = *openblas, threads, a = std::make_shared<std::vector<double>>(n * n)] {
    std::fill(a->begin(), a->end(), 0.0);
    for (int i = 0; i < n; ++i) (*a)[static_cast<std::size_t>(i * n + i)] = 1;
    p.set_threads(threads);
    p.of<double>().potrf('L', n, a->data(), n);
  };
  all.push_back({"after_openblas", spinning});
  return all;
}

}  // namespace posdef::bench
