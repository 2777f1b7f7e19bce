#include "gpu/participants.hpp"

#include <posdef/posdef.hpp>

#include "io/matrices.hpp"

namespace posdef::bench {

device_info available_device(device wanted, const std::string& platform) {
  device_info first;
  for (const device_info& d : devices()) {
    if (d.device == wanted && d.available) return d;
    if (d.device == device{wanted.engine, 0}) first = d;
  }
  if (first.available)
    throw tools::input_error("bench: no " + platform + " device \"" + wanted.name() + "\"; " + first.device.name() +
                             (first.device.index == 0 ? ":0" : "") + " is " + first.description);
  throw tools::input_error("bench: " + first.description);
}

}  // namespace posdef::bench
