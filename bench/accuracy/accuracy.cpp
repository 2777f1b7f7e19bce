#include "accuracy/accuracy.hpp"

#include <algorithm>
#include <cmath>

#include "accuracy/inputs.hpp"
#include "accuracy/reference.hpp"

namespace posdef::bench {
namespace {

std::int64_t samples_of(std::int64_t n, bool quick) {
  const std::int64_t all = n <= 64 ? 64 : n <= 256 ? 16 : n <= 768 ? 3 : 1;
  return quick ? (all + 3) / 4 : all;
}

// The mean or the largest of the samples that were measured.
class mean {
 public:
  void add(double x) {
    sum_ += x;
    ++count_;
  }
  double value() const { return count_ == 0 ? accuracy_measures::none : sum_ / static_cast<double>(count_); }

 private:
  double sum_ = 0;
  std::int64_t count_ = 0;
};

void keep_largest(double& so_far, double x) {
  if (std::isnan(so_far) || !(x <= so_far)) so_far = x;
}

// The samples of a cell with their references.
template <scalar T>
class samples {
 public:
  samples(const accuracy_cell& c, std::int64_t count)
      : n_(c.n),
        residual_(c.matrix == "scaled" ? &factor_errors::scaled_residual : &factor_errors::residual),
        all_(count * c.n * c.n) {
    for (std::int64_t s = 0; s < count; ++s) {
      const tools::buffer<T> a = make_accuracy_matrix<T>(c.matrix, n_, s);
      std::copy_n(a.data(), n_ * n_, all_.data() + s * n_ * n_);
      references_.emplace_back(all_.data() + s * n_ * n_, n_);
      if (!references_.back().definite())
        throw tools::input_error("accuracy: " + c.text() + ": sample " + std::to_string(s) + " is not definite");
    }
  }

  double floor() const {
    mean of_all;
    for (const reference<T>& r : references_) of_all.add(r.floor().*residual_);
    return of_all.value();
  }

  accuracy_measures measure(const accuracy_participant<T>& p) const {
    tools::buffer<T> factors(all_.size());
    std::copy_n(all_.data(), all_.size(), factors.data());
    std::vector<std::int64_t> info(references_.size());
    p.factor(factors.data(), n_, count(), info.data());
    accuracy_measures m;
    m.failed = count() - std::count(info.begin(), info.end(), 0);
    measure_factors(factors, info, m);
    if (p.solve) measure_solutions(p, factors, info, m);
    constexpr std::int64_t largest_inverse = 256;
    if (p.invert && n_ <= largest_inverse) measure_inverses(p, factors, info, m);
    return m;
  }

 private:
  std::int64_t count() const { return static_cast<std::int64_t>(references_.size()); }

  void measure_factors(const tools::buffer<T>& factors, const std::vector<std::int64_t>& info,
                       accuracy_measures& m) const {
    mean residual, scaled_residual;
    for (std::size_t s = 0; s < info.size(); ++s) {
      if (info[s] != 0) continue;
      const factor_errors e = references_[s].of_factor(factors.data() + static_cast<std::int64_t>(s) * n_ * n_);
      residual.add(e.*residual_);
      scaled_residual.add(e.scaled_residual);
      keep_largest(m.diagonal_ulp, e.diagonal_ulp);
      keep_largest(m.below_ulp, e.below_ulp);
    }
    m.residual = residual.value();
    m.scaled_residual = scaled_residual.value();
  }

  void measure_solutions(const accuracy_participant<T>& p, const tools::buffer<T>& factors,
                         const std::vector<std::int64_t>& info, accuracy_measures& m) const {
    std::vector<T> x;
    for (const reference<T>& r : references_) x.insert(x.end(), r.right_side().begin(), r.right_side().end());
    p.solve(factors.data(), x.data(), n_, count());
    mean backward, forward;
    for (std::size_t s = 0; s < info.size(); ++s) {
      if (info[s] != 0) continue;
      const solution_errors e = references_[s].of_solution(x.data() + static_cast<std::int64_t>(s) * n_);
      backward.add(e.backward);
      forward.add(e.forward);
    }
    m.solve_backward = backward.value();
    m.solve_forward = forward.value();
  }

