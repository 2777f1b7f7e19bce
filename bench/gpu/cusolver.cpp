// cuSOLVER as a peer, through the C functions of its dense part. The library is loaded at run time: the build needs
// neither its headers nor the library. Handles are opaque; enumerations have the values of its headers.
#include <cmath>
#include <memory>
#include <stdexcept>

#include "gpu/participants.hpp"
#include "peers/library.hpp"

namespace posdef::bench {
namespace {

// cublasFillMode_t, and cudaDataType of the four types.
constexpr int fill_lower = 0, fill_upper = 1;
template <scalar T>
constexpr int data_type = 0;
template <>
constexpr int data_type<double> = 1;
template <>
constexpr int data_type<std::complex<float>> = 4;
template <>
constexpr int data_type<std::complex<double>> = 5;
template <scalar T>
constexpr char letter = 'S';
template <>
constexpr char letter<double> = 'D';
template <>
constexpr char letter<std::complex<float>> = 'C';
template <>
constexpr char letter<std::complex<double>> = 'Z';

void check(int status, const std::string& function) {
  if (status != 0) throw std::runtime_error(function + " gave status " + std::to_string(status));
}

template <class F>
F* need(const library& lib, const std::string& function) {
  if (F* const f = lib.function<F>(function)) return f;
  throw std::runtime_error(lib.path() + " has no " + function);
}

// The library and its handle on the accelerator's stream; kept alive by the routines that use it.
struct solver {
  solver(accelerator& device, const std::vector<std::string>& paths) : where(device), lib(paths, symbols::own) {
    check(need<int(void**)>(lib, "cusolverDnCreate")(&handle), "cusolverDnCreate");
    try {
      check(need<int(void*, void*)>(lib, "cusolverDnSetStream")(handle, where.stream()), "cusolverDnSetStream");
      check(need<int(void**)>(lib, "cusolverDnCreateParams")(&parameters), "cusolverDnCreateParams");
    } catch (...) {
      destroy();
      throw;
    }
  }
  ~solver() { destroy(); }
  solver(const solver&) = delete;
  solver& operator=(const solver&) = delete;

  void destroy() {
    if (auto* const f = lib.function<int(void*)>("cusolverDnDestroyParams"); f != nullptr && parameters != nullptr)
      f(parameters);
    if (auto* const f = lib.function<int(void*)>("cusolverDnDestroy"); f != nullptr && handle != nullptr) f(handle);
  }
  std::string version() const {
    auto* const property = lib.function<int(int, int*)>("cusolverGetProperty");
    int v[3] = {};
    for (int part = 0; property != nullptr && part < 3; ++part) property(part, &v[part]);  // major, minor, patch
    return std::to_string(v[0]) + "." + std::to_string(v[1]) + "." + std::to_string(v[2]) + " (" + lib.file() + ")";
  }

