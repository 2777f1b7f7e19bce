// Unpacks gzip data with zlib. Concatenated members form one file, as in gzip itself.
#ifndef POSDEF_TOOLS_IO_GZIP_STREAM_HPP
#define POSDEF_TOOLS_IO_GZIP_STREAM_HPP

#include <memory>

#include "io/byte_stream.hpp"

namespace posdef::tools {

/// Unpacks `packed`, which must outlive the result. `name` begins the error texts.
std::unique_ptr<byte_stream> unpack_gzip(byte_stream& packed, const std::string& name);

}  // namespace posdef::tools

#endif
