// A fake device: its memory is host memory; the test sets the size of its cache and its clock.
#ifndef POSDEF_TESTS_BENCH_HOST_ACCELERATOR_HPP
#define POSDEF_TESTS_BENCH_HOST_ACCELERATOR_HPP

#include <cstdlib>
#include <cstring>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "gpu/accelerator.hpp"

namespace posdef::bench {

class host_accelerator : public accelerator {
 public:
  std::size_t cache = 1 << 16, memory = std::size_t{1} << 30;
  std::set<void*> allocated = {};
  std::size_t uploaded = 0, downloaded = 0;  // bytes
  double clock = 0;                          // device time, advanced by participants
  std::vector<std::string> log = {};         // "restore", "begin", "end", "wait", and entries of participants
  bool measuring = false;                    // between begin and end

  ~host_accelerator() override {
    for (void* const p : allocated) std::free(p);
  }
  std::string name() const override { return "host:0"; }
  std::string card() const override { return "Host card"; }
  std::string description() const override { return "no device"; }
  std::size_t cache_bytes() const override { return cache; }
  std::size_t free_bytes() const override { return memory; }
  void* stream() const override { return const_cast<host_accelerator*>(this); }

  void* allocate(std::size_t bytes) override {
    if (measuring) throw std::logic_error("memory is allocated during timing");
    return *allocated.insert(std::malloc(bytes)).first;
  }
  void release(void* given) noexcept override {
    allocated.erase(given);
    std::free(given);
  }
  void upload(void* to, const void* from, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
    uploaded += bytes;
  }
  void download(void* to, const void* from, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
    downloaded += bytes;
  }
  void copy(void* to, const void* from, std::size_t bytes) override {
    if (measuring) throw std::logic_error("inputs are restored during timing");
    std::memcpy(to, from, bytes);
    log.push_back("restore");
  }
  void wait() override { log.push_back("wait"); }

  void begin() override {
    measuring = true;
    first_ = clock;
    log.push_back("begin");
  }
  void end() override {
    measuring = false;
    second_ = clock;
    log.push_back("end");
  }
  double seconds() override { return second_ - first_; }

 private:
  double first_ = 0, second_ = 0;
};

}  // namespace posdef::bench

#endif
