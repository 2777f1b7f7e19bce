// Program binaries kept on disk between runs.
//
// The folder is POSDEF_CACHE_DIR (empty: nothing is kept), else XDG_CACHE_HOME/posdef, else ~/.cache/posdef. A file
// holds the whole key (platform, device, driver, posdef's version, options, source) and a checksum beside the binary;
// one that does not match in everything is as good as absent. Files are written under a name of their own and renamed,
// so that a reader finds a whole file or none. What goes wrong with the disk is no error: the program is built again.
#pragma once

#include <optional>
#include <string>

namespace posdef::internal::opencl {

std::optional<std::string> load_cached(const std::string& key);
void store_cached(const std::string& key, const std::string& binary);

}  // namespace posdef::internal::opencl