  accelerator& where;
  const library lib;
  void* handle = nullptr;
  void* parameters = nullptr;
};

// The memory of a call: its workspace and one info per matrix.
struct call_memory {
  std::shared_ptr<const solver> owner;
  device_memory work, info;
  std::vector<unsigned char> host_work = {};
};

// potrf, one matrix of the batch after another.
template <scalar T>
device_call loop_potrf(const std::shared_ptr<const solver>& s, int fill, const cell& c, const buffers<T>& all) {
  const std::string name = std::string("cusolverDn") + letter<T> + "potrf";
  auto* const size_of = need<int(void*, int, int, T*, int, int*)>(s->lib, name + "_bufferSize");
  auto* const potrf = need<int(void*, int, int, T*, int, T*, int, int*)>(s->lib, name);
  const int n = static_cast<int>(c.n);
  int elements = 0;
  check(size_of(s->handle, fill, n, all.data, n, &elements), name + "_bufferSize");
  const auto kept = std::make_shared<call_memory>(
      call_memory{.owner = s,
                  .work = device_memory(s->where, static_cast<std::size_t>(elements) * sizeof(T)),
                  .info = device_memory(s->where, static_cast<std::size_t>(c.batch) * sizeof(int))});
  return [=](std::int64_t k) {
    for (std::int64_t b = 0; b < c.batch; ++b) {
      T* const a = all.of(k) + b * c.n * c.n;
      check(potrf(kept->owner->handle, fill, n, a, n, kept->work.as<T>(), elements, kept->info.as<int>() + b), name);
    }
  };
}

// The whole batch in one call. It needs an array of pointers in device memory; there is one for every buffer.
template <scalar T>
device_call batched(const std::shared_ptr<const solver>& s, int fill, const cell& c, const buffers<T>& all) {
  const std::string name = std::string("cusolverDn") + letter<T> + "potrfBatched";
  auto* const potrf = need<int(void*, int, int, T**, int, int*, int)>(s->lib, name);
  std::vector<T*> pointers;
  for (std::int64_t m = 0; m < all.count * c.batch; ++m) pointers.push_back(all.data + m * c.n * c.n);
  const std::size_t bytes = pointers.size() * sizeof(T*);
  const auto kept = std::make_shared<call_memory>(
      call_memory{.owner = s,
                  .work = device_memory(s->where, bytes),
                  .info = device_memory(s->where, static_cast<std::size_t>(c.batch) * sizeof(int))});
  s->where.upload(kept->work.as<T*>(), pointers.data(), bytes);
  return [=, n = static_cast<int>(c.n), batch = static_cast<int>(c.batch)](std::int64_t k) {
    check(potrf(kept->owner->handle, fill, n, kept->work.as<T*>() + k * c.batch, n, kept->info.as<int>(), batch), name);
  };
}

// The 64-bit interface, one matrix of the batch after another.
template <scalar T>
device_call loop_xpotrf(const std::shared_ptr<const solver>& s, int fill, const cell& c, const buffers<T>& all) {
  auto* const size_of =
      need<int(void*, void*, int, std::int64_t, int, const void*, std::int64_t, int, std::size_t*, std::size_t*)>(
          s->lib, "cusolverDnXpotrf_bufferSize");
  auto* const potrf = need<int(void*, void*, int, std::int64_t, int, void*, std::int64_t, int, void*, std::size_t,
                               void*, std::size_t, int*)>(s->lib, "cusolverDnXpotrf");
  std::size_t on_device = 0, on_host = 0;
  check(size_of(s->handle, s->parameters, fill, c.n, data_type<T>, all.data, c.n, data_type<T>, &on_device, &on_host),
        "cusolverDnXpotrf_bufferSize");
  const auto kept = std::make_shared<call_memory>(
      call_memory{.owner = s,
                  .work = device_memory(s->where, on_device),
                  .info = device_memory(s->where, static_cast<std::size_t>(c.batch) * sizeof(int)),
                  .host_work = std::vector<unsigned char>(on_host)});
  return [=](std::int64_t k) {
    for (std::int64_t b = 0; b < c.batch; ++b) {
      check(potrf(kept->owner->handle, kept->owner->parameters, fill, c.n, data_type<T>, all.of(k) + b * c.n * c.n, c.n,
                  data_type<T>, kept->work.as<void>(), on_device, kept->host_work.data(), on_host,
                  kept->info.as<int>() + b),
            "cusolverDnXpotrf");
    }
  };
}

// A row-major lower triangle is a column-major upper one.
int fill_of(const cell& c) {
  return (c.uplo == uplo::lower) == (c.layout == layout::col_major) ? fill_lower : fill_upper;
}

template <scalar T>
void add_ways(device_library& l, const std::shared_ptr<const solver>& s) {
  using maker = device_call (*)(const std::shared_ptr<const solver>&, int, const cell&, const buffers<T>&);
  const auto add = [&](const char* way, maker make) {
    for (const bool other : {false, true}) {
      const auto prepare = [s, make, other](const cell& c, const buffers<T>& all) {
        return make(s, other ? fill_upper - fill_of(c) : fill_of(c), c, all);
      };
      const std::string words = std::string(way) + (other ? ", other fill mode" : "");
      l.of<T>().push_back({.way = words, .other_triangle = other, .prepare = prepare});
    }
  };
  add("potrf", loop_potrf<T>);
  add("potrfBatched", batched<T>);
  add("Xpotrf", loop_xpotrf<T>);
}

}  // namespace

device_library load_cusolver(accelerator& where, const std::vector<std::string>& paths) {
  const auto s = std::make_shared<const solver>(where, paths);
  device_library l{.name = "cuSOLVER", .version = s->version()};
  add_ways<float>(l, s);
  add_ways<double>(l, s);
  add_ways<std::complex<float>>(l, s);
  add_ways<std::complex<double>>(l, s);
  return l;
}

}  // namespace posdef::bench
