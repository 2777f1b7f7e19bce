// Every call works on one block of memory with info, numbers, matrices and right-hand sides.
#include "calls.hpp"

#include <posdef/posdef.h>

#include <cmath>
#include <complex>
#include <cstdio>
#include <cstring>
#include <new>
#include <posdef/posdef.hpp>

#include "c_api/dtype.hpp"

namespace posdef::test {
namespace {

// Set before devices are listed: the behaviour of an OpenCL driver without memory is not posdef's.
[[maybe_unused]] const bool without_drivers = setenv("OCL_ICD_VENDORS", "/nonexistent", 1) == 0;

enum class operation { cholesky, cholesky_solve, cholesky_inverse, solve_triangular, inv_triangular, cholesky_logdet };
constexpr const char* operation_names[] = {"cholesky",         "cholesky_solve", "cholesky_inverse",
                                           "solve_triangular", "inv_triangular", "cholesky_logdet"};
constexpr operation all_operations[] = {operation::cholesky,         operation::cholesky_solve,
                                        operation::cholesky_inverse, operation::solve_triangular,
                                        operation::inv_triangular,   operation::cholesky_logdet};

constexpr std::int64_t nrhs = 2;

struct sizes {
  std::int64_t n, batch;
  int threads;
};

template <class T>
struct memory {
  std::int64_t* info;
  real_type<T>* value;
  T *a, *b;
  std::size_t bytes;
};

template <class T>
memory<T> cut(char* block, const sizes& s) {
  std::size_t used = 0;
  const auto take = [&]<class R>(R*& to, std::int64_t count) {
    to = reinterpret_cast<R*>(block + used);
    used += (static_cast<std::size_t>(count) * sizeof(R) + 63) / 64 * 64;
  };
  memory<T> m{};
  take(m.info, s.batch);
  take(m.value, s.batch);
  take(m.a, s.n * s.n * s.batch);
  take(m.b, s.n * nrhs * s.batch);
  m.bytes = used;
  return m;
}

/// A lower triangle with a dominant diagonal, column-major: used as a factor or as a matrix to factor.
template <class T>
void fill(T* a, std::int64_t n, std::int64_t which) {
  for (std::int64_t j = 0; j < n; ++j) {
    a[j + j * n] = T(real_type<T>(2 + (j + which) % 3));
    for (std::int64_t i = j + 1; i < n; ++i)
      a[i + j * n] = T(real_type<T>((i * 7 + j * 3 + which) % 11 - 5)) / T(real_type<T>(8 * n));
  }
}

template <class T>
std::vector<char> start(const sizes& s, bool indefinite) {
  std::vector<char> block(cut<T>(nullptr, s).bytes);
  const memory<T> m = cut<T>(block.data(), s);
  for (std::int64_t k = 0; k < s.batch; ++k) {
    m.info[k] = -7;
    m.value[k] = -7;
    fill(m.a + k * s.n * s.n, s.n, k);
  }
  for (std::int64_t i = 0; i < s.n * nrhs * s.batch; ++i) m.b[i] = T(real_type<T>(i % 17 - 8));
  if (indefinite) m.a[s.n * s.n - 1] = T(-1);
  return block;
}

template <class F>
answer answer_of(const F& f) {
  try {
    f();
    return answer::success;
  } catch (const out_of_memory&) {
    return answer::no_memory;
  } catch (const numerical_error&) {
    return answer::numerical;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "an undocumented exception: %s\n", e.what());
  }
  return answer::wrong;
}

answer answer_of(posdef_status status) {
  switch (status) {
    case POSDEF_SUCCESS: return answer::success;
    case POSDEF_OUT_OF_MEMORY: return posdef_last_error()[0] != '\0' ? answer::no_memory : answer::wrong;
    case POSDEF_NOT_POSITIVE_DEFINITE:
    case POSDEF_SINGULAR: return answer::numerical;
  }
  std::fprintf(stderr, "status %d: %s\n", static_cast<int>(status), posdef_last_error());
  return answer::wrong;
}

// ---- The C++ interface ----

/// The convenience form, which throws.
template <class T>
void call(operation what, const memory<T>& m, const sizes& s, const options& o) {
  const auto a = col_major(m.a, s.n).batched(s.batch);
  const auto b = view<T>(m.b, s.n, nrhs).batched(s.batch);
  switch (what) {
    case operation::cholesky: return cholesky(a, o);
    case operation::cholesky_solve: return cholesky_solve<T>(a, b, o);
    case operation::cholesky_inverse: return cholesky_inverse(a, o);
    case operation::solve_triangular: return solve_triangular<T>(a, b, o);
    case operation::inv_triangular: return inv_triangular(a, o);
    case operation::cholesky_logdet:
      return cholesky_logdet(a, std::span(m.value, static_cast<std::size_t>(s.batch)), o);
  }
}

template <class T>
void call_plan(operation what, const memory<T>& m, const sizes& s, const options& o) {
  const auto a = col_major(m.a, s.n).batched(s.batch);
  const auto b = view<T>(m.b, s.n, nrhs).batched(s.batch);
  const info_span info(m.info, static_cast<std::size_t>(s.batch));
  plan<T> p({}, {s.n, s.batch, nrhs}, o);
  switch (what) {
    case operation::cholesky: p.cholesky(a, info); break;
    case operation::cholesky_solve: p.cholesky_solve(a, b, info); break;
    case operation::cholesky_inverse: p.cholesky_inverse(a, info); break;
    case operation::solve_triangular: p.solve_triangular(a, b, info); break;
    case operation::inv_triangular: p.inv_triangular(a, info); break;
    case operation::cholesky_logdet:
      p.cholesky_logdet(a, std::span(m.value, static_cast<std::size_t>(s.batch)), info);
      break;
  }
}

// ---- The C interface ----

template <class T>
posdef_status call_c(operation what, const memory<T>& m, const sizes& s, const posdef_options& o) {
  posdef_matrix a = posdef_col_major(dtype_of<T>, m.a, s.n, s.n), b = posdef_col_major(dtype_of<T>, m.b, s.n, nrhs);
  a.batch = b.batch = s.batch;
  switch (what) {
    case operation::cholesky: return posdef_cholesky(&a, nullptr, nullptr, &o);
    case operation::cholesky_solve: return posdef_cholesky_solve(&a, &b, nullptr, m.info, &o);
    case operation::cholesky_inverse: return posdef_cholesky_inverse(&a, nullptr, m.info, &o);
    case operation::solve_triangular: return posdef_solve_triangular(&a, &b, nullptr, nullptr, &o);
    case operation::inv_triangular: return posdef_inv_triangular(&a, nullptr, m.info, &o);
    case operation::cholesky_logdet: return posdef_cholesky_logdet(&a, m.value, m.info, &o);
  }
  return POSDEF_INTERNAL;
}

template <class T>
posdef_status call_c_plan(operation what, const memory<T>& m, const sizes& s, const posdef_options& o) {
  posdef_matrix a = posdef_col_major(dtype_of<T>, m.a, s.n, s.n), b = posdef_col_major(dtype_of<T>, m.b, s.n, nrhs);
  a.batch = b.batch = s.batch;
  posdef_plan* p = nullptr;
  posdef_status status = posdef_plan_create(&p, dtype_of<T>, s.n, s.batch, nrhs, &o, nullptr, 0);
  if (status != POSDEF_SUCCESS) return p == nullptr ? status : POSDEF_INTERNAL;
  switch (what) {
    case operation::cholesky: status = posdef_plan_cholesky(p, &a, nullptr, m.info); break;
    case operation::cholesky_solve: status = posdef_plan_cholesky_solve(p, &a, &b, nullptr, m.info); break;
    case operation::cholesky_inverse: status = posdef_plan_cholesky_inverse(p, &a, nullptr, nullptr); break;
    case operation::solve_triangular: status = posdef_plan_solve_triangular(p, &a, &b, nullptr, m.info); break;
    case operation::inv_triangular: status = posdef_plan_inv_triangular(p, &a, nullptr, m.info); break;
    case operation::cholesky_logdet: status = posdef_plan_cholesky_logdet(p, &a, m.value, nullptr); break;
  }
  posdef_plan_destroy(p);
  return status;
}

enum class form { cxx, cxx_plan, c, c_plan };
constexpr const char* form_names[] = {"C++", "C++ plan", "C", "C plan"};

template <class T>
library_call make(form d, operation what, const sizes& s, bool indefinite = false) {
  library_call c;
  c.name = std::string(form_names[static_cast<int>(d)]) + " " + operation_names[static_cast<int>(what)] + " type " +
           std::to_string(dtype_of<T>) + " n " + std::to_string(s.n) + " batch " + std::to_string(s.batch) +
           " threads " + std::to_string(s.threads) + (indefinite ? " indefinite" : "");
  c.start = [=] { return start<T>(s, indefinite); };
  c.usual = indefinite ? answer::numerical : answer::success;
  c.threads = s.threads;
  options o;
  o.threads = s.threads;
  posdef_options c_options = POSDEF_OPTIONS_INIT;
  c_options.threads = s.threads;
  c.run = [=](char* block) {
    const memory<T> m = cut<T>(block, s);
    switch (d) {
      case form::cxx: return answer_of([&] { call(what, m, s, o); });
      case form::cxx_plan: return answer_of([&] { call_plan(what, m, s, o); });
      case form::c: return answer_of(call_c(what, m, s, c_options));
      case form::c_plan: return answer_of(call_c_plan(what, m, s, c_options));
    }
    return answer::wrong;
  };
  return c;
}

constexpr form all_forms[] = {form::cxx, form::cxx_plan, form::c, form::c_plan};

}  // namespace

