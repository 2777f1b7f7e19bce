#include "plan/tuning_door.hpp"

#include "plan/tuning.hpp"

#if POSDEF_ENGINE_CPU
#include "plan/chosen_kernels.hpp"
#endif

namespace posdef::internal {

template <class T>
void try_hybrid_sizes(const hybrid::sizes* sizes) {
  tried_hybrid<T>.reset();
  if (sizes != nullptr) tried_hybrid<T> = *sizes;
}

template void try_hybrid_sizes<float>(const hybrid::sizes*);
template void try_hybrid_sizes<double>(const hybrid::sizes*);
template void try_hybrid_sizes<std::complex<float>>(const hybrid::sizes*);
template void try_hybrid_sizes<std::complex<double>>(const hybrid::sizes*);

#if POSDEF_ENGINE_CPU

template <class T>
block_sizes tabled_block_sizes() {
  return tabled(chosen_kernels<T>());
}

template <class T>
void try_block_sizes(const block_sizes* sizes) {
  tried_blocking<T>.reset();
  if (sizes != nullptr) tried_blocking<T> = *sizes;
}

template block_sizes tabled_block_sizes<float>();
template block_sizes tabled_block_sizes<double>();
template block_sizes tabled_block_sizes<std::complex<float>>();
template block_sizes tabled_block_sizes<std::complex<double>>();
template void try_block_sizes<float>(const block_sizes*);
template void try_block_sizes<double>(const block_sizes*);
template void try_block_sizes<std::complex<float>>(const block_sizes*);
template void try_block_sizes<std::complex<double>>(const block_sizes*);
#endif

}  // namespace posdef::internal
