# Compile options of posdef's own targets: language, build type, warnings, sanitizers, coverage.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CUDA_STANDARD 20)
set(CMAKE_CUDA_STANDARD_REQUIRED ON)
set(CMAKE_CUDA_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 99)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  # Release uses -O3: only then does g++ unroll the arrays of vectors that hold the tiles of the SIMD kernels.
  get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  if(NOT CMAKE_BUILD_TYPE AND NOT multi_config)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, RelWithDebInfo or Debug" FORCE)
  endif()
  add_compile_options($<$<COMPILE_LANGUAGE:C,CXX>:-Wall> $<$<COMPILE_LANGUAGE:C,CXX>:-Wextra>
    $<$<COMPILE_LANGUAGE:C,CXX>:-Wpedantic> $<$<COMPILE_LANGUAGE:C,CXX>:-Wshadow>
    "$<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall,-Wextra>")
  # g++ 12 warns about an overlap inside std::string for every "text" + string (its bug 105651, fixed in 13).
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
  endif()
endif()
if(POSDEF_WERROR)
  add_compile_options($<$<COMPILE_LANGUAGE:C,CXX>:-Werror> "$<$<COMPILE_LANGUAGE:CUDA>:-Werror=all-warnings>")
endif()

if(POSDEF_SANITIZE)
  add_compile_options(-fsanitize=${POSDEF_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${POSDEF_SANITIZE})
endif()
if(POSDEF_COVERAGE)
  # Atomic counters, because kernels run in several threads at once.
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()
if(POSDEF_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "POSDEF_FUZZ needs clang: libFuzzer is part of it")
  endif()
  # All code reports coverage to the fuzzer; only the fuzz targets link with -fsanitize=fuzzer.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Adds a folder if it has a CMakeLists.txt.
function(posdef_add_folder folder)
  if(EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/CMakeLists.txt")
    add_subdirectory(${folder})
  endif()
endfunction()

# The library's dependencies, found here so that every folder sees them. Highway becomes hwy::hwy, from its CMake package
# or from pkg-config.
find_package(Threads REQUIRED)
if(POSDEF_ENGINE_CUDA)
  find_package(CUDAToolkit REQUIRED)
  # Static, so that a program also starts on a machine without CUDA and reports that there is none.
  set(posdef_cuda_runtime CUDA::cudart_static)
  if(POSDEF_CUDA_ON_HOST)
    set(posdef_cuda_runtime cuda_on_host)
    add_subdirectory("${PROJECT_SOURCE_DIR}/tests/gpu/cuda_on_host")
  endif()
endif()
if(POSDEF_ENGINE_CPU)
  find_package(hwy CONFIG QUIET)
  if(NOT TARGET hwy::hwy)
    find_package(PkgConfig QUIET)
    if(PkgConfig_FOUND)
      pkg_check_modules(libhwy QUIET IMPORTED_TARGET libhwy)
    endif()
    if(NOT TARGET PkgConfig::libhwy)
      message(FATAL_ERROR "Highway was not found (Debian: libhwy-dev). -DPOSDEF_ENGINE_CPU=OFF builds without the cpu engine.")
    endif()
    add_library(hwy::hwy ALIAS PkgConfig::libhwy)
  endif()
endif()
