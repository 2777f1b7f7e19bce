#include "operations.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "errors.hpp"
#include "stack.hpp"

namespace posdef::python {

namespace {

/// One info for each matrix, without an allocation for up to 16.
class infos {
 public:
  explicit infos(index count) : count_(static_cast<std::size_t>(count)) {
    if (count_ > few_.size()) many_.resize(count_);
  }
  std::span<index> all() { return {many_.empty() ? few_.data() : many_.data(), count_}; }

 private:
  std::size_t count_;
  std::array<index, 16> few_;
  std::vector<index> many_;
};

/// Releases the interpreter lock, except for short work, for which taking it again would cost more.
class unlocked {
 public:
  explicit unlocked(double operations) {
    if (operations > 2e4) released_.emplace();
  }

 private:
  std::optional<nb::gil_scoped_release> released_;
};

double work(const stack& s, index nrhs) {
  const auto n = static_cast<double>(s.rows);
  return n * n * (n + static_cast<double>(nrhs)) * static_cast<double>(s.count());
}

/// body(T{}), where T is the type in which elements of `type` are computed.
template <class Body>
auto in_type(dtype type, Body body) {
  switch (type) {
    case dtype::f64: return body(double{});
    case dtype::c64: return body(std::complex<float>{});
    case dtype::c128: return body(std::complex<double>{});
    default: return body(float{});
  }
}

template <class T>
index perform(square what, const view<T>& a, const view<T>& out, info_span info, options o) {
  const bool whole = what == square::inv || what == square::cholesky_inverse;
  o.other = whole ? other_triangle::mirror : other_triangle::zero;
  switch (what) {
    case square::cholesky: return try_cholesky<T>(a, out, info, o);
    case square::cholesky_inverse: return try_cholesky_inverse<T>(a, out, info, o);
    case square::inv_triangular: return try_inv_triangular<T>(a, out, info, o);
    case square::inv: o.on_failure = on_failure::nan; return try_inv<T>(a, out, info, o);
  }
  return 0;
}

template <class T>
index perform(solve what, const view<T>& l, const view<T>& b, const view<T>& x, info_span info, const options& o) {
  return what == solve::triangle ? try_solve_triangular<T>(l, b, x, info, o) : try_cholesky_solve<T>(l, b, x, info, o);
}

void check_square(const array& a, const argument& where) {
  if (a.ndim < 2 || a.shape[a.ndim - 1] != a.shape[a.ndim - 2])
    refuse(where, "has shape " + shape_text(a.dims()) + "; expected (..., n, n)");
}

void check_type(const array& a, dtype expected, const argument& where, const char* like) {
  if (a.type != expected)
    refuse_type(where,
                std::string("has dtype ") + name_of(a.type) + "; expected " + name_of(expected) + ", as " + like);
}

bool same_shape(std::span<const index> a, std::span<const index> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// The memory that the result is written to: the caller's `out`, the input if the caller allows it, else new memory.
class destination {
 public:
  destination(const array& like, const array* reuse, dtype type, std::span<const index> shape, const keywords& k) {
    const argument where{k.function, "out"};
    if (!k.out.is_none()) {
      given_ = read(k.out, where, access::write);
      check_type(given_, type, where, "the result");
      if (!same_shape(given_.dims(), shape))
        refuse(where, "has shape " + shape_text(given_.dims()) + "; expected " + shape_text(shape));
    } else if (reuse != nullptr && reuse->writable && same_shape(reuse->dims(), shape)) {
      reuse_ = reuse;
    } else {
      made_.emplace(like, type, shape);
    }
  }
  /// Its name in messages, where `input` is the name of the input.
  const char* name(const char* input) const { return reuse_ != nullptr ? input : "out"; }
  const array& where() const { return made_ ? made_->where() : reuse_ != nullptr ? *reuse_ : given_; }
  nb::object release() { return made_ ? made_->release() : nb::borrow(where().object); }

 private:
  array given_;
  const array* reuse_ = nullptr;
  std::optional<result> made_;
};

/// What an info k > 0 says: the leading minor of order k is not positive definite; diagonal element k cannot be that of
/// a Cholesky factor; diagonal element k cannot be a divisor.
enum class failure { minor, factor_diagonal, diagonal };

failure failure_of(square what) {
  if (what == square::cholesky_inverse) return failure::factor_diagonal;
  return what == square::inv_triangular ? failure::diagonal : failure::minor;
}

failure failure_of(solve what) {
  if (what == solve::matrix) return failure::minor;
  return what == solve::factor ? failure::factor_diagonal : failure::diagonal;
}

/// What a call says about each matrix of its batch.
struct outcome {
  failure kind;
  std::span<const index> info;
  index failures;
  std::span<const index> batch;  ///< the shape
};

/// values[m] for each matrix of the batch `to`, where m is the matrix of the batch `from` that was broadcast to it.
void spread(std::span<const index> values, std::span<const index> from, std::span<const index> to, info_span all) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto rest = static_cast<index>(i);
    index at = 0, step = 1;
    for (std::size_t d = 1; d <= from.size(); ++d) {
      const index extent = from[from.size() - d], wide = to[to.size() - d];
      if (extent != 1) at += rest % wide * step;
      rest /= wide;
      step *= extent;
    }
    all[i] = values[static_cast<std::size_t>(at)];
  }
}

/// The outcome of an operation that used factors: the info of their factorization, if that failed for one of them.
outcome after_factorization(std::span<const index> factored, std::span<const index> batch, outcome own,
                            info_span info) {
  if (factored.empty()) return own;
  spread(factored, batch, own.batch, info);
  const auto succeeded = std::count(info.begin(), info.end(), 0);
  return {failure::minor, info, static_cast<index>(info.size()) - succeeded, own.batch};
}

[[noreturn]] void raise(const keywords& k, const outcome& o) {
  static constexpr const char* kinds[] = {"minor", "factor_diagonal", "diagonal"};
  std::size_t first = 0;
  while (o.info[first] == 0) ++first;
  nb::list shape;
  for (const index d : o.batch) shape.append(d);
  nb::module_::import_("posdef._errors")
      .attr("fail")(k.function, kinds[static_cast<int>(o.kind)], first, o.info[first], o.failures, shape);
  throw std::logic_error("posdef._errors.fail returned");
}

/// The answer in the form that the keywords ask for.
nb::object answer(destination& out, const keywords& k, const array& like, const outcome& o) {
  if (o.failures != 0 && k.failed != nullptr) k.failed->assign(o.info.begin(), o.info.end());
  if (o.failures != 0 && k.raise) raise(k, o);
  if (!k.report) return out.release();
  result reported(like, dtype::i32, o.batch);
  auto* const p = reinterpret_cast<std::int32_t*>(reported.where().data);
  std::copy(o.info.begin(), o.info.end(), p);  // a matrix of order 2³¹ would not fit into memory
  nb::object value = out.release();
  return nb::make_tuple(value, reported.release());
}

std::span<const index> batch_of(const array& a) { return {a.shape, static_cast<std::size_t>(a.ndim - 2)}; }

access wanted(const keywords& k) { return k.overwrite ? access::may_write : access::read; }

call_site site_of(const keywords& k) { return {k.function, k.choices.device}; }

nb::object run_square(square what, nb::handle a_object, const keywords& k) {
  const argument where{k.function, k.left};
  const array a = read(a_object, where, wanted(k));
  check_square(a, where);
  destination out(a, k.overwrite ? &a : nullptr, a.type, a.dims(), k);
  const stack from = matrices(a), to = matrices(out.where());
  infos info(from.count());
  const auto compute = [&]<class T>(T) {
    const unlocked others(work(from, 0));
    placed<T> in(from, /* read = */ true), result(to, /* read = */ false);
    const index failed = perform(what, in.where(), result.where(), info.all(), k.choices);
    result.finish();
    return failed;
  };
  const char* const written = out.name(k.left);
  const renamed l{"l", failure_of(what) == failure::minor ? written : k.left, &out.where()};
  const index failures = with_python_errors(site_of(k), {{"a", k.left, &a}, l, {"inverse", written, &out.where()}},
                                            [&] { return in_type(a.type, compute); });
  const outcome own{failure_of(what), info.all(), failures, batch_of(a)};
  return answer(out, k, a, after_factorization(k.factored, batch_of(a), own, info.all()));
}

void check_right_side(const array& b, const array& l, const keywords& k) {
  const argument where{k.function, "b"};
  check_type(b, l.type, where, k.left);
  const index n = l.shape[l.ndim - 1];
  if (b.ndim > 0 && b.shape[b.ndim == 1 ? 0 : b.ndim - 2] == n) return;
  const std::string order = std::to_string(n);
  refuse(where, "has shape " + shape_text(b.dims()) + "; expected (" + order + ",) or (..., " + order + ", k)");
}

nb::object run_solve(solve what, nb::handle l_object, nb::handle b_object, const keywords& k) {
  const argument l_where{k.function, k.left};
  const array l = read(l_object, l_where), b = read(b_object, {k.function, "b"}, wanted(k));
  check_square(l, l_where);
  check_right_side(b, l, k);
  const bool vector = b.ndim == 1;
  const auto lines = [&](const array& x) { return vector ? columns(x) : matrices(x); };
  const stack left = matrices(l), sides = lines(b);
  broadcast all(left, sides, k.function);
  std::vector<index> shape = all.shape();
  shape.push_back(left.rows);
  if (!vector) shape.push_back(sides.cols);
  destination out(b, k.overwrite ? &b : nullptr, l.type, shape, k);
  const stack right = all.of(sides), to = lines(out.where());
  infos info(right.count()), factored(left.count());
  index unfactored = 0;
  const auto compute = [&]<class T>(T) {
    const unlocked others(work(right, sides.cols));
    placed<T> matrix(left, true, /* own = */ what == solve::matrix);
    stack factors = left;
    options o = k.choices;
    if (what == solve::matrix) {
      o.on_failure = on_failure::nan;
      unfactored = try_cholesky<T>(matrix.where(), factored.all(), o);
      factors = matrix.copy();
    }
    placed<T> in(all.of(factors), true), given(right, true), result(to, false);
    const index failed = perform(what, in.where(), given.where(), result.where(), info.all(), o);
    result.finish();
    return failed;
  };
  const renamed x{"x", out.name("b"), &out.where()};
  const index failures = with_python_errors(site_of(k), {{"l", k.left, &l}, {"a", k.left, &l}, {"b", "b", &b}, x},
                                            [&] { return in_type(l.type, compute); });
  const outcome own{failure_of(what), info.all(), failures, all.shape()};
  const auto known = unfactored != 0 ? std::span<const index>(factored.all()) : k.factored;
  return answer(out, k, l, after_factorization(known, batch_of(l), own, info.all()));
}

nb::object run_logdet(logdet_of what, nb::handle a_object, const keywords& k) {
  const bool of_matrix = what == logdet_of::matrix;
  const argument where{k.function, k.left};
  const array a = read(a_object, where, wanted(k));
  check_square(a, where);
  const auto batch = batch_of(a);
  destination out(a, nullptr, real_of(a.type), batch, k);
  const stack from = matrices(a);
  // A column of numbers, one "matrix" of order 1 for each.
  const array& o = out.where();
  const stack to{o.data, o.type, 1, 1, 0, 0, o.ndim, o.shape, o.strides};
  infos info(from.count());
  const auto compute = [&]<class T>(T) {
    const unlocked others(of_matrix ? work(from, 0) : static_cast<double>(from.rows * from.count()));
    placed<T> in(from, true, /* own = */ of_matrix && !(k.overwrite && a.writable));
    placed<real_type<T>> values(to, false, /* own = */ true);
    const std::span<real_type<T>> value(values.where().data, info.all().size());
    index failed = 0;
    if (of_matrix) {
      options filled = k.choices;
      filled.on_failure = on_failure::nan;
      failed = try_cholesky<T>(in.where(), info.all(), filled);
      infos of_logdet(from.count());
      try_cholesky_logdet<T>(in.where(), value, of_logdet.all(), k.choices);
    } else {
      failed = try_cholesky_logdet<T>(in.where(), value, info.all(), k.choices);
    }
    values.finish();
    return failed;
  };
  const index failures =
      with_python_errors(site_of(k), {{"a", k.left, &a}, {"l", k.left, &a}}, [&] { return in_type(a.type, compute); });
  const outcome own{of_matrix ? failure::minor : failure::factor_diagonal, info.all(), failures, batch};
  return answer(out, k, a, after_factorization(k.factored, batch, own, info.all()));
}

}  // namespace

nb::object run(square what, nb::handle a, const keywords& k) {
  return with_python_errors(site_of(k), {}, [&] { return run_square(what, a, k); });
}

nb::object run(solve what, nb::handle l, nb::handle b, const keywords& k) {
  return with_python_errors(site_of(k), {}, [&] { return run_solve(what, l, b, k); });
}

nb::object run(logdet_of what, nb::handle a, const keywords& k) {
  return with_python_errors(site_of(k), {}, [&] { return run_logdet(what, a, k); });
}

index run_in_place(nb::handle a_object, const keywords& k) {
  const argument where{k.function, k.left};
  const array a = read(a_object, where, access::write);
  check_square(a, where);
  return with_python_errors(site_of(k), {{"a", k.left, &a}}, [&] {
    const stack at = matrices(a);
    infos info(at.count());
    in_type(a.type, [&]<class T>(T) {
      const unlocked others(work(at, 0));
      placed<T> matrix(at, true);
      const index failed = try_cholesky<T>(matrix.where(), info.all(), k.choices);
      matrix.finish();
      return failed;
    });
    const auto first = std::ranges::find_if(info.all(), [](index i) { return i != 0; });
    return first == info.all().end() ? 0 : *first;
  });
}

}  // namespace posdef::python