  // Overwrites the factors.
  void measure_inverses(const accuracy_participant<T>& p, tools::buffer<T>& factors,
                        const std::vector<std::int64_t>& info, accuracy_measures& m) const {
    const std::int64_t some = std::min<std::int64_t>(count(), n_ <= 64 ? 16 : 4);
    p.invert(factors.data(), n_, some);
    mean residual;
    for (std::int64_t s = 0; s < some; ++s) {
      const auto k = static_cast<std::size_t>(s);
      if (info[k] == 0) residual.add(references_[k].of_inverse(factors.data() + s * n_ * n_));
    }
    m.inverse_residual = residual.value();
  }

  std::int64_t n_;
  double factor_errors::*residual_;  // without D·A·D, one element decides the residual of a badly scaled matrix
  tools::buffer<T> all_;
  std::vector<reference<T>> references_;
};

template <scalar T>
accuracy_outcome measure(const accuracy_cell& c, const std::vector<peer>& peers, const accuracy_settings& s) {
  const samples<T> all(c, samples_of(c.n, s.quick));
  accuracy_outcome out{.cell = c, .samples = samples_of(c.n, s.quick), .floor = all.floor(), .ways = {}, .peers = {}};
  for (const accuracy_way& w : wanted_ways(c, s))
    out.ways.push_back({w.name, all.measure(participant_of<T>(w, s.threads))});
  for (const peer& p : peers) out.peers.push_back({p.name, all.measure(participant_of<T>(p, s.threads))});
  return out;
}

}  // namespace

std::string accuracy_cell::text() const {
  return std::string(tools::name_of(type)) + " " + matrix + " " + std::to_string(n);
}

std::vector<accuracy_cell> accuracy_cells(bool quick) {
  std::vector<accuracy_cell> cells;
  for (const tools::dtype type : {tools::dtype::f32, tools::dtype::f64, tools::dtype::c64, tools::dtype::c128}) {
    for (const std::string& matrix : accuracy_matrices()) {
      for (const std::int64_t n :
           {2, 3, 4, 8, 12, 16, 24, 32, 48, 64, 96, 100, 128, 200, 256, 384, 512, 768, 1024, 2048}) {
        if (!quick || n <= 512) cells.push_back({type, matrix, n});
      }
    }
  }
  return cells;
}

std::optional<accuracy_ratio> accuracy_outcome::ratio(const accuracy_result& way,
                                                      double accuracy_measures::*measure) const {
  const accuracy_result* best = nullptr;
  for (const accuracy_result& p : peers) {
    if (std::isnan(p.measures.*measure)) continue;
    if (best == nullptr || p.measures.*measure < best->measures.*measure) best = &p;
  }
  if (best == nullptr || std::isnan(way.measures.*measure) || best->measures.*measure == 0) return {};
  return accuracy_ratio{best->name, best->measures.*measure, way.measures.*measure / (best->measures.*measure)};
}

std::vector<accuracy_way> wanted_ways(const accuracy_cell& c, const accuracy_settings& s) {
  std::vector<accuracy_way> ways = accuracy_ways(c.type, c.n, s.device);
  std::erase_if(ways, [&](const accuracy_way& w) { return s.wanted && !s.wanted(c.text() + " " + w.name); });
  return ways;
}

accuracy_outcome measure_accuracy(const accuracy_cell& c, const std::vector<peer>& peers, const accuracy_settings& s) {
  switch (c.type) {
    case tools::dtype::f32: return measure<float>(c, peers, s);
    case tools::dtype::f64: return measure<double>(c, peers, s);
    case tools::dtype::c64: return measure<std::complex<float>>(c, peers, s);
    default: return measure<std::complex<double>>(c, peers, s);
  }
}

}  // namespace posdef::bench
