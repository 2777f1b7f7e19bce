// A small fuzzer for every normal test run: valid files cut at every byte, with every byte changed, with pieces
// inserted, doubled and removed. It checks the same properties as the libFuzzer targets.
#include <gtest/gtest.h>

#include <random>

#include "readers.hpp"
#include "seeds.hpp"

namespace posdef::test {
namespace {

struct target {
  const char* name;
  reader read;
  std::vector<std::string> seeds;
};
void PrintTo(const target& t, std::ostream* out) { *out << t.name; }

class Mutation : public testing::TestWithParam<target> {
 protected:
  bool taken(std::string_view bytes) const {
    // A heap copy of exactly this size: a sanitizer then detects any access past the end.
    const std::vector<char> copy(bytes.begin(), bytes.end());
    return takes(GetParam().read, std::string_view(copy.data(), copy.size()));
  }
};

TEST_P(Mutation, SeedsAreAccepted) {
  for (const std::string& seed : GetParam().seeds) EXPECT_TRUE(taken(seed)) << seed;
}

TEST_P(Mutation, CutAtEveryByte) {
  for (const std::string& seed : GetParam().seeds) {
    int taken_cut = 0;
    for (std::size_t size = 0; size < seed.size(); ++size) taken_cut += taken(std::string_view(seed).substr(0, size));
    // Only a missing newline, or missing digits of the last number, can remain undetected.
    EXPECT_LE(taken_cut, 20) << seed;
  }
}

TEST_P(Mutation, EveryByteChanged) {
  for (const std::string& seed : GetParam().seeds) {
    for (std::size_t at = 0; at < seed.size(); ++at) {
      std::string changed = seed;
      for (const char to : {'\0', '\n', ' ', '-', '9', 'e', '%', '(', '\'', '\x7f', '\xff'}) {
        changed[at] = to;
        taken(changed);
      }
    }
  }
}

TEST_P(Mutation, PiecesInsertedDoubledAndRemoved) {
  std::mt19937 random(1);
  const std::vector<std::string> pieces = {
      "99999999999999999999", "9223372036854775807", "-1", "1e999", "nan", "\n", "\r\n", "%", " ",         "0",
      std::string(300, '1'),  std::string(3, '\0'),  "(",  ")",     ",",   "'",  "{",    "}", "4294967296"};
  for (const std::string& seed : GetParam().seeds) {
    for (int k = 0; k < 3000; ++k) {
      std::string changed = seed;
      for (int edits = 1 + static_cast<int>(random() % 3); edits > 0; --edits) {
        const std::size_t at = random() % (changed.size() + 1);
        const std::size_t length = std::min<std::size_t>(random() % 8, changed.size() - at);
        switch (random() % 3) {
          case 0: changed.insert(at, pieces[random() % pieces.size()]); break;
          case 1: changed.insert(at, changed.substr(at, length)); break;
          default: changed.erase(at, length);
        }
      }
      taken(changed);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Readers, Mutation,
                         testing::Values(target{"MatrixMarket", tools::read_matrix_market, matrix_market_seeds()},
                                         target{"Npy", read_npy_bytes, npy_seeds()},
                                         target{"Table", tools::read_table, table_seeds()}),
                         [](const auto& c) { return std::string(c.param.name); });

}  // namespace
}  // namespace posdef::test
