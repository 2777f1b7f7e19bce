// Invalid arguments: every routine, type and integer size rejects what LAPACK rejects, in LAPACK's order, passes the
// routine's name and the argument's number to the program's XERBLA, and writes nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "symbols.hpp"

namespace {

struct report {
  std::string routine;
  std::int64_t number = 0;
  int integer_bytes = 0;
};
report last;

}  // namespace

// XERBLA of a Fortran program that replaces it, for each integer size.
extern "C" __attribute__((visibility("default"))) void xerbla_(const char* name, const std::int32_t* number,
                                                               std::size_t length) {
  last = {std::string(name, length), *number, 4};
}
extern "C" __attribute__((visibility("default"))) void xerbla_64_(const char* name, const std::int64_t* number,
                                                                  std::size_t length) {
  last = {std::string(name, length), *number, 8};
}

namespace {

using lapack_test::routines;

template <class TypeAndInt>
class Arguments : public testing::Test {
 protected:
  using T = typename TypeAndInt::first_type;
  using Int = typename TypeAndInt::second_type;

  // `routine` returned `info` for argument number `number`; 0 means no error.
  void expect(Int info, const std::string& routine, int number, const std::string& what) {
    EXPECT_EQ(info, -number) << routine << what;
    EXPECT_EQ(last.number, number) << routine << what;
    if (number != 0) {
      EXPECT_EQ(last.routine, upper(lapack_test::prefix<T> + routine)) << what;
      EXPECT_EQ(last.integer_bytes, static_cast<int>(sizeof(Int))) << routine << what;
    }
    EXPECT_EQ(a, untouched) << routine << what;
    EXPECT_EQ(b, untouched) << routine << what;
    last = {};
  }
  // As in Fortran: capitals, at least six characters.
  static std::string upper(std::string name) {
    for (char& c : name) c = static_cast<char>(std::toupper(c));
    name.resize(std::max<std::size_t>(name.size(), 6), ' ');
    return name;
  }

  routines<T, Int> lapack;
  const std::vector<T> untouched = std::vector<T>(9, T(7));
  std::vector<T> a = untouched, b = untouched;
};

template <class T>
using lp64 = std::pair<T, std::int32_t>;
template <class T>
using ilp64 = std::pair<T, std::int64_t>;
using all = testing::Types<lp64<float>, lp64<double>, lp64<std::complex<float>>, lp64<std::complex<double>>,
                           ilp64<float>, ilp64<double>, ilp64<std::complex<float>>, ilp64<std::complex<double>>>;
TYPED_TEST_SUITE(Arguments, all);

TYPED_TEST(Arguments, RoutinesWithOneMatrix) {
  for (const std::string routine : {"potrf", "potrf2", "potf2", "potri", "lauum"}) {
    const auto check = [&](char uplo, int n, int lda, int number) {
      this->expect(this->lapack.factor(routine, uplo, n, this->a.data(), lda), routine, number,
                   std::string(" uplo ") + uplo + " n " + std::to_string(n) + " lda " + std::to_string(lda));
    };
    check('/', 3, 3, 1);
    check('\0', 3, 3, 1);
    check('L' | 0x40 | 0x03, 3, 3, 1);
    check('L', -1, 3, 2);
    check('U', 3, 2, 4);
    check('u', 0, 0, 4);
    check('l', 0, -1, 4);
    check('/', -1, -1, 1);  // the first error counts
    check('L', -1, -1, 2);
    check('L', 0, 1, 0);
    check('u', 0, 1, 0);
  }
}

TYPED_TEST(Arguments, RoutinesWithRightHandSides) {
  for (const std::string routine : {"potrs", "posv"}) {
    const auto check = [&](char uplo, int n, int nrhs, int lda, int ldb, int number) {
      this->expect(this->lapack.solve(routine, uplo, n, nrhs, this->a.data(), lda, this->b.data(), ldb), routine,
                   number,
                   std::string(" uplo ") + uplo + " n " + std::to_string(n) + " nrhs " + std::to_string(nrhs) +
                       " lda " + std::to_string(lda) + " ldb " + std::to_string(ldb));
    };
    check('/', 2, 1, 2, 2, 1);
    check('L', -1, 1, 2, 2, 2);
    check('L', 2, -1, 2, 2, 3);
    check('L', 2, 1, 1, 2, 5);
    check('L', 2, 1, 2, 1, 7);
    check('L', 0, 1, 0, 1, 5);
    check('L', 0, 1, 1, 0, 7);
    check('/', -1, -1, -1, -1, 1);
    check('U', -1, -1, -1, -1, 2);
    check('U', 2, -1, -1, -1, 3);
    check('U', 2, 1, -1, -1, 5);
    check('u', 0, 1, 1, 1, 0);
    check('l', 0, 0, 1, 1, 0);
  }
  // Nothing to solve: potrs returns at once, so the zeros of this "factor" do not matter.
  this->expect(this->lapack.solve("potrs", 'L', 2, 0, this->a.data(), 2, this->b.data(), 2), "potrs", 0, " nrhs 0");
}

TYPED_TEST(Arguments, Trtri) {
  const auto check = [&](char uplo, char diag, int n, int lda, int number) {
    this->expect(
        this->lapack.trtri(uplo, diag, n, this->a.data(), lda), "trtri", number,
        std::string(" uplo ") + uplo + " diag " + diag + " n " + std::to_string(n) + " lda " + std::to_string(lda));
  };
  check('/', 'N', 2, 2, 1);
  check('L', '/', 2, 2, 2);
  check('L', 'L', 2, 2, 2);
  check('L', 'N', -1, 2, 3);
  check('L', 'N', 2, 1, 5);
  check('L', 'U', 0, 0, 5);
  check('/', '/', -1, -1, 1);
  check('U', '/', -1, -1, 2);
  check('U', 'U', -1, -1, 3);
  check('u', 'u', 0, 1, 0);
  check('l', 'n', 0, 1, 0);
}

}  // namespace
