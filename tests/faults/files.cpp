// Files, threads and signals: each call is a chance; unless it must fail, it calls the C library.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chances.hpp"

using namespace posdef::faults;

#define POSDEF_STANDS_IN extern "C" __attribute__((visibility("default")))

namespace {

template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(real_function(name));
}

/// The call itself, or -1 with the ordered errno; a signal may arrive before and after it.
template <class Call>
auto with_chances(const Call& call) -> decltype(call()) {
  chance_of_signal();
  if (strikes(kind::files)) {
    errno = ordered_number();
    return -1;
  }
  const auto result = call();
  const int error = errno;
  chance_of_signal();
  errno = error;
  return result;
}

/// How many bytes a read or write may transfer: half of them for a short transfer; 0 with errno for an interruption.
size_t in_part(size_t bytes) {
  if (bytes < 2 || !strikes(kind::partial)) return bytes;
  if (ordered_number() == 0) return bytes / 2;
  errno = ordered_number();
  return 0;
}

template <class Call>
ssize_t moves(size_t bytes, const Call& call) {
  return with_chances([&]() -> ssize_t {
    const size_t now = in_part(bytes);
    return now == 0 && bytes > 0 ? -1 : call(now);
  });
}

mode_t mode_of(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
}

using open_function = int (*)(const char*, int, ...);
using openat_function = int (*)(int, const char*, int, ...);

}  // namespace

#define POSDEF_OPEN(name)                                         \
  POSDEF_STANDS_IN int name(const char* path, int flags, ...) {   \
    static const auto call = real<open_function>(#name);          \
    va_list arguments;                                            \
    va_start(arguments, flags);                                   \
    const mode_t mode = mode_of(flags, arguments);                \
    va_end(arguments);                                            \
    file_opened();                                                \
    return with_chances([&] { return call(path, flags, mode); }); \
  }
POSDEF_OPEN(open)
POSDEF_OPEN(open64)

#define POSDEF_OPENAT(name)                                                 \
  POSDEF_STANDS_IN int name(int folder, const char* path, int flags, ...) { \
    static const auto call = real<openat_function>(#name);                  \
    va_list arguments;                                                      \
    va_start(arguments, flags);                                             \
    const mode_t mode = mode_of(flags, arguments);                          \
    va_end(arguments);                                                      \
    file_opened();                                                          \
    return with_chances([&] { return call(folder, path, flags, mode); });   \
  }
POSDEF_OPENAT(openat)
POSDEF_OPENAT(openat64)

POSDEF_STANDS_IN ssize_t read(int fd, void* to, size_t bytes) {
  static const auto call = real<ssize_t (*)(int, void*, size_t)>("read");
  return moves(bytes, [&](size_t now) { return call(fd, to, now); });
}

POSDEF_STANDS_IN ssize_t write(int fd, const void* from, size_t bytes) {
  static const auto call = real<ssize_t (*)(int, const void*, size_t)>("write");
  return moves(bytes, [&](size_t now) { return call(fd, from, now); });
}

POSDEF_STANDS_IN ssize_t sendfile(int to, int from, off_t* offset, size_t bytes) noexcept {
  static const auto call = real<ssize_t (*)(int, int, off_t*, size_t)>("sendfile");
  return moves(bytes, [&](size_t now) { return call(to, from, offset, now); });
}

POSDEF_STANDS_IN int fsync(int fd) {
  static const auto call = real<int (*)(int)>("fsync");
  return with_chances([&] { return call(fd); });
}

POSDEF_STANDS_IN int ftruncate(int fd, off_t length) noexcept {
  static const auto call = real<int (*)(int, off_t)>("ftruncate");
  return with_chances([&] { return call(fd, length); });
}

POSDEF_STANDS_IN int rename(const char* from, const char* to) noexcept {
  static const auto call = real<int (*)(const char*, const char*)>("rename");
  return with_chances([&] {
    if (rename_error() == 0) return call(from, to);
    errno = rename_error();
    return -1;
  });
}

// Of the standard streams only stdout can fail: errors go to stderr.
POSDEF_STANDS_IN size_t fwrite(const void* from, size_t bytes, size_t count, FILE* file) {
  static const auto call = real<size_t (*)(const void*, size_t, size_t, FILE*)>("fwrite");
  if (file != stdout) return call(from, bytes, count, file);
  const ssize_t done = with_chances([&] { return static_cast<ssize_t>(call(from, bytes, count, file)); });
  return done < 0 ? 0 : static_cast<size_t>(done);
}

POSDEF_STANDS_IN int putc(int c, FILE* file) {
  static const auto call = real<int (*)(int, FILE*)>("putc");
  return file != stdout ? call(c, file) : with_chances([&] { return call(c, file); });
}

POSDEF_STANDS_IN int fflush(FILE* file) {
  static const auto call = real<int (*)(FILE*)>("fflush");
  return file != stdout ? call(file) : with_chances([&] { return call(file); });
}

POSDEF_STANDS_IN int pthread_create(pthread_t* thread, const pthread_attr_t* how, void* (*f)(void*), void* x) noexcept {
  using function = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const auto call = real<function>("pthread_create");
  return strikes(kind::threads) ? EAGAIN : call(thread, how, f, x);
}
