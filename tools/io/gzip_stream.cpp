#include "io/gzip_stream.hpp"

#include "io/matrices.hpp"

#if POSDEF_CLI_ARCHIVES

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace posdef::tools {
namespace {

class gzip_stream : public byte_stream {
 public:
  gzip_stream(byte_stream& packed, std::string name) : packed_(packed), name_(std::move(name)) {
    constexpr int gzip_alone = 15 + 16;  // the largest window, gzip format only
    if (inflateInit2(&state_, gzip_alone) != Z_OK) throw std::bad_alloc();
  }
  ~gzip_stream() override { inflateEnd(&state_); }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw input_error(name_ + ": gzip: " + what); }

  void refill() {
    if (state_.avail_in > 0) return;
    state_.avail_in = static_cast<unsigned>(packed_.read(input_, sizeof input_));
    state_.next_in = reinterpret_cast<unsigned char*>(input_);
  }

  std::size_t fetch(char* to, std::size_t size) override {
    constexpr std::size_t most = std::numeric_limits<unsigned>::max();
    state_.next_out = reinterpret_cast<unsigned char*>(to);
    state_.avail_out = static_cast<unsigned>(std::min(size, most));
    const unsigned room = state_.avail_out;
    while (state_.avail_out == room && room > 0) {
      refill();
      if (ended_) {  // end of a member: another one may follow
        if (state_.avail_in == 0) return 0;
        inflateReset(&state_);
        ended_ = false;
      }
      if (state_.avail_in == 0) fail("the packed data ends too early (the file is truncated)");
      const int answer = inflate(&state_, Z_NO_FLUSH);
      if (answer == Z_MEM_ERROR) throw std::bad_alloc();
      if (answer != Z_OK && answer != Z_STREAM_END) fail(state_.msg != nullptr ? state_.msg : "the data is damaged");
      ended_ = answer == Z_STREAM_END;
    }
    return room - state_.avail_out;
  }
  std::optional<std::uint64_t> unfetched() const override { return std::nullopt; }

  byte_stream& packed_;
  std::string name_;
  z_stream state_{};
  bool ended_ = false;
  char input_[1 << 16];
};

}  // namespace

std::unique_ptr<byte_stream> unpack_gzip(byte_stream& packed, const std::string& name) {
  return std::make_unique<gzip_stream>(packed, name);
}

}  // namespace posdef::tools

#else

namespace posdef::tools {

std::unique_ptr<byte_stream> unpack_gzip(byte_stream&, const std::string& name) {
  throw input_error(name +
                    ": packed by gzip; this program was built without gzip support (cmake -DPOSDEF_CLI_ARCHIVES=ON)");
}

}  // namespace posdef::tools

#endif
