// The guide's example engine as a device. This file replaces dispatch/registry.cpp in the program
// `conformance_example`: the example is then the only engine, and every call uses it.
#include "dispatch/registry.hpp"
#include "gpu/example_engine.hpp"
#include "support.hpp"

namespace posdef::internal {

template <class T>
executor_pointer<T> make_executor(device) {
  return std::make_unique<example::executor<T>>();
}
template executor_pointer<float> make_executor(device);
template executor_pointer<double> make_executor(device);
template executor_pointer<std::complex<float>> make_executor(device);
template executor_pointer<std::complex<double>> make_executor(device);

}  // namespace posdef::internal

namespace posdef::inline POSDEF_ABI {

std::vector<device_info> devices() { return {{device{}, true, "an array that pretends to be a device"}}; }
std::vector<std::string> instruction_sets() { return {}; }
std::string instruction_set() { return "none"; }

}  // namespace posdef::inline POSDEF_ABI

namespace conformance {

const std::vector<tested>& devices() {
  static const std::vector<tested> example = {{.name = "example", .device = {}, .slow = true, .driver = false}};
  return example;
}

}  // namespace conformance
