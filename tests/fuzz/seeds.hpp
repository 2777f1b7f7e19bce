// Small valid files of every format, from which fuzzing and mutation start.
#ifndef POSDEF_TESTS_FUZZ_SEEDS_HPP
#define POSDEF_TESTS_FUZZ_SEEDS_HPP

#include <string>
#include <vector>

#include "cli/npy_file.hpp"

namespace posdef::test {

inline std::vector<std::string> matrix_market_seeds() {
  const std::string head = "%%MatrixMarket matrix ";
  return {
      head + "coordinate real symmetric\n% a comment\n3 3 4\n1 1 4\n2 1 -1.5\n2 2 4.25\n3 3 1e2\n",
      head + "coordinate real general\r\n2 2 3\r\n1 1 4\r\n\r\n2 1 0.1\r\n1 2 0.1\r\n",
      head + "coordinate complex hermitian\n2 2 3\n1 1 4 0\n2 1 1 -2.5e-3\n2 2 5 0\n",
      head + "coordinate integer symmetric\n2 2 2\n1 1 +7\n2 2 9007199254740992\n",
      head + "array real general\n2 2\n1\n.5\n0.5\nnan\n",
      head + "array real symmetric\n2 2\n1\n-inf\n3\n",
      head + "array complex general\n1 2\n1 2\n3 4\n",
      head + "array complex hermitian\n2 2\n1 0\n3 4\n5 0\n",
      head + "array real general\n0 0\n",
  };
}

inline std::vector<std::string> npy_seeds() {
  const std::string data("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
  return {
      npy_file(npy_dictionary("<f8", "False", "(2, 2)"), data.substr(0, 32)),
      npy_file(npy_dictionary("<f8", "True", "(2, 2)"), data.substr(0, 32)),
      npy_file(npy_dictionary(">f4", "False", "(2, 2, 2)"), data.substr(0, 32)),
      npy_file(npy_dictionary("<c8", "True", "(2, 2, 2)"), data, 2),
      npy_file(npy_dictionary(">c16", "False", "(2, 2)"), data, 3),
      npy_file(npy_dictionary("=f4", "False", "(4,)"), data.substr(0, 16)),
      npy_file(npy_dictionary("<f8", "False", "(0, 3, 3)"), ""),
      npy_file(npy_dictionary("<i4", "True", "(2, 1, 2, 2)"), data.substr(0, 32)),
      npy_file(npy_dictionary("<u8", "False", "(1L, 1L)"), std::string(8, '\1').replace(6, 2, 2, '\0')),
      npy_file(npy_dictionary(">f2", "False", "(2, 2)"), data.substr(0, 8)),
      npy_file(npy_dictionary("|b1", "False", "(2, 2)"), std::string(4, '\1')),
  };
}

inline std::vector<std::string> table_seeds() {
  return {
      "4,0.1\n0.1,2\n",
      "# of numpy.savetxt\n4.0e+00 1.0e-01\r\n1.0e-01 2\r\n",
      "\xEF\xBB\xBF"
      "1;-2.5\n-2.5;+3\n",
      "1\tnan\n\ninf\t2",
      "4,1+2j\n1-2j,5\n",
      "(4+0j) (1e-3-2j)\n (1e-3+2j) 5\n",
  };
}

}  // namespace posdef::test

#endif
