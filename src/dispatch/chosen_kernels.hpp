// The kernels of the selected instruction set.
#pragma once

#include "dispatch/overrides.hpp"
#include "engine/cpu/kernels.hpp"

namespace posdef::internal {

template <class T>
const cpu::kernels<T>& chosen_kernels() {
  const std::string& name = chosen_instruction_set();
  for (const auto* k : cpu::available_kernels<T>())
    if (name.empty() || name == k->instruction_set) return *k;
  return *cpu::available_kernels<T>().back();
}

}  // namespace posdef::internal
