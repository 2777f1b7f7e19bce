// write_seeds FOLDER: writes the seeds of each fuzz target into its own folder, for libFuzzer.
#include <filesystem>
#include <fstream>

#include "seeds.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto write = [&](const std::string& target, const std::vector<std::string>& seeds) {
    const std::filesystem::path folder = std::filesystem::path(argv[1]) / target;
    std::filesystem::create_directories(folder);
    for (std::size_t k = 0; k < seeds.size(); ++k) {
      std::ofstream(folder / ("seed" + std::to_string(k)), std::ios::binary) << seeds[k];
    }
  };
  write("fuzz_matrix_market", posdef::test::matrix_market_seeds());
  write("fuzz_npy", posdef::test::npy_seeds());
  write("fuzz_table", posdef::test::table_seeds());
}
