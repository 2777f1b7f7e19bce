// The disk cache of program binaries and measured settings.
//
// The folder is POSDEF_CACHE_DIR (empty: no cache), else XDG_CACHE_HOME/posdef, else ~/.cache/posdef. A file holds the
// complete key (platform, device, driver, posdef version, options, source), the content and a checksum. A file that
// does not match is ignored. Files are written under a temporary name and renamed, so that a reader never sees a
// partial file. Disk errors are ignored; the content is then built again.
#pragma once

#include <optional>
#include <string>

namespace posdef::internal::gpu {

std::optional<std::string> load_cached(const std::string& key);
/// Returns whether the content is stored.
bool store_cached(const std::string& key, const std::string& content);

}  // namespace posdef::internal::gpu
