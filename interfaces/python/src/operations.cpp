#include "operations.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "stack.hpp"

namespace posdef::python {

namespace {

/// One info per matrix, a few of them without an allocation.
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

/// Lets other Python threads run, unless the work is so short that waiting for the lock again would cost more.
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

/// body(T{}) for the type that elements of `type` are computed in.
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
  switch (what) {
    case square::cholesky: o.other = other_triangle::zero; return try_cholesky<T>(a, out, info, o);
    case square::cholesky_inverse: o.other = other_triangle::mirror; return try_cholesky_inverse<T>(a, out, info, o);
    case square::inv_triangular: o.other = other_triangle::zero; return try_inv_triangular<T>(a, out, info, o);
  }
  return 0;
}

template <class T>
index perform(solve what, const view<T>& l, const view<T>& b, const view<T>& x, info_span info, const options& o) {
  return what == solve::cholesky ? try_cholesky_solve<T>(l, b, x, info, o) : try_solve_triangular<T>(l, b, x, info, o);
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

/// Where the answer goes: the caller's `out`, the input itself where the caller allows it, else new memory.
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
  const array& where() const { return made_ ? made_->where() : reuse_ != nullptr ? *reuse_ : given_; }
  nb::object release() { return made_ ? made_->release() : nb::borrow(where().object); }

 private:
  array given_;
  const array* reuse_ = nullptr;
  std::optional<result> made_;
};

[[noreturn]] void raise(const keywords& k, bool of_matrix, std::span<const index> info, index failures,
                        std::span<const index> batch) {
  std::size_t first = 0;
  while (info[first] == 0) ++first;
  nb::list shape;
  for (const index d : batch) shape.append(d);
  nb::module_::import_("posdef._errors").attr("fail")(k.function, of_matrix, first, info[first], failures, shape);
  throw std::logic_error("posdef._errors.fail came back");
}

/// The answer in the form that was asked for.
nb::object answer(destination& out, const keywords& k, bool of_matrix, const array& like, infos& info, index failures,
                  std::span<const index> batch) {
  if (k.report) {
    result reported(like, dtype::i32, batch);
    auto* const p = reinterpret_cast<std::int32_t*>(reported.where().data);
    std::copy(info.all().begin(), info.all().end(), p);  // an order above 2³¹ would not fit into any memory
    nb::object value = out.release();
    return nb::make_tuple(value, reported.release());
  }
  if (failures != 0 && k.raise) raise(k, of_matrix, info.all(), failures, batch);
  return out.release();
}

std::span<const index> batch_of(const array& a) { return {a.shape, static_cast<std::size_t>(a.ndim - 2)}; }

access wanted(const keywords& k) { return k.overwrite ? access::may_write : access::read; }

}  // namespace

nb::object run(square what, nb::handle a_object, const keywords& k) {
  const argument where{k.function, what == square::cholesky ? "a" : "l"};
  const array a = read(a_object, where, wanted(k));
  check_square(a, where);
  destination out(a, k.overwrite ? &a : nullptr, a.type, a.dims(), k);
  const stack from = matrices(a), to = matrices(out.where());
  infos info(from.count());
  const index failures = in_type(a.type, [&]<class T>(T) {
    const unlocked others(work(from, 0));
    placed<T> in(from, /* read = */ true), result(to, /* read = */ false);
    const index failed = perform(what, in.where(), result.where(), info.all(), k.choices);
    result.finish();
    return failed;
  });
  return answer(out, k, what == square::cholesky, a, info, failures, batch_of(a));
}

nb::object run(solve what, nb::handle l_object, nb::handle b_object, const keywords& k) {
  const argument l_where{k.function, "l"}, b_where{k.function, "b"};
  const array l = read(l_object, l_where), b = read(b_object, b_where, wanted(k));
  check_square(l, l_where);
  check_type(b, l.type, b_where, "l");
  const bool vector = b.ndim == 1;
  const index n = l.shape[l.ndim - 1];
  if (b.ndim == 0 || (vector ? b.shape[0] : b.shape[b.ndim - 2]) != n)
    refuse(b_where, "has shape " + shape_text(b.dims()) + "; expected (" + std::to_string(n) + ",) or (..., " +
                        std::to_string(n) + ", k)");
  const auto lines = [&](const array& x) { return vector ? columns(x) : matrices(x); };
  const stack factors = matrices(l), sides = lines(b);
  broadcast all(factors, sides, k.function);
  std::vector<index> shape = all.shape();
  shape.push_back(n);
  if (!vector) shape.push_back(sides.cols);
  destination out(b, k.overwrite ? &b : nullptr, l.type, shape, k);
  const stack from = all.of(factors), right = all.of(sides), to = lines(out.where());
  infos info(from.count());
  const index failures = in_type(l.type, [&]<class T>(T) {
    const unlocked others(work(from, sides.cols));
    placed<T> in(from, true), given(right, true), result(to, false);
    const index failed = perform(what, in.where(), given.where(), result.where(), info.all(), k.choices);
    result.finish();
    return failed;
  });
  return answer(out, k, /* of_matrix = */ false, l, info, failures, all.shape());
}

nb::object run(logdet_of what, nb::handle a_object, const keywords& k) {
  const bool of_matrix = what == logdet_of::matrix;
  const argument where{k.function, of_matrix ? "a" : "l"};
  const array a = read(a_object, where, wanted(k));
  check_square(a, where);
  const auto batch = batch_of(a);
  destination out(a, nullptr, real_of(a.type), batch, k);
  const stack from = matrices(a);
  // A column of numbers, one "matrix" of order 1 for each.
  const array& o = out.where();
  const stack to{o.data, o.type, 1, 1, 0, 0, o.ndim, o.shape, o.strides};
  infos info(from.count());
  const index failures = in_type(a.type, [&]<class T>(T) {
    const unlocked others(of_matrix ? work(from, 0) : static_cast<double>(from.rows * from.count()));
    placed<T> in(from, true, /* own = */ of_matrix && !(k.overwrite && a.writable));
    placed<real_type<T>> values(to, false, /* own = */ true);
    const std::span<real_type<T>> value(values.where().data, info.all().size());
    index failed = 0;
    if (of_matrix) {
      options filled = k.choices;
      filled.on_failure = on_failure::nan;
      failed = try_cholesky<T>(in.where(), info.all(), filled);
      infos unused(from.count());
      try_cholesky_logdet<T>(in.where(), value, unused.all(), k.choices);
    } else {
      failed = try_cholesky_logdet<T>(in.where(), value, info.all(), k.choices);
    }
    values.finish();
    return failed;
  });
  return answer(out, k, of_matrix, a, info, failures, batch);
}

index run_in_place(nb::handle a_object, const keywords& k) {
  const argument where{k.function, "a"};
  const array a = read(a_object, where, access::write);
  check_square(a, where);
  const stack at = matrices(a);
  infos info(at.count());
  in_type(a.type, [&]<class T>(T) {
    const unlocked others(work(at, 0));
    placed<T> matrix(at, true);
    const index failed = try_cholesky<T>(matrix.where(), info.all(), k.choices);
    matrix.finish();
    return failed;
  });
  const auto first = std::find_if(info.all().begin(), info.all().end(), [](index k_) { return k_ != 0; });
  return first == info.all().end() ? 0 : *first;
}

}  // namespace posdef::python
