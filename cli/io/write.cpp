#include "io/write.hpp"

#include <strings.h>

namespace posdef::tools {
namespace {

bool wants_matrix_market(const std::string& path) {
  return path.size() >= 4 && strcasecmp(path.c_str() + path.size() - 4, ".mtx") == 0;
}

}  // namespace

void require_writable(const std::string& path, std::int64_t batch) {
  if (wants_matrix_market(path) && batch != 1) {
    throw input_error(path + ": a Matrix Market file holds one matrix, not " + std::to_string(batch) +
                      "; expected a name that ends in .npy");
  }
}

void write_matrices(output_file& out, const any_matrices& m, structure s) {
  if (wants_matrix_market(out.path())) {
    write_matrix_market(out, m, s);
  } else {
    write_npy(out, m);
  }
}

}  // namespace posdef::tools
