// Finds cuSOLVER: by LD_LIBRARY_PATH and the system's linker, in /usr/local/cuda, or in the folders of a Python, where
// pip installs NVIDIA's packages: nvidia/cusolver/lib/libcusolver.so.11, nvidia/cu13/lib/libcusolver.so.12.
//
// pip puts its dependencies into adjacent folders. Usually the library has an RPATH to them; if it has none, they are
// loaded before it by their full paths, so that the loader finds them by their names.
#include <algorithm>
#include <stdexcept>

#include "gpu/participants.hpp"
#include "peers/library.hpp"

namespace posdef::bench {
namespace {

// In the order of dependency. If one cannot be loaded, loading cuSOLVER will report it.
void open_dependencies(const std::string& folder) {
  for (const char* const name : {"nvJitLink", "cublasLt", "cublas", "cusparse"}) {
    try {
      library({folder + "/nvidia/*/lib/lib" + name + ".so.[0-9]*"}, symbols::shared);
    } catch (const std::runtime_error&) {
    }
  }
}

// Newest first.
std::vector<std::string> packaged_in(const std::string& folder) {
  std::vector<std::string> paths = matching_files(folder + "/nvidia/*/lib/libcusolver.so.[0-9]*");
  std::sort(paths.begin(), paths.end(), [](const std::string& a, const std::string& b) {
    return std::stoi(a.substr(a.rfind(".so.") + 4)) > std::stoi(b.substr(b.rfind(".so.") + 4));
  });
  return paths;
}

}  // namespace

const std::vector<std::string>& usual_cusolver() {
  static const std::vector<std::string> paths = {
      "libcusolver.so.12", "libcusolver.so.11", "/usr/local/cuda/lib64/libcusolver.so.1[12]",
      "/usr/local/cuda/targets/*/lib/libcusolver.so.1[12]", "libcusolver.so"};
  return paths;
}

device_library find_cusolver(accelerator& where, const std::vector<std::string>& usual,
                             const std::function<std::vector<std::string>()>& python_folders) {
  std::string reason;
  try {
    return load_cusolver(where, usual);
  } catch (const std::runtime_error& problem) {
    reason = problem.what();
  }
  for (const std::string& folder : python_folders()) {
    for (const std::string& path : packaged_in(folder)) {
      for (const bool prepared : {false, true}) {
        try {
          if (prepared) open_dependencies(folder);
          return load_cusolver(where, {path});
        } catch (const std::runtime_error& problem) {
          reason = problem.what();
        }
      }
    }
  }
  throw std::runtime_error(reason);
}

}  // namespace posdef::bench
