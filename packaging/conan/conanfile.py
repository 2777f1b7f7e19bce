"""The Conan 2 recipe. It builds the checkout that it lies in: conan create packaging/conan

Run on Debian 12, with a test recipe that stands for Highway and names Debian's library. Not run: with the
packages of ConanCenter, static, with OpenCL, and on macOS.
"""
import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rmdir

required_conan_version = ">=2.0"


class PosdefRecipe(ConanFile):
    name = "posdef"
    description = "Cholesky factorization of symmetric and Hermitian positive definite matrices"
    license = "MIT"
    topics = ("linear-algebra", "cholesky", "simd", "gpu")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {
        "shared": [True, False],
        "fPIC": [True, False],
        "with_cpu": [True, False],
        "with_opencl": [True, False],
        "with_lapack": [True, False],
        "with_mluop": [True, False],
    }
    default_options = {
        "shared": True,
        "fPIC": True,
        "with_cpu": True,
        "with_opencl": False,
        "with_lapack": False,
        "with_mluop": False,
    }
    implements = ["auto_shared_fpic"]

    @property
    def _checkout(self):
        return os.path.join(self.recipe_folder, "..", "..")

    def set_version(self):
        text = load(self, os.path.join(self._checkout, "CMakeLists.txt"))
        self.version = re.search(r"project\(posdef VERSION ([0-9.]+)", text).group(1)

    def export(self):
        copy(self, "CMakeLists.txt", self._checkout, self.export_folder)

    def export_sources(self):
        for pattern in ("CMakeLists.txt", "LICENSE", "cmake/*", "include/*", "src/*", "interfaces/*"):
            copy(self, pattern, self._checkout, self.export_sources_folder)

    def requirements(self):
        if self.options.with_cpu:
            self.requires("highway/[>=1.0.3 <2]")
        if self.options.with_opencl:
            self.requires("opencl-icd-loader/[>=2022]")

    def build_requirements(self):
        self.tool_requires("cmake/[>=3.25]")

    def validate(self):
        check_min_cppstd(self, 20)
        if self.settings.os not in ("Linux", "Macos"):
            raise ConanInvalidConfiguration("posdef is built for Linux and macOS")
        for interface in ("with_lapack", "with_mluop"):
            if self.options.get_safe(interface) and (self.settings.os != "Linux" or not self.options.shared):
                raise ConanInvalidConfiguration(f"{interface} needs Linux and shared=True")

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["POSDEF_ENGINE_CPU"] = bool(self.options.with_cpu)
        toolchain.cache_variables["POSDEF_ENGINE_OPENCL"] = bool(self.options.with_opencl)
        toolchain.cache_variables["POSDEF_BUILD_LAPACK"] = bool(self.options.with_lapack)
        toolchain.cache_variables["POSDEF_BUILD_MLUOP"] = bool(self.options.with_mluop)
        for part in ("CLI", "BENCH", "TESTS", "EXAMPLES"):
            toolchain.cache_variables[f"POSDEF_BUILD_{part}"] = False
        toolchain.generate()
        dependencies = CMakeDeps(self)
        # ConanCenter names Highway's package "highway"; posdef looks for the name that Highway itself installs.
        dependencies.set_property("highway", "cmake_file_name", "hwy")
        dependencies.set_property("highway", "cmake_target_name", "hwy::hwy")
        dependencies.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        # Conan writes these itself, from package_info.
        rmdir(self, os.path.join(self.package_folder, "lib", "cmake"))
        rmdir(self, os.path.join(self.package_folder, "lib", "pkgconfig"))

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "posdef")
        self.cpp_info.set_property("pkg_config_name", "posdef")
        core = self.cpp_info.components["core"]
        core.set_property("cmake_target_name", "posdef::posdef")
        core.libs = ["posdef"]
        if not self.options.shared:
            core.defines = ["POSDEF_STATIC"]
        if self.settings.os == "Linux":
            core.system_libs = ["m", "pthread"]
        if self.options.with_cpu:
            core.requires = ["highway::highway"]
        if self.options.with_opencl:
            core.requires.append("opencl-icd-loader::opencl-icd-loader")
        if self.options.with_lapack:
            self.cpp_info.components["lapack"].libs = ["posdef_lapack"]
            self.cpp_info.components["lapack"].requires = ["core"]
            self.cpp_info.components["lapack"].set_property("cmake_target_name", "posdef::posdef_lapack")
        if self.options.with_mluop:
            mluop = self.cpp_info.components["mluop"]
            mluop.libs = ["posdef_mluop"]
            mluop.includedirs = ["include", os.path.join("include", "posdef", "mluop")]
            mluop.requires = ["core"]
            mluop.set_property("cmake_target_name", "posdef::mluop")
