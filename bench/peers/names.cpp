// The names of all peers in display order. Every build knows them, so that a program that cannot measure a peer reports
// its name.
#include "gpu/participants.hpp"
#include "peers/peer.hpp"

namespace posdef::bench {

const std::vector<std::string>& known_peers() {
  static const std::vector<std::string> names = {"OpenBLAS", "OpenBLAS-PyPI", "BLIS",  "Eigen",
                                                 "MKL",      "MKL-intel",     "LAPACK"};
  return names;
}

const std::vector<std::string>& known_device_peers() {
  static const std::vector<std::string> names = {"cuSOLVER", "PyTorch", "JAX", "CuPy"};
  return names;
}

}  // namespace posdef::bench