const char* text_of(answer a) {
  constexpr const char* texts[] = {"success", "no memory", "not positive definite", "wrong"};
  return texts[static_cast<int>(a)];
}

std::vector<library_call> small_calls() {
  std::vector<library_call> all;
  for (const sizes s : {sizes{3, 1, 1}, {3, 200, 1}, {3, 20000, 2}}) {
    for (const form d : all_forms) {
      for (const operation what : all_operations) all.push_back(make<double>(d, what, s));
      all.push_back(make<std::complex<float>>(d, operation::cholesky, s));
      all.push_back(make<double>(d, operation::cholesky, s, /* indefinite = */ true));
    }
  }
  return all;
}

std::vector<library_call> medium_calls() {
  std::vector<library_call> all;
  for (const sizes s : {sizes{100, 1, 1}, {100, 1, 2}, {100, 5, 2}}) {
    for (const form d : all_forms) {
      for (const operation what : all_operations) all.push_back(make<double>(d, what, s));
      all.push_back(make<double>(d, operation::cholesky, s, /* indefinite = */ true));
    }
    all.push_back(make<float>(form::c, operation::cholesky, s));
    all.push_back(make<std::complex<double>>(form::cxx, operation::cholesky_inverse, s));
  }
  return all;
}

std::vector<library_call> large_calls() {
  std::vector<library_call> all;
  for (const int threads : {1, 2}) {
    for (const operation what : all_operations)
      all.push_back(make<double>(threads == 1 ? form::c : form::c_plan, what, {600, 1, threads}));
    all.push_back(make<float>(form::cxx, operation::cholesky, {600, 3, threads}));
    all.push_back(make<double>(form::cxx, operation::cholesky, {600, 1, threads}, /* indefinite = */ true));
  }
  return all;
}

