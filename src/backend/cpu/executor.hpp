// The CPU backend: selects the kernels for a batch, and distributes the batch and the workspace to a team of threads.
#pragma once

#include "algorithm/compact.hpp"
#include "algorithm/few.hpp"
#include "backend/executor.hpp"
#include "engine/cpu/compact.hpp"
#include "engine/cpu/engine.hpp"
#include "engine/cpu/few_sides.hpp"

namespace posdef::internal::cpu {

/// Each thread has a complete workspace and can process a matrix of its own. If all threads work on one matrix, they
/// use the workspace of thread 0 and the micro-panels of all workspaces.
template <class T>
class executor final : public internal::executor<T> {
 public:
  executor(const kernels<T>& k, const blocking& b) : kernels_(k), blocking_(b) {}

  int useful_threads(std::optional<operation> only, index n, index nrhs, index batch) const override {
    // The unblocked kernel uses one thread.
    if (only == operation::cholesky && batch == 1 && n <= blocking_.unblocked_max) return 1;
    return internal::executor<T>::useful_threads(only, n, nrhs, batch);
  }

  std::size_t workspace(index n, index nrhs, index batch, int threads) const override {
    const std::size_t shared = threads > 1 ? engine<T>::bytes(lay_out(n, nrhs, threads)) : 0;
    const std::size_t own = engine<T>::bytes(lay_out(n, nrhs, 1));
    const auto slots = static_cast<std::size_t>(threads);
    std::size_t slot = own;
    if (n <= blocking_.compact_max) slot = std::max(slot, compact_factor_engine<T>::bytes(kernels_, n, batch));
    if (takes_compact(n, batch)) slot = std::max(slot, compact_engine<T>::bytes(kernels_, n, nrhs));
    return std::max(shared + own * slots, slot * slots);
  }

  std::size_t workspace_of(operation only, index n, index nrhs, index batch, int threads) const override {
    // A tiny matrix is factored in less time than the whole layout takes.
    if (only == operation::cholesky && n <= blocking_.compact_max)
      return compact_factor_engine<T>::bytes(kernels_, n, batch) * static_cast<std::size_t>(threads);
    if (only == operation::cholesky_logdet) return 0;
    if (solves(only) && nrhs <= few_sides<T>::most(kernels_) && !takes_compact(n, batch)) {
      const auto layout = few_sides<T>::lay_out(kernels_, blocking_, n);
      return threads == 1 ? layout.bytes(1)
                          : layout.bytes(threads) + layout.bytes(1) * static_cast<std::size_t>(threads);
    }
    return workspace(n, nrhs, batch, threads);
  }

  bool factor_at_once(const strided<const T>& a, const strided<T>& out) const override {
    return kernels_.factor_in_registers != nullptr && a.rows <= blocking_.compact_max &&
           kernels_.factor_in_registers(a, out);
  }

  std::string describe(const problem<T>& p) const override {
    const std::string isa = kernels_.instruction_set;
    const index n = p.a.rows;
    const std::string block = std::to_string(blocking_.block);
    if (p.what != operation::cholesky) return isa + (runs_compact(p, n) ? ", compact" : ", blocks of " + block);
    if (p.algorithm == factor_algorithm::recursive) return isa + ", recursive, blocks of " + block;
    if (p.algorithm == factor_algorithm::left_looking) return isa + ", left-looking, blocks of " + block;
    if (n <= blocking_.compact_max) return isa + ", compact";
    if (n <= blocking_.unblocked_max) return isa + ", unblocked";
    return isa + ", block columns of " + std::to_string(blocking_.panel(n)) + ", kc " + std::to_string(blocking_.kc);
  }

  void run(const problem<T>& p, index n, index nrhs, const team& all, std::byte* workspace) const override {
    static const team alone;
    if (p.what == operation::cholesky && p.algorithm == factor_algorithm::automatic &&
        p.a.rows <= blocking_.compact_max) {
      const std::size_t bytes =
          all.threads() > 1 ? compact_factor_engine<T>::bytes(kernels_, p.a.rows, p.out.count) : 0;
      return run_compact_factor(p, all, [&](int slot) {
        return compact_factor_engine<T>(kernels_, workspace + static_cast<std::size_t>(slot) * bytes);
      });
    }
    if (runs_compact(p, n)) {
      const auto layout = lay_out(n, nrhs, 1);
      const std::size_t bytes = std::max(engine<T>::bytes(layout), compact_engine<T>::bytes(kernels_, n, nrhs));
      const auto at = [&](int slot) { return workspace + static_cast<std::size_t>(slot) * bytes; };
      const auto packs = [&](int slot) { return compact_engine<T>(kernels_, at(slot), n); };
      const auto one = [&](int slot) {
        carver c(at(slot));
        return engine<T>(kernels_, blocking_, engine<T>::place(c, layout), alone);
      };
      return run_compact(p, all, kernels_.lanes, packs, one);
    }
    if (p.what == operation::cholesky_logdet || (solves(p) && p.out.cols <= few_sides<T>::most(kernels_))) {
      // No more workspace than for the engine.
      const auto layout = few_sides<T>::lay_out(kernels_, blocking_, n);
      const std::size_t of_team = all.threads() > 1 ? layout.bytes(all.threads()) : 0;
      const auto one = [&](int slot) {
        std::byte* const own = workspace + of_team + static_cast<std::size_t>(slot) * layout.bytes(1);
        return few_sides<T>(kernels_, blocking_, alone, layout, own);
      };
      return run_on_host(p, all, one, [&] { return few_sides<T>(kernels_, blocking_, all, layout, workspace); });
    }
    carver c(workspace);
    typename engine<T>::workspace shared{};
    if (all.threads() > 1) shared = engine<T>::place(c, lay_out(n, nrhs, all.threads()));
    std::byte* const first = workspace + c.used();
    const auto layout = lay_out(n, nrhs, 1);
    const std::size_t bytes = engine<T>::bytes(layout);
    const auto one = [&](int slot) {
      carver own(first + static_cast<std::size_t>(slot) * bytes);
      return engine<T>(kernels_, blocking_, engine<T>::place(own, layout), alone);
    };
    run_on_host(p, all, one, [&] { return engine<T>(kernels_, blocking_, shared, all); });
  }

 private:
  auto lay_out(index n, index nrhs, int slots) const { return engine<T>::lay_out(kernels_, blocking_, n, nrhs, slots); }

  /// Each element of a right-hand side is packed into the compact batch and unpacked. With many right-hand sides the
  /// micro-panels are full too, so the compact batch has no advantage.
  bool runs_compact(const problem<T>& p, index n) const {
    return suits_compact(p) && takes_compact(n, p.out.count) &&
           (is_complex<T> ? 2 : 1) * n * (solves(p) ? p.out.cols : 0) <= blocking_.compact_solve_max;
  }

  /// True for orders that are one block, one part of a sum and one micro-panel product, so that results are bitwise
  /// equal, and for batches that fill a compact batch.
  bool takes_compact(index n, index batch) const {
    return n <= std::min({blocking_.compact_max, blocking_.block, blocking_.kc, kernels_.solve_chunks.first}) &&
           fills_compact(batch, kernels_.lanes);
  }

  const kernels<T>& kernels_;
  const blocking blocking_;
};

}  // namespace posdef::internal::cpu
