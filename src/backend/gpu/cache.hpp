// What is kept on disk between runs: binaries of programs, settings measured on a device.
//
// The folder is POSDEF_CACHE_DIR (empty: nothing is kept), else XDG_CACHE_HOME/posdef, else ~/.cache/posdef. A file
// holds the whole key (platform, device, driver, posdef's version, options, source) and a checksum beside its content;
// one that does not match in everything is as good as absent. Files are written under a name of their own and renamed,
// so that a reader finds a whole file or none. What goes wrong with the disk is no error: it is made again.
#pragma once

#include <optional>
#include <string>

namespace posdef::internal::gpu {

std::optional<std::string> load_cached(const std::string& key);
/// Whether it is there now.
bool store_cached(const std::string& key, const std::string& content);

}  // namespace posdef::internal::gpu
