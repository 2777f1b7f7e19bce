// What gzip packed, unpacked by zlib. Several members one after another are one file, as gzip itself takes them.
#ifndef POSDEF_CLI_IO_GZIP_STREAM_HPP
#define POSDEF_CLI_IO_GZIP_STREAM_HPP

#include <memory>

#include "io/byte_stream.hpp"

namespace posdef::tools {

/// Unpacks `packed`, which has to outlive it. `name` begins the text of its errors.
std::unique_ptr<byte_stream> unpack_gzip(byte_stream& packed, const std::string& name);

}  // namespace posdef::tools

#endif
