#include "io/byte_stream.hpp"

#include <algorithm>

#include "io/matrices.hpp"

namespace posdef::tools {

std::size_t byte_stream::read(char* to, std::size_t size) {
  std::size_t done = std::min(size, ahead_.size());
  std::copy_n(ahead_.data(), done, to);
  ahead_.erase(0, done);
  while (done < size) {
    const std::size_t got = fetch(to + done, size - done);
    if (got == 0) break;
    done += got;
  }
  return done;
}

std::string_view byte_stream::peek(std::size_t size) {
  while (ahead_.size() < size) {
    const std::size_t before = ahead_.size();
    ahead_.resize(size);
    const std::size_t got = fetch(ahead_.data() + before, size - before);
    ahead_.resize(before + got);
    if (got == 0) break;
  }
  return std::string_view(ahead_).substr(0, size);
}

std::optional<std::uint64_t> byte_stream::remaining() const {
  const std::optional<std::uint64_t> rest = unfetched();
  return rest ? std::optional(*rest + ahead_.size()) : std::nullopt;
}

std::string byte_stream::read_all(const std::string& name, std::uint64_t memory_limit) {
  constexpr std::size_t piece = std::size_t{1} << 16;
  const auto too_much = [&] {
    return input_error(name + ": more than " + human_bytes(memory_limit) +
                       " of data, which is all the memory that this process may use");
  };
  const std::optional<std::uint64_t> expected = remaining();
  if (expected && *expected > memory_limit) throw too_much();
  std::string all;
  if (expected) all.reserve(static_cast<std::size_t>(*expected) + piece);
  for (std::size_t got = piece; got == piece;) {
    const std::size_t before = all.size();
    all.resize(before + piece);
    got = read(all.data() + before, piece);
    all.resize(before + got);
    if (all.size() > memory_limit) throw too_much();
  }
  return all;
}

std::size_t memory_stream::fetch(char* to, std::size_t size) {
  const std::size_t done = std::min(size, left_.size());
  std::copy_n(left_.data(), done, to);
  left_.remove_prefix(done);
  return done;
}

}  // namespace posdef::tools
