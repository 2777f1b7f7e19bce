# Installation: headers, libraries, CMake package, pkg-config file, program.
include(CMakePackageConfigHelpers)

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/posdef" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")

set(posdef_installed posdef)
if(TARGET posdef_lapack)
  list(APPEND posdef_installed posdef_lapack)
endif()
if(TARGET posdef_mluop)
  list(APPEND posdef_installed posdef_mluop)
  install(FILES "${PROJECT_SOURCE_DIR}/interfaces/mluop/include/mlu_op.h"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/posdef/mluop")
endif()
install(TARGETS ${posdef_installed} EXPORT posdefTargets
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
if(TARGET posdef-cli)
  install(TARGETS posdef-cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()

# find_package(posdef)
set(posdef_package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/posdef")
install(EXPORT posdefTargets NAMESPACE posdef:: DESTINATION "${posdef_package_folder}")
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/posdefConfig.cmake.in" posdefConfig.cmake
  INSTALL_DESTINATION "${posdef_package_folder}")
# In 0.x a new minor version may change the interface.
write_basic_package_version_file(posdefConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  "${CMAKE_CURRENT_BINARY_DIR}/posdefConfig.cmake"
  "${CMAKE_CURRENT_BINARY_DIR}/posdefConfigVersion.cmake"
  DESTINATION "${posdef_package_folder}")

# pkg-config posdef. Folders are relative to the file, so that the prefix can be chosen at installation.
file(RELATIVE_PATH posdef_pc_prefix "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
# The shared library is linked with its dependencies. With the static library the user's program must link all of them,
# including the C++ runtime; there is no shared alternative, so the fields are not the private ones.
set(posdef_pc_cflags "")
set(posdef_pc_requires "")
set(posdef_pc_libs "")
if(NOT BUILD_SHARED_LIBS)
  set(posdef_pc_cflags " -DPOSDEF_STATIC")
  set(posdef_pc_libs " -lstdc++ -lm -pthread")
  if(POSDEF_ENGINE_CPU)
    set(posdef_pc_requires "libhwy")
  endif()
  if(POSDEF_ENGINE_OPENCL)
    string(APPEND posdef_pc_libs " -lOpenCL")
  endif()
  if(POSDEF_ENGINE_CUDA)
    string(APPEND posdef_pc_libs " -L${CUDAToolkit_LIBRARY_DIR} -lcudart_static -ldl -lrt")
  endif()
endif()
configure_file("${PROJECT_SOURCE_DIR}/cmake/posdef.pc.in" posdef.pc @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/posdef.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
