# The short way to build, test and run posdef: `make help`. CMake does the work; every target here is a few commands.
#
# JOBS=n limits what runs at once. PREFIX=folder says where `make install` puts things. CMAKE_OPTIONS=-D... goes to the
# configuration of build/, BENCH_OPTIONS=--quick to the benchmark.

JOBS ?= $(shell nproc)
PREFIX ?= /usr/local

# Ninja where it is installed, make elsewhere; a build folder that exists keeps what it was made with.
ifneq ($(shell command -v ninja),)
export CMAKE_GENERATOR ?= Ninja
endif
# So that a script started from here uses as many jobs, and its own make takes no part in this one's job count.
export JOBS SECONDS_EACH CMAKE_OPTIONS
unexport MAKEFLAGS

CONFIGURE_WITHOUT_TESTS := cmake --preset release -DPOSDEF_BUILD_TESTS=OFF -DPOSDEF_BUILD_EXAMPLES=OFF $(CMAKE_OPTIONS)
CTEST := ctest --output-on-failure --no-tests=error -j $(JOBS)

.DEFAULT_GOAL := help
.PHONY: help run test bench performance-page big opencl cuda gpu-package gpu-rehearsal abi-check asan tsan coverage clang fuzz arm64-test python-test docs format format-check lint install clean

help: ## what there is to make
	@sed -nE 's/^([a-z0-9-]+):[^#]*## (.*)/\1\t\2/p' Makefile | expand -t 14

run: build/posdef ## factor a stiffness matrix and a batch of covariances, solve a cantilever
	build/posdef demo

# A fresh folder is configured without tests, so that running needs no test package; one with tests keeps them.
.PHONY: build/posdef
build/posdef:
	scripts/install-deps core
	test -e build/cmake_install.cmake || $(CONFIGURE_WITHOUT_TESTS)
	cmake --build build -j $(JOBS) --target posdef-cli

.PHONY: build-all
build-all:
	scripts/install-deps core test
	cmake --preset release -DPOSDEF_BUILD_TESTS=ON -DPOSDEF_BUILD_EXAMPLES=ON $(CMAKE_OPTIONS)
	cmake --build build -j $(JOBS)

# What needs an OpenCL driver is for `make opencl`; it is there only if that has set up build/.
test: build-all ## every test but the big ones
	$(CTEST) --test-dir build -LE 'big|opencl|oclgrind' -E '/(opencl|hybrid)$$'

big: build-all ## the tests that need much memory and time
	$(CTEST) --test-dir build -L big -j 1

bench: ## time posdef beside other libraries; plots in build/bench.html, a table in build/bench.md
	scripts/install-deps core bench
	test -e build/cmake_install.cmake || $(CONFIGURE_WITHOUT_TESTS)
	cmake -DPOSDEF_BUILD_BENCH=ON build >/dev/null
	cmake --build build -j $(JOBS) --target posdef-cli
	build/posdef bench --arrays --json build/bench.json --report build/bench.html --markdown build/bench.md $(BENCH_OPTIONS)

performance-page: ## measure this machine for docs/performance.md: NAME=zen4 names its section; about 20 minutes
	scripts/install-deps core bench
	test -e build/cmake_install.cmake || $(CONFIGURE_WITHOUT_TESTS)
	cmake -DPOSDEF_BUILD_BENCH=ON build >/dev/null
	cmake --build build -j $(JOBS) --target posdef-cli
	scripts/performance-page $(NAME)

opencl: ## the device kernels on an OpenCL driver and under Oclgrind
	scripts/install-deps core test opencl
	cmake --preset release -DPOSDEF_BUILD_TESTS=ON -DPOSDEF_ENGINE_OPENCL=ON $(CMAKE_OPTIONS)
	cmake --build build -j $(JOBS) --target tests_opencl example_opencl_queue conformance posdef-cli
	$(CTEST) --test-dir build -L 'opencl|oclgrind'

cuda: ## the CUDA engine for every GPU generation, without a GPU as far as that goes
	scripts/install-deps test
	scripts/cuda-check

gpu-package: ## what scripts/gpu-check takes to a machine with a GPU
	scripts/install-deps core test
	scripts/gpu-package

gpu-rehearsal: ## scripts/gpu-check without a GPU: the CUDA kernels run on the host
	scripts/install-deps core test
	GPU_ON_HOST=ON scripts/gpu-package build-gpu-host
	test ! -e .gpu-check/bin || POSDEF_TEST_REDUCED=1 scripts/gpu-check --steps bg --out "$$(mktemp -d)"
	test ! -e build-gpu-host || $(CTEST) --test-dir build-gpu-host -R conformance_cuda_on_host

asan: ## the tests under the address and undefined behaviour sanitizers
	scripts/sanitize asan

tsan: ## the tests under the thread sanitizer
	scripts/sanitize tsan

abi-check: ## compare the library's binary interface with that of the last release
	scripts/abi-check

coverage: ## an HTML report of the lines and branches that the tests execute
	scripts/coverage

clang: ## build everything with the newest clang, warnings are errors
	scripts/clang-build

fuzz: ## every fuzz target for SECONDS_EACH=60
	scripts/fuzz

arm64-test: ## build for 64-bit Arm, run the tests under qemu
	scripts/arm64-test

python-test: ## build the Python package, test it with the array frameworks, draw the examples
	scripts/python-test

docs: ## the documentation site: build/docs/html/index.html
	scripts/docs

format: ## lay out the sources with clang-format
	scripts/install-deps format
	scripts/sources | xargs -0 clang-format -i

format-check: ## fail if `make format` would change something
	scripts/install-deps format
	scripts/sources | xargs -0 clang-format --dry-run --Werror

lint: ## check the scripts, who includes whom in src/, and that every file names the same version
	scripts/install-deps lint
	shellcheck $(shell grep -lE '^#!.*\bbash' scripts/* .ci/* packaging/wheels/* tests/*/*.sh)
	scripts/versions-agree
	scripts/include-check

install: ## build, then install into PREFIX
	scripts/install-deps core
	test -e build/cmake_install.cmake || $(CONFIGURE_WITHOUT_TESTS)
	cmake --build build -j $(JOBS)
	cmake --install build --prefix "$(PREFIX)"

clean: ## remove every build folder
	rm -rf build build-*
