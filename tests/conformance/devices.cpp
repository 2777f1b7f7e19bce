// The devices that `conformance` tests: all available ones. The others are listed with the reason.
#include "support.hpp"

namespace conformance {

const std::vector<tested>& devices() {
  static const auto found = [] {
    std::vector<tested> all;
    for (const auto& d : posdef::devices()) {
      const auto e = d.device.engine;
      const bool reference = e == posdef::engine::reference;
      if (d.available)
        all.push_back({.name = d.device.name(),
                       .device = d.device,
                       .slow = reference,
                       .driver = !reference && e != posdef::engine::cpu});
      else
        std::printf("not tested: %s: %s\n", d.device.name().c_str(), d.description.c_str());
    }
    return all;
  }();
  return found;
}

}  // namespace conformance
