#include "plan/tuning_door.hpp"

#if POSDEF_ENGINE_CPU
#include "plan/chosen_kernels.hpp"
#include "plan/tuning.hpp"

namespace posdef::internal {

template <class T>
block_sizes tabled_block_sizes() {
  const cpu::blocking s = tabled(chosen_kernels<T>());
  block_sizes out{.small = s.small, .block = s.block, .panels = {}, .kc = s.kc, .mc = s.mc, .nc = s.nc};
  for (std::size_t k = 0; k < std::size(s.panels); ++k) out.panels[k] = {s.panels[k].up_to, s.panels[k].order};
  return out;
}

template <class T>
void try_block_sizes(const block_sizes* sizes) {
  tried_blocking<T>.reset();
  if (sizes == nullptr) return;
  cpu::blocking s{
      .small = sizes->small, .block = sizes->block, .panels = {}, .kc = sizes->kc, .mc = sizes->mc, .nc = sizes->nc};
  for (std::size_t k = 0; k < std::size(s.panels); ++k) s.panels[k] = {sizes->panels[k].up_to, sizes->panels[k].order};
  tried_blocking<T> = s;
}

template block_sizes tabled_block_sizes<float>();
template block_sizes tabled_block_sizes<double>();
template block_sizes tabled_block_sizes<std::complex<float>>();
template block_sizes tabled_block_sizes<std::complex<double>>();
template void try_block_sizes<float>(const block_sizes*);
template void try_block_sizes<double>(const block_sizes*);
template void try_block_sizes<std::complex<float>>(const block_sizes*);
template void try_block_sizes<std::complex<double>>(const block_sizes*);

}  // namespace posdef::internal
#endif
