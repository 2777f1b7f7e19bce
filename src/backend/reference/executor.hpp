// The reference backend: one matrix per thread with unblocked loops.
#pragma once

#include "backend/executor.hpp"
#include "engine/reference/reference.hpp"

namespace posdef::internal::reference {

template <class T>
class executor final : public internal::executor<T> {
 public:
  std::size_t workspace(index n, index, index, int threads) const override {
    return slot_bytes(n) * static_cast<std::size_t>(threads);
  }

  void run(const problem<T>& p, index n, index, const team& all, std::byte* workspace) const override {
    const auto one = [&](int slot) {
      auto* at = workspace + static_cast<std::size_t>(slot) * slot_bytes(n);
      return engine<T>(reinterpret_cast<T*>(at), n);
    };
    run_on_host(p, all, one, [&] { return one(0); });
  }

 private:
  static std::size_t slot_bytes(index n) { return round_up(engine<T>::scratch_elements(n) * sizeof(T), alignment); }
};

}  // namespace posdef::internal::reference