std::vector<library_call> first_calls() {
  std::vector<library_call> all = queries();
  for (const form d : {form::cxx, form::c_plan}) {
    all.push_back(make<double>(d, operation::cholesky, {3, 1, 1}));
    all.push_back(make<double>(d, operation::cholesky, {100, 1, 2}));
  }
  all.push_back(make<double>(form::cxx_plan, operation::cholesky, {100, 4, 2}));
  all.push_back(make<double>(form::c, operation::cholesky_solve, {600, 1, 2}));
  all.push_back(make<double>(form::cxx, operation::cholesky, {100, 1, 1}, /* indefinite = */ true));
  all.push_back(make<std::complex<double>>(form::c, operation::cholesky_inverse, {100, 1, 2}));
  return all;
}

// ---- Functions without a matrix: their results go into the block ----

namespace {

/// Stores the text; "" means no memory.
answer keep(char* block, const char* text) {
  std::strncpy(block, text, 255);
  return *text != '\0' ? answer::success : answer::no_memory;
}

library_call query(const char* name, std::function<answer(char*)> run) {
  library_call c;
  c.name = name;
  c.start = [] { return std::vector<char>(256 + 16 * sizeof(posdef_device_info)); };
  c.run = std::move(run);
  return c;
}

answer list_devices(char* block) {
  std::int64_t count = 0;
  posdef_status status = posdef_device_count(&count);
  for (std::int64_t i = 0; i < count && status == POSDEF_SUCCESS; ++i) {
    posdef_device_info d = POSDEF_DEVICE_INFO_INIT;
    status = posdef_get_device(i, &d);
    if (status == POSDEF_SUCCESS && i == 0) std::memcpy(block + 256, &d, sizeof d);
  }
  // The first device exists if the others do.
  if (status != POSDEF_SUCCESS) std::memset(block, 0, 256 + sizeof(posdef_device_info));
  return answer_of(status);
}

}  // namespace

std::vector<library_call> queries() {
  std::vector<library_call> all;
  all.push_back(query("instruction set", [](char* block) { return keep(block, posdef_instruction_set()); }));
  all.push_back(query("instruction sets", [](char* block) { return keep(block, posdef_instruction_sets()); }));
  all.push_back(query("devices", list_devices));
  all.push_back(query("force", [](char*) { return answer_of(posdef_force("cpu", "", "")); }));
  all.push_back(query("workspace size", [](char* block) {
    std::size_t bytes = 0;
    posdef_options o = POSDEF_OPTIONS_INIT;
    o.threads = 1;  // each thread has a workspace, and failing thread creation changes their number
    const answer a = answer_of(posdef_plan_workspace_size(POSDEF_F64, 300, 1, 1, &o, &bytes));
    std::memcpy(block, &bytes, sizeof bytes);
    return a;
  }));
  return all;
}

}  // namespace posdef::test
