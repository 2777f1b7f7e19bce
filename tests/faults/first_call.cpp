// A process whose first library call has a fault: first_call NUMBER KIND CHANCE HOW, NUMBER of first_calls(). It then
// repeats the call without a fault, and prints
//
//   answer of the first call, chances, faults, whether nothing was written, hash of the output, answer and hash of the
//   second call
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "calls.hpp"
#include "injector.hpp"

int main(int argc, char** argv) {
  using namespace posdef;
  const auto calls = test::first_calls();
  if (argc == 1) {
    for (const auto& c : calls) std::printf("%s\n", c.name.c_str());
    return 0;
  }
  if (argc != 5) return 1;
  const test::library_call& c = calls.at(static_cast<std::size_t>(std::atoi(argv[1])));
  const auto hash = [](const std::vector<char>& bytes) {
    return std::hash<std::string_view>()(std::string_view(bytes.data(), bytes.size()));
  };
  const std::vector<char> start = c.start();
  std::vector<char> first = start, second = start;
  faults::arm(
      {static_cast<faults::kind>(std::atoi(argv[2])), std::atol(argv[3]), std::strcmp(argv[4], "onwards") == 0});
  const test::answer a = c.run(first.data());
  const faults::tally t = faults::disarm();
  const test::answer b = c.run(second.data());
  std::printf("%d %ld %ld %d %zu %d %zu\n", static_cast<int>(a), t.chances, t.faults, first == start ? 1 : 0,
              hash(first), static_cast<int>(b), hash(second));
  return 0;
}
